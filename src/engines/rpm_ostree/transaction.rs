//! Following a transaction to its end, on the socket that it has for itself.

use super::daemon::Daemon;
use super::progress::Report;
use super::proxy::TransactionProxy;
use super::{RpmOstree, SERVICE, answer, failure};
use crate::bus::within;
use cairn_jobs::Context;
use cairn_model::{Problem, text};
use futures_util::StreamExt;
use std::pin::pin;
use std::time::Duration;
use zbus::proxy::CacheProperties;
use zbus::{Connection, MessageStream};

/// How it ended; why it failed is told in words alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Well,
    Failed(String),
}

impl Ended {
    /// # Errors
    /// [`Problem::EngineFailed`] with the words.
    pub(super) fn well(self) -> Result<(), Problem> {
        match self {
            Self::Well => Ok(()),
            Self::Failed(detail) => Err(Problem::EngineFailed { detail }),
        }
    }
}

/// Starts the transaction at that address, or joins it where it runs already, and waits for its end. Stopping is asked for
/// once the context says so; what ended well in spite of that has ended well. `share` is how much of the whole job it is.
///
/// # Errors
/// [`Problem::Cancelled`]; [`Problem::ToolFailed`] if the daemon goes away, [`Problem::ToolHung`] if nothing is heard of it
/// for thirty times the patience; [`Problem::BadAnswer`].
pub(super) async fn follow(
    engine: &RpmOstree,
    daemon: &Daemon,
    address: &str,
    ctx: &Context,
    share: f64,
) -> Result<Ended, Problem> {
    let mut messages = connect(engine, address).await?;
    let connection = Connection::from(&messages);
    let ended = listen(engine, &mut messages, ctx, Report::new(ctx.progress.clone(), share)).await;
    drop(messages);
    let closed = within(SERVICE, engine.patience, connection.close()).await;
    if matches!(ended, Err(Problem::ToolHung { .. } | Problem::ToolFailed { .. })) {
        return ended;
    }
    // The service is done with a transaction, and has new properties, only once nobody listens to it any more. How it ended
    // is known; a service that fails here fails at the next question, too.
    if closed.is_ok() {
        let _ = daemon.settle().await;
    }
    ended
}

async fn listen(
    engine: &RpmOstree,
    messages: &mut MessageStream,
    ctx: &Context,
    mut report: Report,
) -> Result<Ended, Problem> {
    let connection = Connection::from(&*messages);
    let transaction = TransactionProxy::builder(&connection).cache_properties(CacheProperties::No).build();
    let transaction = within(SERVICE, engine.patience, transaction).await.map_err(failure::of)?;
    let mut start = pin!(within(SERVICE, engine.patience, transaction.start()));
    let (mut started, mut stopping) = (false, false);
    loop {
        tokio::select! {
            answer = &mut start, if !started => {
                answer.map_err(failure::of)?;
                started = true;
            }
            _ = ctx.cancel.cancelled(), if !stopping => {
                stopping = true;
                // Its answer is the end of the transaction.
                let (transaction, patience) = (transaction.clone(), engine.patience);
                tokio::spawn(async move { within(SERVICE, patience, transaction.cancel()).await.is_ok() });
            }
            message = messages.next() => {
                if let Some(ended) = heard(message, &mut report)? {
                    return match ended {
                        Ended::Failed(_) if stopping => Err(Problem::Cancelled),
                        ended => Ok(ended),
                    };
                }
            }
            () = tokio::time::sleep(engine.silence()) => {
                let _ = within(SERVICE, engine.patience, transaction.cancel()).await;
                return Err(hung(engine.silence()));
            }
        }
    }
}

pub(super) async fn connect(engine: &RpmOstree, address: &str) -> Result<MessageStream, Problem> {
    if !is_local(address) {
        return Err(answer::bad("the transaction has no address"));
    }
    let connect = async { zbus::connection::Builder::address(address)?.p2p().build_message_stream().await };
    within(SERVICE, engine.patience, connect).await.map_err(|refusal| match failure::of(refusal) {
        hung @ Problem::ToolHung { .. } => hung,
        // There is a socket, and nobody at it: the daemon has ended since.
        other => gone(other.detail().unwrap_or_default()),
    })
}

/// Only sockets of this machine: an address could also name a program or another machine, or several of them.
fn is_local(address: &str) -> bool {
    let kinds = ["unix:path=", "unix:abstract="];
    kinds.iter().any(|kind| address.starts_with(kind)) && !address.contains(';')
}

/// What a message says, or that there will be none any more.
pub(super) fn heard(
    message: Option<zbus::Result<zbus::Message>>,
    report: &mut Report,
) -> Result<Option<Ended>, Problem> {
    let message = message.and_then(Result::ok).ok_or_else(|| gone("the connection was closed"))?;
    let header = message.header();
    let Some(member) = header.member().filter(|_| message.message_type() == zbus::message::Type::Signal)
    else {
        return Ok(None);
    };
    match member.as_str() {
        "Finished" => {
            let (success, words): (bool, String) =
                message.body().deserialize().map_err(|e| answer::bad(&e.to_string()))?;
            let failed = || Ended::Failed(text::clean(&words, 1000));
            return Ok(Some(if success { Ended::Well } else { failed() }));
        }
        // What tells how far it is decides nothing, so that another shape than the known one is left alone.
        "DownloadProgress" => {
            if let Ok(download) = message.body().deserialize() {
                report.download(download);
            }
        }
        "PercentProgress" => {
            if let Ok((_, percent)) = message.body().deserialize::<(String, u32)>() {
                report.percent(percent);
            }
        }
        "ProgressEnd" => report.phase_ended(),
        _ => {}
    }
    Ok(None)
}

fn gone(detail: &str) -> Problem {
    Problem::ToolFailed { tool: SERVICE.into(), status: 1, detail: text::line(detail) }
}

pub(super) fn hung(silence: Duration) -> Problem {
    Problem::ToolHung { tool: SERVICE.into(), seconds: silence.as_secs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_socket_of_this_machine() {
        for good in ["unix:path=/run/rpm-ostree-transaction.sock", "unix:abstract=/tmp/dbus-x,guid=0"] {
            assert!(is_local(good), "{good}");
        }
        for bad in ["", "unixexec:path=/bin/sh", "tcp:host=example.org,port=1", "unix:path=/x;unixexec:path=/y"] {
            assert!(!is_local(bad), "{bad}");
        }
    }
}
