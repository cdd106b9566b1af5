//! Doing one step. Whatever a plan promised is looked at again here: another tool may have changed the system in between.

use super::answer::Entry;
use super::change::Change;
use super::daemon::{self, Daemon};
use super::proxy::Options;
use super::transaction::{self, Ended};
use super::{RpmOstree, arguments, automatic, check, conflict, layered, live, packages, status, target};
use crate::Engine;
use cairn_jobs::Context;
use cairn_model::{DeploymentId, PackageDelta, Problem, Step, TargetId};

/// Of a job that does more than this step, too.
const HALF: f64 = 0.5;

pub(super) async fn step(engine: &RpmOstree, step: &Step, ctx: &Context) -> Result<(), Problem> {
    let daemon = Daemon::of(engine).await?;
    let entries = daemon.entries().await?;
    match step {
        Step::Stage { origin, checksum } => {
            stage(engine, &daemon, &entries, (origin, checksum), false, ctx).await?;
        }
        Step::Download { origin, checksum } => {
            stage(engine, &daemon, &entries, (origin, checksum), true, ctx).await?;
        }
        Step::Packages { delta, .. } => {
            engine.may_layer("step")?;
            change_packages(engine, &daemon, &entries, delta, ctx).await?;
        }
        Step::Rebase { target } => rebase(engine, &daemon, &entries, target, ctx).await?,
        Step::Arguments { delta, .. } => arguments::change(engine, &daemon, &entries, delta, ctx).await?,
        Step::ApplyLive { id } => live::apply(engine, &daemon, &entries, id, ctx).await?,
        Step::Automatic { policy } => automatic::set(engine, &daemon, *policy, ctx).await?,
        Step::DropStaged => drop_staged(engine, &daemon, &entries, ctx).await?,
        Step::SetDefault { id } => set_default(engine, &daemon, &entries, id, ctx).await?,
        Step::Cleanup => clean(engine, &daemon, &["base", "repomd"], ctx, 1.0).await?,
        Step::Pin { .. } | Step::Unpin { .. } | Step::Remove { .. } => {
            engine.below("step")?.run(step, ctx).await?;
        }
        _ => return Err(Problem::NotSupported { what: "step".into() }),
    }
    daemon.reload().await
}

/// Prepares the version, to start next or to wait.
async fn stage(
    engine: &RpmOstree,
    daemon: &Daemon,
    entries: &[Entry],
    (origin, checksum): (&str, &str),
    locked: bool,
    ctx: &Context,
) -> Result<(), Problem> {
    if check::origin(daemon::running(entries)?)? != origin {
        return Err(Problem::PlanOutdated);
    }
    let base = layered::base(checksum);
    if base != checksum {
        // Which versions of packages come is decided anew each time, so that what was planned has to be on offer still.
        let now = check::look(engine, daemon, daemon::running(entries)?, ctx).await?;
        if now.is_none_or(|(_, now)| now != checksum) {
            return Err(Problem::PlanOutdated);
        }
    }
    let first = daemon::merged(entries)?;
    if first.locked && !locked && layered::checksum(&layered::notes(engine), first) == checksum {
        // The service sees nothing to do where the same is prepared already, and would leave it locked.
        drop_staged(engine, daemon, entries, ctx).await?;
    }
    let entries = daemon.entries().await?;
    let from = daemon::merged(&entries)?;
    // What was prepared before may follow something else.
    let refspec = Some(origin.to_owned()).filter(|_| from.origin.as_deref() != Some(origin));
    let change = Change { refspec, revision: Some(base.to_owned()), locked, ..Change::default() };
    prepare(engine, daemon, &change, from, ctx).await?;
    let entries = daemon.entries().await?;
    let made = if locked { daemon::merged(&entries)? } else { daemon::next(&entries)? };
    if base != checksum {
        if made.commit == daemon::running(&entries)?.commit {
            return Err(Problem::EngineFailed { detail: "no package has changed".into() });
        }
        if made.checksum == base {
            layered::note(engine, &entries, made, checksum);
        }
    }
    if made.checksum == base && made.locked == locked { Ok(()) } else { Err(Problem::PlanOutdated) }
}

/// Makes a change that brings another base.
async fn prepare(
    engine: &RpmOstree,
    daemon: &Daemon,
    change: &Change,
    from: &Entry,
    ctx: &Context,
) -> Result<(), Problem> {
    match change.make(engine, daemon, ctx, 1.0).await? {
        Ended::Well => Ok(()),
        Ended::Failed(detail) => Err(conflict::explain(engine, daemon, change, from, detail, ctx).await),
    }
}

async fn change_packages(
    engine: &RpmOstree,
    daemon: &Daemon,
    entries: &[Entry],
    delta: &PackageDelta,
    ctx: &Context,
) -> Result<(), Problem> {
    let from = daemon::merged(entries)?;
    packages::fits(from, delta)?;
    let added = packages::added(from);
    let names = |list: &[cairn_model::PackageName]| list.iter().map(ToString::to_string).collect();
    let change = Change {
        install: names(&delta.add),
        uninstall: added
            .into_iter()
            .filter(|(name, _)| delta.remove.contains(name))
            .map(|(_, spelling)| spelling)
            .collect(),
        exclude: names(&delta.exclude),
        reset: names(&delta.reset),
        same_base: true,
        locked: from.locked,
        ..Change::default()
    };
    match change.make(engine, daemon, ctx, HALF).await? {
        Ended::Failed(detail) => {
            return Err(conflict::explain_adding(engine, daemon, &change, detail, ctx).await);
        }
        Ended::Well => {}
    }
    let entries = daemon.entries().await?;
    let done = packages::are_so(daemon::merged(&entries)?, delta);
    if done { Ok(()) } else { Err(Problem::EngineFailed { detail: "not all packages have changed".into() }) }
}

async fn rebase(
    engine: &RpmOstree,
    daemon: &Daemon,
    entries: &[Entry],
    target: &TargetId,
    ctx: &Context,
) -> Result<(), Problem> {
    target::wanted(daemon::running(entries)?, target)?;
    let from = daemon::merged(entries)?;
    let refspec = Some(target.to_string()).filter(|target| from.origin.as_ref() != Some(target));
    prepare(engine, daemon, &Change { refspec, ..Change::default() }, from, ctx).await?;
    let entries = daemon.entries().await?;
    let followed = daemon::next(&entries)?.origin.as_deref() == Some(target.as_str());
    if followed { Ok(()) } else { Err(Problem::PlanOutdated) }
}

/// Drops what is prepared. The service would drop every other version before the running one with it.
async fn drop_staged(
    engine: &RpmOstree,
    daemon: &Daemon,
    entries: &[Entry],
    ctx: &Context,
) -> Result<(), Problem> {
    if !entries.iter().any(|e| e.staged) {
        return Err(Problem::NothingStaged);
    }
    let running = daemon::running(entries)?;
    let before = entries.iter().take_while(|e| !e.booted);
    let others = before.filter(|e| !e.staged && !e.pinned && e.osname == running.osname).count();
    if others > 0 {
        let below = engine.below.as_ref().ok_or(Problem::RestartFirst)?;
        return below.run(&Step::DropStaged, ctx).await;
    }
    clean(engine, daemon, &["pending-deploy"], ctx, HALF).await
}

async fn clean(
    engine: &RpmOstree,
    daemon: &Daemon,
    elements: &[&str],
    ctx: &Context,
    share: f64,
) -> Result<(), Problem> {
    ctx.checkpoint()?;
    let address = daemon.ask(daemon.os.cleanup(elements)).await?;
    transaction::follow(engine, daemon, &address, ctx, share).await?.well()
}

/// Puts a version first. The service can only turn between the running one and the one after it.
async fn set_default(
    engine: &RpmOstree,
    daemon: &Daemon,
    entries: &[Entry],
    id: &DeploymentId,
    ctx: &Context,
) -> Result<(), Problem> {
    let target = status::find(entries, id)?;
    let version = || target.version.clone();
    if target.staged {
        return Err(Problem::IsStaged { version: version() });
    }
    if daemon::next(entries)?.id == *id {
        return Err(Problem::IsNext { version: version() });
    }
    let turns = match daemon::previous(entries) {
        Some(previous) => previous.id == *id,
        None => target.booted,
    };
    if !turns {
        return engine.below("start-next")?.run(&Step::SetDefault { id: id.clone() }, ctx).await;
    }
    if entries.iter().any(|e| e.staged) {
        return Err(Problem::PlanOutdated);
    }
    ctx.checkpoint()?;
    let address = daemon.ask(daemon.os.rollback(Options::new())).await?;
    transaction::follow(engine, daemon, &address, ctx, 1.0).await?.well()?;
    let entries = daemon.entries().await?;
    if daemon::next(&entries)?.id == *id { Ok(()) } else { Err(Problem::PlanOutdated) }
}
