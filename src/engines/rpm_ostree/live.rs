//! Using what is prepared at once: the service lays the new files over the running version's, until the next start.

use super::answer::Entry;
use super::daemon::{self, Daemon};
use super::proxy::{Options, OsExperimentalProxy};
use super::transaction::{self, Ended};
use super::{RpmOstree, failure};
use crate::bus::within;
use cairn_jobs::Context;
use cairn_model::{DeploymentId, Problem};
use zbus::proxy::CacheProperties;

/// The prepared version that could be used at once: it stands on what runs, and has other packages.
pub(super) fn candidate(entries: &[Entry]) -> Option<&Entry> {
    let running = daemon::running(entries).ok()?;
    let staged = entries.iter().find(|e| e.staged && !e.locked && e.osname == running.osname)?;
    let is_new = staged.commit != running.commit && running.live.as_deref() != Some(staged.commit.as_str());
    // What was opened to stay open is not laid over.
    (staged.base == running.base && is_new && running.unlocked != "hotfix").then_some(staged)
}

/// Whether its content is in use although the machine was started with another.
pub(super) fn in_use(entries: &[Entry], entry: &Entry) -> bool {
    let running = daemon::running(entries).ok();
    !entry.booted && running.is_some_and(|running| running.live.as_deref() == Some(entry.commit.as_str()))
}

/// # Errors
/// [`Problem::PlanOutdated`] for another version than was planned.
/// [`Problem::NotLive`] where the service has refused and changed nothing: it says only in words why.
pub(super) async fn apply(
    engine: &RpmOstree,
    daemon: &Daemon,
    entries: &[Entry],
    id: &DeploymentId,
    ctx: &Context,
) -> Result<(), Problem> {
    let staged = entries.iter().any(|e| e.staged);
    let target = candidate(entries).ok_or(if staged { Problem::PlanOutdated } else { Problem::NothingStaged })?;
    if target.id != *id {
        return Err(Problem::PlanOutdated);
    }
    let before = daemon::running(entries)?.live.clone();
    ctx.checkpoint()?;
    let options = Options::from([("target", target.commit.as_str().into()), ("replace", false.into())]);
    let experimental = experimental(engine, daemon).await?;
    let address = daemon.ask(experimental.live_fs(options)).await?;
    let ended = transaction::follow(engine, daemon, &address, ctx, 1.0).await?;
    daemon.reload().await?;
    let after = daemon.entries().await?;
    let running = daemon::running(&after)?;
    match ended {
        Ended::Well if running.live.as_deref() == Some(target.commit.as_str()) => Ok(()),
        Ended::Well => Err(Problem::PlanOutdated),
        Ended::Failed(detail) if running.live == before && !running.live_unfinished => {
            Err(Problem::NotLive { detail })
        }
        Ended::Failed(detail) => Err(Problem::EngineFailed { detail }),
    }
}

async fn experimental(engine: &RpmOstree, daemon: &Daemon) -> Result<OsExperimentalProxy<'static>, Problem> {
    let path = daemon.os.inner().path().to_owned();
    let build = async {
        let builder = OsExperimentalProxy::builder(&daemon.connection).path(path)?;
        builder.cache_properties(CacheProperties::No).build().await
    };
    within(super::SERVICE, engine.patience, build).await.map_err(failure::of)
}
