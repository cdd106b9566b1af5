//! The interfaces on the bus.

use super::{Event, Held, Inhibitor};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use zbus::fdo;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant;

/// Check block inhibitors even for root.
const ROOT_CHECK_INHIBITORS: u64 = 1;
const SKIP_INHIBITORS: u64 = 16;
const KNOWN_FLAGS: u64 = 31;

type Row = (String, String, String, String, u32, u32);

#[derive(Debug)]
pub(super) struct Manager {
    held: Arc<Held>,
    events: mpsc::UnboundedSender<Event>,
    scheduled: Mutex<Option<(String, u64)>>,
    going: Mutex<bool>,
}

/// The errors of logind that callers tell apart.
#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.freedesktop.login1")]
pub(super) enum LoginError {
    #[zbus(error)]
    ZBus(zbus::Error),
    OperationInProgress(String),
}

impl Manager {
    pub(super) fn new(held: Arc<Held>, events: mpsc::UnboundedSender<Event>) -> Self {
        Self { held, events, scheduled: Mutex::new(None), going: Mutex::new(false) }
    }

    async fn leave(
        &self,
        event: Event,
        flags: u64,
        header: &Header<'_>,
        connection: &zbus::Connection,
    ) -> Result<(), LoginError> {
        let refuse = |e: fdo::Error| LoginError::ZBus(zbus::Error::FDO(Box::new(e)));
        if flags & !KNOWN_FLAGS != 0 {
            return Err(refuse(fdo::Error::InvalidArgs("Invalid flags parameter".into())));
        }
        let root = caller(header, connection).await.map_err(refuse)?.0 == 0;
        let list = self.held.list().map_err(|e| refuse(fdo::Error::Failed(e.to_string())))?;
        // As logind: a weak inhibitor stops whoever did not ask to skip it but root; a strong one stops root only
        // when root asked for the check.
        let check = !root || flags & ROOT_CHECK_INHIBITORS != 0;
        if check && flags & SKIP_INHIBITORS == 0 && list.iter().any(|i| i.stops_restart(true)) {
            let words = "Access denied due to active block inhibitor";
            return Err(refuse(fdo::Error::AccessDenied(words.into())));
        }
        let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *going, true) {
            let words = "Action reboot already in progress, refusing requested operation.";
            return Err(LoginError::OperationInProgress(words.into()));
        }
        // A supervisor that is gone restarts nothing.
        let _ = self.events.send(event);
        Ok(())
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    async fn reboot(
        &self,
        _interactive: bool,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> Result<(), LoginError> {
        self.leave(Event::Reboot { flags: 0 }, 0, &header, connection).await
    }

    async fn reboot_with_flags(
        &self,
        flags: u64,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> Result<(), LoginError> {
        self.leave(Event::Reboot { flags }, flags, &header, connection).await
    }

    async fn power_off_with_flags(
        &self,
        flags: u64,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> Result<(), LoginError> {
        self.leave(Event::PowerOff { flags }, flags, &header, connection).await
    }

    fn can_reboot(&self) -> &'static str {
        "yes"
    }

    fn can_power_off(&self) -> &'static str {
        "yes"
    }

    fn list_inhibitors(&self) -> fdo::Result<Vec<Row>> {
        let list = self.held.list().map_err(|e| fdo::Error::Failed(e.to_string()))?;
        Ok(list.into_iter().map(|i| (i.what, i.who, i.why, i.mode, i.uid, i.pid)).collect())
    }

    #[allow(clippy::too_many_arguments, reason = "logind's own signature, and who called")]
    async fn inhibit(
        &self,
        what: String,
        who: String,
        why: String,
        mode: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> fdo::Result<zvariant::OwnedFd> {
        if !matches!(mode.as_str(), "block" | "block-weak" | "delay") {
            return Err(fdo::Error::InvalidArgs(format!("Invalid mode specification {mode}")));
        }
        let (uid, pid) = caller(&header, connection).await?;
        let fd = self.held.hold(Inhibitor { what, who, why, mode, uid, pid });
        fd.map(Into::into).map_err(|e| fdo::Error::IOError(e.to_string()))
    }

    fn schedule_shutdown(&self, kind: String, at: u64) {
        *self.scheduled.lock().unwrap_or_else(PoisonError::into_inner) = Some((kind, at));
    }

    fn cancel_scheduled_shutdown(&self) -> bool {
        self.scheduled.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn scheduled_shutdown(&self) -> (String, u64) {
        self.scheduled.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn preparing_for_shutdown(&self) -> bool {
        *self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn on_external_power(&self) -> bool {
        true
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn block_inhibited(&self) -> String {
        let list = self.held.list().unwrap_or_default();
        let mut what: Vec<_> =
            list.iter().filter(|i| i.mode == "block").flat_map(|i| i.what.split(':')).collect();
        what.sort_unstable();
        what.dedup();
        what.join(":")
    }

    #[zbus(signal)]
    pub(super) async fn prepare_for_shutdown(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;

    #[zbus(signal)]
    pub(super) async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

/// What a test can make happen over the bus.
#[derive(Debug)]
pub(super) struct Demo;

#[zbus::interface(name = "io.github.cairndesktop.Demo1")]
impl Demo {
    /// The machine falls asleep and wakes up.
    async fn sleep(&self, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) -> fdo::Result<()> {
        Manager::prepare_for_sleep(&emitter, true).await?;
        Manager::prepare_for_sleep(&emitter, false).await?;
        Ok(())
    }
}

/// The user and the process that sent the message.
async fn caller(header: &Header<'_>, connection: &zbus::Connection) -> fdo::Result<(u32, u32)> {
    let sender = header.sender().ok_or_else(|| fdo::Error::Failed("no sender".into()))?.clone();
    let facts = fdo::DBusProxy::new(connection).await?.get_connection_credentials(sender.into()).await?;
    Ok((facts.unix_user_id().unwrap_or(u32::MAX), facts.process_id().unwrap_or_default()))
}
