//! Doing one step. The new version is made beside the others and becomes the next start at the very end; until then
//! whatever ends the work leaves everything as it was.

use super::{Tukit, UPDATER, check, conflict, lock, packages, zypper};
use crate::snapper::service::Disk;
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{DeploymentId, PackageDelta, PackageName, Problem, Step};
use std::future::{Future, pending};
use std::time::Duration;

/// An update over a slow line.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);
/// Asked to end, it unmounts and deletes what it has made until then.
const GRACE: Duration = Duration::from_secs(60);
/// What it logs is not kept; a limit there has to be.
const BYTES: usize = 64 << 20;
/// Looking again takes this part of the bar.
const LOOKING: f64 = 0.05;

pub(super) async fn step(engine: &Tukit, step: &Step, ctx: &Context) -> Result<(), Problem> {
    ctx.checkpoint()?;
    if lock::is_held(&engine.host) {
        return Err(Problem::BusyElsewhere);
    }
    match step {
        Step::Stage { checksum, .. } => stage(engine, checksum, ctx).await,
        Step::Packages { delta, .. } => change_packages(engine, delta, ctx).await,
        Step::SetDefault { id } => {
            ctx.progress.begin(Stage::Writing, 1.0);
            start(engine, id).await
        }
        Step::Pin { id } => engine.service.pin(id).await,
        Step::Unpin { id } => engine.service.unpin(id).await,
        Step::Remove { id } => {
            ctx.progress.begin(Stage::Cleaning, 1.0);
            engine.service.remove(id).await
        }
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

async fn stage(engine: &Tukit, checksum: &str, ctx: &Context) -> Result<(), Problem> {
    ctx.progress.begin(Stage::Checking, LOOKING);
    if !check::is_current(engine, checksum, ctx).await? {
        return Err(Problem::PlanOutdated);
    }
    let before = engine.service.read().await?;
    let after = match update(engine, &before, &[zypper::method(&engine.host)], ctx).await {
        Err(failed) => return Err(conflict::explain(engine, failed, ctx).await),
        Ok(after) => after,
    };
    if after.next() == after.active {
        // It found nothing to do, so what was offered is gone.
        return Err(Problem::PlanOutdated);
    }
    packages::note(engine, &before, &after, &PackageDelta::default()).await?;
    let after = engine.service.read().await?;
    engine.service.note(&after, after.next(), checksum).await
}

async fn change_packages(engine: &Tukit, delta: &PackageDelta, ctx: &Context) -> Result<(), Problem> {
    ctx.progress.begin(Stage::Checking, LOOKING);
    packages::allowed(engine, delta).await?;
    zypper::can_add(engine, &delta.add, ctx).await?;
    // One transaction: a version with only half of it must never start.
    let excluded: Vec<String> = delta.remove.iter().map(|name| format!("!{name}")).collect();
    let mut arguments = vec!["pkg"];
    if delta.add.is_empty() {
        arguments.push("remove");
        arguments.extend(delta.remove.iter().map(PackageName::as_str));
    } else {
        arguments.push("install");
        arguments.extend(delta.add.iter().map(PackageName::as_str));
        arguments.extend(excluded.iter().map(String::as_str));
    }
    let before = engine.service.read().await?;
    let after = update(engine, &before, &arguments, ctx).await?;
    if after.next() == before.next() {
        return Err(Problem::EngineFailed { detail: format!("{UPDATER} has made no new version") });
    }
    packages::note(engine, &before, &after, delta).await
}

/// Lets a new version be made. Where another one than what runs starts next, that one is the base: a version made from
/// what runs would silently drop what was prepared before.
async fn update(engine: &Tukit, before: &Disk, what: &[&str], ctx: &Context) -> Result<Disk, Problem> {
    ctx.progress.begin(Stage::Deploying, 1.0 - LOOKING);
    ctx.progress.part(0.0);
    let mut arguments = vec!["--non-interactive"];
    if before.next() != before.active {
        arguments.push("--continue");
    }
    arguments.extend(what);
    let ended = call(engine, &arguments, ctx.cancel.cancelled()).await;
    let after = engine.service.read().await?;
    // It may fail after the new version was made, or be stopped too late: what starts next tells.
    match ended {
        Err(problem) if after.next() == before.next() => Err(problem),
        _ => Ok(after),
    }
}

/// Makes a version the next start; never stopped in the middle.
async fn start(engine: &Tukit, id: &DeploymentId) -> Result<(), Problem> {
    let before = engine.service.read().await?;
    let target = before.named(id)?.number;
    if target == before.next() {
        return Err(Problem::IsNext { version: id.to_string() });
    }
    let ended = call(engine, &["rollback", &target.to_string()], pending::<()>()).await;
    if engine.service.read().await?.default == Some(target) {
        return Ok(());
    }
    ended.and_then(|()| {
        Err(Problem::EngineFailed { detail: format!("{UPDATER} has not made {id} the next start") })
    })
}

async fn call(engine: &Tukit, arguments: &[&str], cancel: impl Future) -> Result<(), Problem> {
    let limits = Limits { time: PATIENCE, bytes: BYTES, grace: GRACE };
    let ended = engine.host.tool(UPDATER)?.run(arguments, limits, cancel).await;
    match ended {
        Ok(_) => Ok(()),
        // Somebody else was quicker.
        Err(Problem::ToolFailed { .. }) if lock::is_held(&engine.host) => Err(Problem::BusyElsewhere),
        Err(problem) => Err(problem),
    }
}
