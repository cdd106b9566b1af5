//! The one transaction that there can be.

use super::change::{Options, Outcome};
use super::state::{NAME, State};
use super::transaction::{Effect, Phase, Shows, Transaction};
use super::{BUS_NAME, OS, SYSROOT};
use crate::systems::Stage;
use futures_util::StreamExt;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::zvariant::Value;
use zbus::{Connection, fdo};

/// How GLib spells `G_IO_ERROR_BUSY` on the bus.
#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark")]
pub enum Refused {
    #[zbus(error)]
    ZBus(zbus::Error),
    Code26(String),
}

impl From<fdo::Error> for Refused {
    fn from(error: fdo::Error) -> Self {
        Self::ZBus(zbus::Error::FDO(Box::new(error)))
    }
}

type Current = (Arc<Transaction>, String);

/// What both objects of the daemon share.
#[derive(Clone)]
pub struct Daemon {
    pub stage: Stage,
    pub connection: Connection,
    /// With its address.
    current: Arc<Mutex<Option<Current>>>,
}

impl Daemon {
    pub fn new(stage: Stage, connection: Connection) -> Self {
        Self { stage, connection, current: Arc::default() }
    }

    pub fn state(&self) -> fdo::Result<State> {
        self.stage.state(NAME).map_err(|error| fdo::Error::Failed(error.to_string()))
    }

    /// The transaction that runs, also one that is only said to: method, sender, address.
    pub fn active(&self) -> fdo::Result<Option<(String, String, String)>> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((transaction, address)) = current.as_ref() {
            return Ok(Some((transaction.method.clone(), transaction.sender.clone(), address.clone())));
        }
        let active = self.state()?.active;
        Ok(active.map(|(method, sender, _)| (method, sender, "unix:path=/run/another".into())))
    }

    /// Begins a transaction, or joins the one that was begun with the same call. `kind` is whether it fetches anything, and
    /// when what it does shows.
    pub fn begin(
        &self,
        call: (&str, String),
        sender: String,
        kind: (bool, Shows),
        effect: impl Fn(&Stage, &mut State) -> Outcome + Send + Sync + 'static,
    ) -> Result<String, Refused> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let (method, arguments) = call;
        if let Some((transaction, address)) = current.as_ref() {
            if transaction.call == format!("{method} {arguments}") {
                return Ok(address.clone());
            }
            return Err(Refused::Code26(format!("Transaction in progress: {}", transaction.method)));
        }
        if let Some((_, _, title)) = self.state()?.active {
            return Err(Refused::Code26(format!("Transaction in progress: {title}")));
        }
        let effect: Effect = Box::new(effect);
        let call = (method.to_owned(), arguments);
        let transaction = Transaction::new(self.stage.clone(), call, sender.clone(), kind, effect);
        let address = transaction.serve().map_err(|error| fdo::Error::Failed(error.to_string()))?;
        *current = Some((transaction.clone(), address.clone()));
        tokio::spawn(self.clone().watch(transaction, sender));
        Ok(address)
    }

    /// Waits for its end, or for the end of who began it and did not start it.
    async fn watch(self, transaction: Arc<Transaction>, sender: String) {
        self.changed().await;
        let mut phase = transaction.phase();
        let ended = phase.wait_for(|p| matches!(p, Phase::Done(..) | Phase::Gone));
        tokio::select! {
            _ = ended => {}
            () = gone(&self.connection, &sender) => transaction.give_up(),
        }
        transaction.closed().await;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.changed().await;
    }

    /// Tells that properties have changed, and not to what.
    pub async fn changed(&self) {
        let lists: [(&str, &str, &[&str]); 2] = [
            (SYSROOT, "Sysroot", &["Deployments", "ActiveTransaction", "ActiveTransactionPath"]),
            (OS, "OS", &["BootedDeployment", "DefaultDeployment", "RollbackDeployment", "CachedUpdate"]),
        ];
        for (path, name, properties) in lists {
            let values: HashMap<&str, Value<'_>> = HashMap::new();
            let body = (format!("{BUS_NAME}.{name}"), values, properties);
            let properties = "org.freedesktop.DBus.Properties";
            let _ = self.connection.emit_signal(None::<&str>, path, properties, "PropertiesChanged", &body).await;
        }
    }
}

async fn gone(connection: &Connection, name: &str) {
    let Ok(bus) = fdo::DBusProxy::new(connection).await else { return std::future::pending().await };
    let Ok(mut changes) = bus.receive_name_owner_changed_with_args(&[(0, name)]).await else {
        return std::future::pending().await;
    };
    while let Some(change) = changes.next().await {
        if change.args().is_ok_and(|args| args.new_owner().is_none()) {
            return;
        }
    }
    std::future::pending().await
}

/// Notes what nobody knows of a call's options.
pub fn unknown(stage: &Stage, method: &str, options: &Options, known: &[&str]) {
    for key in options.keys().filter(|key| !known.contains(&key.as_str())) {
        stage.unknown(&format!("{method} {key}"));
    }
}
