//! Doing one step. Whatever a plan promised is looked at again here: another tool may have changed the system in
//! between.

use super::answer::Evaluated;
use super::nix::Nix;
use super::offer::{self, Sources};
use super::origin::Origin;
use super::store::StorePath;
use super::{Nixos, activate, build, garbage, keep, live, packages, status, targets};
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{DeploymentId, Problem, Step, TargetId};

/// Of the whole job.
const EVALUATING: f64 = 0.05;
const WRITING: f64 = 0.1;

pub(super) async fn step(engine: &Nixos, step: &Step, ctx: &Context) -> Result<(), Problem> {
    match step {
        Step::Stage { origin, checksum } => stage(engine, origin, checksum, ctx).await,
        Step::SetDefault { id } => {
            ctx.progress.begin(Stage::Writing, 1.0);
            start(engine, id).await
        }
        Step::Pin { id } => keep::set(&engine.host, &status::find(engine, id)?.path, true),
        Step::Unpin { id } => keep::set(&engine.host, &status::find(engine, id)?.path, false),
        Step::Remove { id } => {
            ctx.progress.begin(Stage::Cleaning, 1.0);
            garbage::remove(engine, id).await
        }
        Step::Cleanup => {
            ctx.progress.begin(Stage::Cleaning, 1.0);
            Nix::stoppable(engine, ctx).collect().await
        }
        Step::ApplyLive { id } => live::apply(engine, id, ctx).await,
        Step::Packages { delta, .. } => packages::change(engine, delta, ctx).await,
        Step::Rebase { target } => rebase(engine, target, ctx).await,
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

async fn stage(engine: &Nixos, origin: &str, checksum: &str, ctx: &Context) -> Result<(), Problem> {
    let sources = offer::recall(engine, origin, checksum)?;
    let origin = engine.origin().filter(|now| now.word() == origin).ok_or(Problem::PlanOutdated)?;
    ctx.progress.begin(Stage::Checking, EVALUATING);
    // The configuration may have been edited since the check.
    let system = offer::evaluate(&Nix::stoppable(engine, ctx), &origin, &sources).await?;
    if system.system.hash() != checksum {
        return Err(Problem::PlanOutdated);
    }
    install(engine, &origin, &sources, &system, ctx).await
}

async fn rebase(engine: &Nixos, target: &TargetId, ctx: &Context) -> Result<(), Problem> {
    let channel = targets::channel(engine, target)?;
    let origin = Origin::Channel(channel);
    ctx.progress.begin(Stage::Checking, EVALUATING);
    let (sources, system) = offer::ask(&Nix::stoppable(engine, ctx), &origin).await?;
    install(engine, &origin, &sources, &system, ctx).await
}

/// Builds it and puts it in place.
async fn install(
    engine: &Nixos,
    origin: &Origin,
    sources: &Sources,
    system: &Evaluated,
    ctx: &Context,
) -> Result<(), Problem> {
    let system = build::run(engine, system, ctx).await?;
    let placed = match ctx.checkpoint() {
        Ok(()) => place(engine, origin, sources, &system, ctx).await,
        stopped => stopped,
    };
    build::let_go(engine);
    placed
}

/// Lets the origin be what the system was built from, and makes it the next start.
async fn place(
    engine: &Nixos,
    origin: &Origin,
    sources: &Sources,
    system: &StorePath,
    ctx: &Context,
) -> Result<(), Problem> {
    ctx.progress.begin(Stage::Writing, WRITING);
    activate::idle(engine)?;
    let adopted = offer::adopt(engine, origin, sources).await?;
    let started = activate::run(engine, activate::Start::System(system)).await;
    if started.is_err() {
        adopted.put_back(engine).await;
    }
    started
}

async fn start(engine: &Nixos, id: &DeploymentId) -> Result<(), Problem> {
    let version = status::find(engine, id)?;
    if let Some(defect) = version.deployment.defect {
        return Err(Problem::CannotStart { version: version.deployment.version, defect });
    }
    match id.as_str().parse() {
        Ok(number) => activate::run(engine, activate::Start::Number(number)).await,
        Err(_) => activate::run(engine, activate::Start::System(&version.path)).await,
    }
}
