//! Has ABRoot build the other root, and judges it by what is there afterwards.
//!
//! Until ABRoot begins to write it can be asked to stop, which it does before its next stage; it is never killed, since
//! the root that is being written is the one to go back to.

use super::answer::Status;
use super::memory::{self, Content};
use super::moment::{self, FINALIZING, LOCK, STOP};
use super::{Abroot, NETWORK, roots, settings};
use cairn_host::tool::{Limits, Outcome, Tool};
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{Problem, Seconds};
use std::future::pending;
use std::time::Duration;

/// More than a slow line takes for an image.
const LONG: Duration = Duration::from_secs(6 * 3600);
/// How often the files that say how far it is are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Parts of the bar: what comes before, fetching the image, writing the root.
pub(super) const BEFORE: f64 = 0.05;
const FETCH: f64 = 0.55;
const WRITE: f64 = 0.4;

/// Runs ABRoot with those arguments, which build the root from the image of that digest, if it is known.
pub(super) async fn root(
    engine: &Abroot,
    told: &Status,
    arguments: &[&str],
    digest: Option<&str>,
    ctx: &Context,
) -> Result<(), Problem> {
    let tool = engine.tool()?;
    allow(engine, &tool).await?;
    ctx.checkpoint()?;
    let before = roots::content(engine, &told.future, moment::look(&engine.host));
    let begun = engine.host.clock.now();
    let ended = run(engine, &tool, arguments, &told.future, ctx).await;
    let moment = moment::look(&engine.host);
    if moment.finished {
        note(engine, &told.future, built(engine, &told.future, digest, begun));
        return Ok(());
    }
    note(engine, &told.future, if moment.finalizing { Content::Unfinished } else { before });
    // A stop that came too late for this change would stop the next one.
    allow(engine, &tool).await?;
    let outcome = ended?;
    if ctx.cancel.is_cancelled() { Err(Problem::Cancelled) } else { Err(failure(&tool, &outcome)) }
}

/// What it failed with. A program that is content without having built anything is none that can be believed.
fn failure(tool: &Tool, outcome: &Outcome) -> Problem {
    match tool.refused(outcome) {
        Problem::ToolFailed { status: 0, detail, .. } => Problem::EngineFailed { detail },
        other => other,
    }
}

/// Takes back a request to stop that is left from before; ABRoot refuses everything while there is one.
async fn allow(engine: &Abroot, tool: &Tool) -> Result<(), Problem> {
    if !engine.host.exists(STOP) {
        return Ok(());
    }
    let limits = Limits::within(engine.patience.saturating_mul(NETWORK));
    tool.outcome(&["upgrade", "--unblock", "--check-only"], limits, pending::<()>()).await?;
    if engine.host.exists(STOP) { Err(Problem::BusyElsewhere) } else { Ok(()) }
}

async fn run(
    engine: &Abroot,
    tool: &Tool,
    arguments: &[&str],
    other: &str,
    ctx: &Context,
) -> Result<Outcome, Problem> {
    let beside = async {
        tokio::join!(stop(engine, tool, ctx), tell(engine, other, ctx));
        pending().await
    };
    tokio::select! {
        ended = tool.outcome(arguments, Limits::within(LONG), pending::<()>()) => ended,
        never = beside => never,
    }
}

/// Asks ABRoot to stop once somebody wants that, unless it writes already.
async fn stop(engine: &Abroot, tool: &Tool, ctx: &Context) {
    ctx.cancel.cancelled().await;
    // Before it has its lock, what is left from an earlier run says nothing of this one.
    until(engine, LOCK).await;
    if !engine.host.exists(FINALIZING) {
        // Where it cannot be asked it goes on to its end, which is the new state and no third one.
        let _ = tool.outcome(&["upgrade", "--cancel"], engine.limits(), pending::<()>()).await;
    }
}

/// ABRoot tells its progress to people only; what it leaves on the disk says which part it is at.
async fn tell(engine: &Abroot, other: &str, ctx: &Context) {
    until(engine, LOCK).await;
    ctx.progress.begin(Stage::Downloading, FETCH);
    ctx.progress.part(0.0);
    until(engine, FINALIZING).await;
    note(engine, other, Content::Unfinished);
    ctx.progress.begin(Stage::Deploying, WRITE);
    ctx.progress.part(0.0);
}

async fn until(engine: &Abroot, file: &str) {
    while !engine.host.exists(file) {
        tokio::time::sleep(LOOK).await;
    }
}

/// What was built: what the label on the image says, since the registry may have moved on in between; else what was
/// asked for.
fn built(engine: &Abroot, other: &str, digest: Option<&str>, begun: Seconds) -> Content {
    let stored = roots::built(&engine.host).filter(|built| built.root == other && built.made >= begun);
    let digest = stored.map(|built| built.digest).or_else(|| digest.map(ToOwned::to_owned));
    let image = settings::source(&engine.host).map(|source| source.image()).unwrap_or_default();
    let made = Some(engine.host.clock.now());
    digest.map_or(Content::Unknown, |digest| Content::Image { digest, image, made })
}

fn note(engine: &Abroot, root: &str, content: Content) {
    // Nothing that was built is lost by this; it is only not known by its name then.
    if let Err(error) = memory::saw(engine, root, content) {
        tracing::warn!("{}", memory::words(&error));
    }
}
