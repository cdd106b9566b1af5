//! Looking on while a transaction runs that somebody else has begun. It is neither stopped nor held up by that.

use super::daemon::Daemon;
use super::progress::Report;
use super::proxy::TransactionProxy;
use super::{RpmOstree, SERVICE, failure, transaction};
use crate::bus::within;
use cairn_jobs::Context;
use cairn_model::Problem;
use futures_util::StreamExt;
use std::pin::pin;
use std::time::{Duration, Instant};
use zbus::proxy::CacheProperties;
use zbus::{Connection, MessageStream};

/// Between two looks at whether it is still there.
const PAUSE: Duration = Duration::from_millis(50);

/// Until it has ended, well or not: that is told to who began it.
///
/// # Errors
/// [`Problem::Cancelled`] for the looking on alone; as [`transaction::follow`].
pub(super) async fn look_on(engine: &RpmOstree, ctx: &Context) -> Result<(), Problem> {
    let daemon = Daemon::of(engine).await?;
    let Some(mut messages) = join(engine, &daemon, ctx).await? else { return Ok(()) };
    let connection = Connection::from(&messages);
    let ended = listen(engine, &mut messages, ctx).await;
    drop(messages);
    let _ = within(SERVICE, engine.patience, connection.close()).await;
    ended?;
    // It is the one that runs until the last one who listens has gone.
    let ends = Instant::now() + engine.silence();
    while daemon.busy_elsewhere().await? && Instant::now() < ends {
        pause(ctx).await?;
    }
    Ok(())
}

/// `None` once nothing is under way any more. Between its end and that of its socket there may be a moment.
async fn join(engine: &RpmOstree, daemon: &Daemon, ctx: &Context) -> Result<Option<MessageStream>, Problem> {
    let ends = Instant::now() + engine.patience;
    loop {
        ctx.checkpoint()?;
        if !daemon.busy_elsewhere().await? {
            return Ok(None);
        }
        let address = daemon.ask(daemon.sysroot.active_transaction_path()).await?;
        match transaction::connect(engine, &address).await {
            Ok(messages) => return Ok(Some(messages)),
            Err(Problem::ToolFailed { .. }) if Instant::now() < ends => pause(ctx).await?,
            Err(problem) => return Err(problem),
        }
    }
}

async fn listen(engine: &RpmOstree, messages: &mut MessageStream, ctx: &Context) -> Result<(), Problem> {
    let connection = Connection::from(&*messages);
    let proxy = TransactionProxy::builder(&connection).cache_properties(CacheProperties::No).build();
    let proxy = within(SERVICE, engine.patience, proxy).await.map_err(failure::of)?;
    let mut report = Report::new(ctx.progress.clone(), 1.0);
    // Who comes later starts nothing anew, and is told of the end even when that was before.
    let mut start = pin!(within(SERVICE, engine.patience, proxy.start()));
    let mut started = false;
    loop {
        tokio::select! {
            answer = &mut start, if !started => {
                answer.map_err(failure::of)?;
                started = true;
            }
            _ = ctx.cancel.cancelled() => return Err(Problem::Cancelled),
            message = messages.next() => {
                if transaction::heard(message, &mut report)?.is_some() {
                    return Ok(());
                }
            }
            () = tokio::time::sleep(engine.silence()) => return Err(transaction::hung(engine.silence())),
        }
    }
}

async fn pause(ctx: &Context) -> Result<(), Problem> {
    tokio::select! {
        _ = ctx.cancel.cancelled() => Err(Problem::Cancelled),
        () = tokio::time::sleep(PAUSE) => Ok(()),
    }
}
