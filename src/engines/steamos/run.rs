//! Doing one step. Whatever a plan promised is looked at again here: Steam may have changed the system in between.

use super::answer::Atomupd;
use super::look::{self, Look};
use super::proxy::{Atomupd1Proxy, SERVICE};
use super::{Steamos, boot, check, failure, left, plan, status, update};
use crate::bus::within;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{DeploymentId, Problem, Step, TargetId};

pub(super) async fn step(engine: &Steamos, step: &Step, ctx: &Context) -> Result<(), Problem> {
    match step {
        Step::Stage { origin, checksum } => stage(engine, origin, checksum, ctx).await,
        Step::Rebase { target } => rebase(engine, target, ctx).await,
        Step::SetDefault { id } => {
            ctx.progress.begin(Stage::Writing, 1.0);
            set_default(engine, id).await
        }
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

async fn stage(engine: &Steamos, origin: &str, checksum: &str, ctx: &Context) -> Result<(), Problem> {
    let look = look::read(engine).await?;
    plan::fillable(&look)?;
    let service = look.service.as_ref().ok_or_else(unable)?;
    if service.origin() != origin || look.running.id == checksum {
        return Err(Problem::PlanOutdated);
    }
    if !offers(service, checksum) {
        // The service forgets what it found when it is started anew.
        check::ask(engine).await?;
        if !offers(&look::service(engine).await?, checksum) {
            return Err(Problem::PlanOutdated);
        }
    }
    ctx.progress.begin(Stage::Downloading, 1.0);
    update::run(engine, &look, checksum, ctx).await
}

fn offers(service: &Atomupd, build: &str) -> bool {
    service.offers.iter().any(|offer| offer.build.id == build)
}

/// Follows the target and prepares what it offers. Where that fails, what was followed before is followed again.
async fn rebase(engine: &Steamos, target: &TargetId, ctx: &Context) -> Result<(), Problem> {
    let look = look::read(engine).await?;
    plan::fillable(&look)?;
    let (variant, branch) = plan::known(&look, target)?;
    let before = look.service.as_ref().ok_or_else(unable)?;
    ctx.progress.begin(Stage::Checking, 0.1);
    left::end(engine, &look).await?;
    let done = match follow(engine, &variant, &branch).await {
        Ok(()) => offered(engine, &look, ctx).await,
        failed => failed,
    };
    if let Err(problem) = done {
        // The first problem is the one that says what happened.
        let _ = follow(engine, &before.variant, &before.branch).await;
        return Err(problem);
    }
    Ok(())
}

/// Prepares what the branch offers, if that is another build than the one that runs.
async fn offered(engine: &Steamos, look: &Look, ctx: &Context) -> Result<(), Problem> {
    tokio::select! {
        asked = check::ask(engine) => asked?,
        _ = ctx.cancel.cancelled() => return Err(Problem::Cancelled),
    };
    let service = look::service(engine).await?;
    ctx.progress.begin(Stage::Downloading, 0.9);
    match service.offers.first().filter(|offer| offer.build.id != look.running.id) {
        Some(offer) => update::run(engine, look, &offer.build.id, ctx).await,
        None => Ok(()),
    }
}

async fn follow(engine: &Steamos, variant: &str, branch: &str) -> Result<(), Problem> {
    let connection = engine.bus.connect().await?;
    let proxy =
        within(SERVICE, engine.patience, Atomupd1Proxy::new(&connection)).await.map_err(failure::of)?;
    let now = look::service(engine).await?;
    if now.variant != variant {
        let call = proxy.switch_to_variant(variant);
        within(SERVICE, engine.patience, call).await.map_err(failure::of)?;
    }
    if now.branch != branch {
        let call = proxy.switch_to_branch(branch);
        within(SERVICE, engine.patience, call).await.map_err(failure::of)?;
    }
    Ok(())
}

async fn set_default(engine: &Steamos, id: &DeploymentId) -> Result<(), Problem> {
    if !boot::can_choose(&engine.host) {
        return Err(unable());
    }
    let look = look::read(engine).await?;
    plan::choosable(&look)?;
    let deployments = status::deployments(&look)?;
    let target = deployments.iter().find(|d| d.id == *id);
    let target = target.ok_or_else(|| Problem::NotFound { what: id.to_string() })?;
    let version = target.version.clone();
    if target.next {
        return Err(Problem::IsNext { version });
    }
    if let Some(defect) = target.defect {
        return Err(Problem::CannotStart { version, defect });
    }
    let slots = look.slots.as_ref().ok_or_else(unable)?;
    let (image, build) = match &slots.other {
        Some(other) if !target.running => (&other.image, look.images.build(&other.image, other.config)),
        _ => (&slots.this, Some(look.running.clone())),
    };
    // After the restart this one is the other slot, of which nobody but the note tells.
    let mut images = look.images.clone();
    images.note(&slots.this, &look.running, slots.this_config);
    images.write(engine)?;
    boot::select(engine, image).await?;
    // It was us who asked for the slot, so what is in it is still known.
    let Some(build) = build else { return Ok(()) };
    images.note(image, &build, boot::config(engine, image)?);
    images.write(engine)
}

fn unable() -> Problem {
    Problem::NotSupported { what: "step".into() }
}
