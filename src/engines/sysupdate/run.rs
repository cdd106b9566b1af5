//! Doing one step. Whatever a plan promised is looked at again here, and what came of it is read from the system.

use super::transfers::Transfers;
use super::upstream::Upstream;
use super::{Sysupdate, choose, extras, plan, status, version};
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{Problem, Step};

pub(super) async fn step(
    engine: &Sysupdate,
    upstream: &Upstream,
    step: &Step,
    ctx: &Context,
) -> Result<(), Problem> {
    match step {
        Step::Stage { origin, checksum } => stage(engine, upstream, origin, checksum, ctx).await,
        Step::Cleanup => {
            plan::may_make_room(&status::read(engine, upstream).await?)?;
            ctx.progress.begin(Stage::Cleaning, 1.0);
            upstream.vacuum(ctx).await
        }
        Step::SetDefault { id } => {
            ctx.progress.begin(Stage::Writing, 1.0);
            choose::set_default(engine, upstream, id).await
        }
        Step::Extra { id, enabled } => {
            ctx.progress.begin(Stage::Writing, 1.0);
            extras::change(engine, upstream, id, *enabled).await
        }
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

async fn stage(
    engine: &Sysupdate,
    upstream: &Upstream,
    origin: &str,
    checksum: &str,
    ctx: &Context,
) -> Result<(), Problem> {
    let version = version::of_identity(checksum)?;
    if Transfers::read(&engine.host).origin != origin {
        return Err(Problem::PlanOutdated);
    }
    plan::may_make_room(&status::read(engine, upstream).await?)?;
    if is_whole(upstream, &version).await? {
        return choose::let_start(engine, upstream, &version).await;
    }
    let done = upstream.update(&version, ctx).await;
    // Looked at also after a failure: what was stopped a moment too late is done.
    match (done, is_whole(upstream, &version).await) {
        (_, Ok(true)) => choose::let_start(engine, upstream, &version).await,
        (Ok(()), Ok(false)) => {
            Err(Problem::EngineFailed { detail: format!("{version} is not there afterwards") })
        }
        (Err(problem @ Problem::Cancelled), _) | (Err(problem), Err(_)) | (Ok(()), Err(problem)) => Err(problem),
        (Err(problem), Ok(false)) => Err(explain(upstream, &version, problem).await),
    }
}

async fn is_whole(upstream: &Upstream, version: &str) -> Result<bool, Problem> {
    Ok(upstream.here().await?.iter().any(|one| one.version == version && one.is_whole()))
}

/// A version that is not on offer any more is another matter than one that does not arrive.
async fn explain(upstream: &Upstream, version: &str, problem: Problem) -> Problem {
    match upstream.known().await {
        Ok(known) if !known.iter().any(|one| one == version) => Problem::PlanOutdated,
        _ => problem,
    }
}
