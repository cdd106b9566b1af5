//! Asking the services of the system that engines stand on.
//!
//! A service may be missing, hang, answer something else than it should or go away in the middle; each is a problem of
//! its own, and none takes the service of Cairn with it.

use crate::bounded;
use crate::dict::Dictionary;
use cairn_host::Host;
use cairn_model::{Problem, text};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use zbus::connection::Builder;
use zbus::{Address, Connection, MatchRule, MessageStream};

/// The system bus of a host. Clones share the connection, which is made when it is first needed and anew when it broke.
#[derive(Clone, Debug)]
pub struct Bus {
    address: Option<String>,
    /// A test's root without a bus of its own must never reach the real one.
    allowed: bool,
    connection: Arc<Mutex<Option<Connection>>>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Refusal {
    /// The service said no: the D-Bus name of its error, and its words.
    Said {
        error: String,
        words: String,
    },
    Other(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

impl From<Refusal> for Problem {
    /// What a service says without the engine having a better word for it.
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Said { error, words } => {
                Self::EngineFailed { detail: text::clean(&format!("{error}: {words}"), 300) }
            }
            Refusal::Other(problem) => problem,
        }
    }
}

impl Bus {
    pub fn of(host: &Host) -> Self {
        let real = host.root == std::path::Path::new("/");
        Self { address: host.bus.clone(), allowed: real || host.bus.is_some(), connection: Arc::default() }
    }

    /// # Errors
    /// [`Problem::ToolMissing`] where there is no system bus.
    pub async fn connect(&self) -> Result<Connection, Problem> {
        let missing = || Problem::ToolMissing { tool: "dbus".into() };
        if !self.allowed {
            return Err(missing());
        }
        let mut kept = self.connection.lock().await;
        if let Some(connection) = kept.as_ref().filter(|c| !c.is_closed()) {
            return Ok(connection.clone());
        }
        let address = match &self.address {
            Some(address) => address.parse(),
            None => Address::system(),
        };
        let address = address.map_err(|_| missing())?;
        let builder = match bounded::socket(&address).await {
            Some(socket) => Builder::socket(socket.map_err(|_| missing())?),
            None => Builder::address(address).map_err(|_| missing())?,
        };
        let connection = builder.build().await.map_err(|_| missing())?;
        *kept = Some(connection.clone());
        Ok(connection)
    }

    /// All properties of an interface, asked anew.
    ///
    /// # Errors
    /// As [`within`].
    pub async fn properties(
        &self,
        service: &'static str,
        path: &'static str,
        interface: &'static str,
        time: Duration,
    ) -> Result<Dictionary, Refusal> {
        let connection = self.connect().await?;
        let ask = async {
            let body = (interface,);
            let answer = connection
                .call_method(Some(service), path, Some("org.freedesktop.DBus.Properties"), "GetAll", &body)
                .await?;
            answer.body().deserialize::<Dictionary>()
        };
        within(service, time, ask).await
    }

    /// Wakes after signals that fit the rule; many of them may be one. Ends when the bus goes away.
    pub fn signals(&self, rule: MatchRule<'static>) -> BoxStream<'static, ()> {
        let bus = self.clone();
        let stream = async move {
            let connection = bus.connect().await.ok()?;
            let messages = MessageStream::for_match_rule(rule, &connection, None).await.ok()?;
            let (told, listener) = mpsc::channel(1);
            tokio::spawn(hear(messages, told));
            Some(listener)
        };
        let heard = |listener: Option<mpsc::Receiver<()>>| {
            let next = |mut listener: mpsc::Receiver<()>| async { Some((listener.recv().await?, listener)) };
            stream::iter(listener).flat_map(move |listener| stream::unfold(listener, next).boxed())
        };
        stream::once(stream).flat_map(heard).boxed()
    }
}

/// Signals that nobody takes would keep the answers back that come behind them on the same connection.
async fn hear(mut messages: MessageStream, told: mpsc::Sender<()>) {
    loop {
        let message = tokio::select! {
            message = messages.next() => message,
            () = told.closed() => return,
        };
        match message {
            // Who was told already and has not looked since need not be told again.
            Some(Ok(_)) => drop(told.try_send(())),
            Some(Err(_)) => {}
            None => return,
        }
    }
}

/// Waits for the answer to a call of `service`, at most that long.
///
/// # Errors
/// [`Refusal::Said`] with what the service answered; else [`Problem::ToolMissing`], [`Problem::ToolHung`] or
/// [`Problem::BadAnswer`].
pub async fn within<T>(
    service: &str,
    time: Duration,
    call: impl Future<Output = zbus::Result<T>>,
) -> Result<T, Refusal> {
    match tokio::time::timeout(time, call).await {
        Ok(answer) => answer.map_err(|error| refusal(service, time, error)),
        Err(_) => Err(Refusal::Other(hung(service, time))),
    }
}

fn hung(service: &str, time: Duration) -> Problem {
    Problem::ToolHung { tool: service.into(), seconds: time.as_secs() }
}

fn refusal(service: &str, time: Duration, error: zbus::Error) -> Refusal {
    const GONE: [&str; 3] = [
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.UnixProcessIdUnknown",
    ];
    let tool = || service.to_owned();
    let bad = |detail: String| Problem::BadAnswer { tool: tool(), detail: text::clean(&detail, 200) };
    let (name, words) = match error {
        zbus::Error::MethodError(name, words, _) => (name.to_string(), words.unwrap_or_default()),
        zbus::Error::FDO(error) => (zbus::DBusError::name(&*error).to_string(), error.to_string()),
        zbus::Error::InputOutput(error) => {
            return Refusal::Other(Problem::ToolFailed {
                tool: tool(),
                status: 1,
                detail: text::line(&error.to_string()),
            });
        }
        error => return Refusal::Other(bad(error.to_string())),
    };
    if GONE.contains(&name.as_str()) || name.starts_with("org.freedesktop.DBus.Error.Spawn") {
        return Refusal::Other(Problem::ToolMissing { tool: tool() });
    }
    match name.as_str() {
        "org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.DBus.Error.Timeout" => {
            Refusal::Other(hung(service, time))
        }
        // An answer that is too large to be one ([`bounded`]), and what does not exist there: another version than any that
        // is known.
        "org.freedesktop.DBus.Error.InconsistentMessage"
        | "org.freedesktop.DBus.Error.UnknownMethod"
        | "org.freedesktop.DBus.Error.UnknownInterface"
        | "org.freedesktop.DBus.Error.UnknownProperty"
        | "org.freedesktop.DBus.Error.UnknownObject" => Refusal::Other(bad(format!("{name}: {words}"))),
        _ => Refusal::Said { error: name, words: text::clean(&words, 1000) },
    }
}
