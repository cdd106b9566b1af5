//! Doing one step. Whatever a plan promised is looked at again here: another tool may have changed the system in between.

use super::answer::Status;
use super::{Abroot, NETWORK, Working};
use super::{arguments, build, check, moment, packages, promise, records, room, settings, status, targets};
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{ArgumentDelta, DeploymentId, PackageDelta, PackageName, Problem, Step, TargetId, text};
use std::future::pending;

pub(super) async fn step(engine: &Abroot, step: &Step, ctx: &Context) -> Result<(), Problem> {
    match step {
        Step::Stage { origin, checksum } => stage(engine, origin, checksum, ctx).await,
        Step::SetDefault { id } => set_default(engine, id, ctx).await,
        Step::Packages { delta, checksum } => change_packages(engine, delta, checksum.as_deref(), ctx).await,
        Step::Arguments { delta, checksum } => change_arguments(engine, delta, checksum.as_deref(), ctx).await,
        Step::Rebase { target } => rebase(engine, target, ctx).await,
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

/// Looks whether anything may be changed, and tidies up after a change that was cut off.
async fn begin(engine: &Abroot, ctx: &Context) -> Result<(Working, Status), Problem> {
    ctx.checkpoint()?;
    moment::free(engine)?;
    let working = engine.work();
    ctx.progress.begin(Stage::Checking, build::BEFORE);
    let told = status::ask(engine).await?;
    if !records::put_back(engine, &told.present)? {
        return Ok((working, told));
    }
    // What ABRoot has answered was by the records that are no longer there.
    Ok((working, status::ask(engine).await?))
}

async fn stage(engine: &Abroot, origin: &str, checksum: &str, ctx: &Context) -> Result<(), Problem> {
    let (_working, told) = begin(engine, ctx).await?;
    if settings::source(&engine.host)?.image() != origin {
        return Err(Problem::PlanOutdated);
    }
    let offer = check::offer(engine, ctx).await?;
    if offer.is_none_or(|offer| offer.digest != checksum) {
        return Err(Problem::PlanOutdated);
    }
    room::enough(&engine.host)?;
    build::root(engine, &told, &["upgrade"], Some(checksum), ctx).await
}

async fn set_default(engine: &Abroot, id: &DeploymentId, ctx: &Context) -> Result<(), Problem> {
    let (_working, _) = begin(engine, ctx).await?;
    let status = status::read(engine).await?;
    let target = status.find(id).ok_or_else(|| Problem::NotFound { what: id.to_string() })?;
    if target.next {
        return Err(Problem::IsNext { version: target.version.clone() });
    }
    if !target.running || !engine.seen().returns {
        return Err(Problem::NotSupported { what: "start-next".into() });
    }
    // From here on it is one exchange of two files.
    ctx.progress.begin(Stage::Writing, 1.0 - build::BEFORE);
    let tool = engine.tool()?;
    let outcome = tool.outcome(&["rollback"], engine.limits(), pending::<()>()).await?;
    let done = !status::returns(engine, moment::look(&engine.host)).await?;
    if done { Ok(()) } else { Err(tool.refused(&outcome)) }
}

async fn change_packages(
    engine: &Abroot,
    delta: &PackageDelta,
    said: Option<&str>,
    ctx: &Context,
) -> Result<(), Problem> {
    let (_working, told) = begin(engine, ctx).await?;
    status::may_change_packages(&told)?;
    packages::fits(delta, &told)?;
    room::enough(&engine.host)?;
    let digest = promise::keep(engine, said, &told, ctx).await?;
    records::keep(engine, &told.future, &records::PACKAGES)?;
    settle(engine, &told, apply(engine, delta, &told, &digest, ctx).await)
}

async fn apply(
    engine: &Abroot,
    delta: &PackageDelta,
    told: &Status,
    digest: &str,
    ctx: &Context,
) -> Result<(), Problem> {
    record(engine, "add", [&delta.add, &delta.reset], ctx).await?;
    record(engine, "remove", [&delta.remove, &delta.exclude], ctx).await?;
    let now = status::ask(engine).await?;
    if !packages::is_recorded(delta, &now) {
        return Err(Problem::EngineFailed { detail: "the records did not change".into() });
    }
    if now.unstaged().is_empty() {
        // What was asked for before and not built yet is asked for no longer.
        return Ok(());
    }
    build::root(engine, told, &["pkg", "apply"], Some(digest), ctx).await
}

/// ABRoot asks the repository about each name, so it takes the network.
async fn record(
    engine: &Abroot,
    word: &str,
    names: [&Vec<PackageName>; 2],
    ctx: &Context,
) -> Result<(), Problem> {
    let names: Vec<&str> = names.into_iter().flatten().map(PackageName::as_str).collect();
    if names.is_empty() {
        return Ok(());
    }
    let arguments = [&["pkg", word, "--"], names.as_slice()].concat();
    let limits = Limits::within(engine.patience.saturating_mul(NETWORK));
    let tool = engine.tool()?;
    let outcome = tool.outcome(&arguments, limits, ctx.cancel.cancelled()).await?;
    if outcome.status == 0 { Ok(()) } else { Err(tool.refused(&outcome)) }
}

async fn change_arguments(
    engine: &Abroot,
    delta: &ArgumentDelta,
    said: Option<&str>,
    ctx: &Context,
) -> Result<(), Problem> {
    let (_working, told) = begin(engine, ctx).await?;
    if !told.has_arguments() {
        return Err(Problem::NotSupported { what: "step".into() });
    }
    arguments::fits(delta, &told)?;
    room::enough(&engine.host)?;
    let digest = promise::keep(engine, said, &told, ctx).await?;
    records::keep(engine, &told.future, &records::ARGUMENTS)?;
    settle(engine, &told, build_with(engine, delta, &told, &digest, ctx).await)
}

async fn build_with(
    engine: &Abroot,
    delta: &ArgumentDelta,
    told: &Status,
    digest: &str,
    ctx: &Context,
) -> Result<(), Problem> {
    ctx.checkpoint()?;
    let wanted = arguments::changed(delta, told);
    let written = engine.host.write(arguments::RECORD, &wanted);
    written.map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
    if status::ask(engine).await?.arguments() != wanted {
        return Err(Problem::EngineFailed { detail: arguments::RECORD.into() });
    }
    // It builds also where the image is the one that runs.
    build::root(engine, told, &["upgrade", "--force"], Some(digest), ctx).await
}

async fn rebase(engine: &Abroot, target: &TargetId, ctx: &Context) -> Result<(), Problem> {
    let (_working, told) = begin(engine, ctx).await?;
    if targets::find(&engine.host, target)?.current {
        return Err(Problem::PlanOutdated);
    }
    room::enough(&engine.host)?;
    records::keep(engine, &told.future, &records::SOURCE)?;
    let arguments = ["rebase", "--keep-packages", "--", target.as_str()];
    let mut done = build::root(engine, &told, &arguments, None, ctx).await;
    if done.is_err() && !ctx.cancel.is_cancelled() && follows(engine, target, ctx).await {
        // The other image has the content that runs already: there is nothing to build, and it is followed.
        done = Ok(());
    }
    settle(engine, &told, done)
}

async fn follows(engine: &Abroot, target: &TargetId, ctx: &Context) -> bool {
    let source = settings::source(&engine.host).map(|source| source.image());
    source.is_ok_and(|image| image == target.as_str()) && matches!(check::offer(engine, ctx).await, Ok(None))
}

/// Keeps the records of a change that was made and puts back those of one that was not.
fn settle(engine: &Abroot, told: &Status, done: Result<(), Problem>) -> Result<(), Problem> {
    match done {
        Ok(()) => {
            records::forget(engine);
            Ok(())
        }
        Err(problem) => {
            records::put_back(engine, &told.present).map(drop)?;
            Err(problem)
        }
    }
}
