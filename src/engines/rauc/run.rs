//! Doing one step. Whatever a plan promised is looked at again here: somebody else may have changed the slots in between.

use super::answer::Boot;
use super::configuration::Configuration;
use super::proxy::SERVICE;
use super::{Rauc, bundles, install, look, plan, status};
use crate::bus::within;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{DeploymentId, Problem, Step, text};

pub(super) async fn step(engine: &Rauc, step: &Step, ctx: &Context) -> Result<(), Problem> {
    match step {
        Step::Stage { origin, checksum } => {
            ctx.progress.begin(Stage::Deploying, 1.0);
            stage(engine, origin, checksum, ctx).await
        }
        Step::SetDefault { id } => {
            ctx.progress.begin(Stage::Writing, 1.0);
            set_default(engine, id).await
        }
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

async fn stage(engine: &Rauc, origin: &str, checksum: &str, ctx: &Context) -> Result<(), Problem> {
    let look = look::read(engine).await?;
    plan::fillable(&look)?;
    if text::line(&look.service.compatible) != origin || look.running()?.checksum() == checksum {
        return Err(Problem::PlanOutdated);
    }
    let (found, _) = bundles::list(engine, ctx).await?;
    let found = found.into_iter().find(|found| found.bundle.hash == checksum).ok_or(Problem::PlanOutdated)?;
    ctx.checkpoint()?;
    install::run(engine, &found, ctx).await
}

async fn set_default(engine: &Rauc, id: &DeploymentId) -> Result<(), Problem> {
    let look = look::read(engine).await?;
    if look.service.busy {
        return Err(Problem::BusyElsewhere);
    }
    let deployments = status::deployments(engine, &look)?;
    let missing = || Problem::NotFound { what: id.to_string() };
    let target = deployments.iter().find(|d| d.id == *id).ok_or_else(missing)?;
    let version = target.version.clone();
    if target.next {
        return Err(Problem::IsNext { version });
    }
    if let Some(defect) = target.defect {
        return Err(Problem::CannotStart { version, defect });
    }
    let slot = look.bootable().find(|slot| slot.id().is_ok_and(|own| own == *id)).ok_or_else(missing)?;
    activate(engine, &slot.name).await
}

/// Tells the boot loader what to think of the slot that runs. It is told each time: how many tries are left RAUC does not
/// say, and marking a slot good gives it all of them.
pub(super) async fn confirm(engine: &Rauc, good: bool, ctx: &Context) -> Result<(), Problem> {
    ctx.checkpoint()?;
    if !Configuration::read(&engine.host).chooses() {
        return Ok(());
    }
    if look::read(engine).await?.service.busy {
        return Err(Problem::BusyElsewhere);
    }
    let (word, opposite) = if good { ("good", Boot::Bad) } else { ("bad", Boot::Good) };
    let proxy = look::proxy(engine).await?;
    within(SERVICE, engine.patience, proxy.mark(word, "booted")).await?;
    match look::read(engine).await?.running()? {
        slot if slot.boot == opposite => Err(Problem::EngineFailed {
            detail: text::line(&format!("{} is not marked {word}", slot.name)),
        }),
        _ => Ok(()),
    }
}

/// Lets that slot start next, and believes it when the boot loader says so.
pub(super) async fn activate(engine: &Rauc, slot: &str) -> Result<(), Problem> {
    let proxy = look::proxy(engine).await?;
    within(SERVICE, engine.patience, proxy.mark("active", slot)).await?;
    match look::read(engine).await?.next()? {
        next if next.name == slot => Ok(()),
        next => Err(Problem::EngineFailed {
            detail: text::line(&format!("{} starts next, not {slot}", next.name)),
        }),
    }
}
