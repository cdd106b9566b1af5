//! What a plan said that a change brings.
//!
//! ABRoot builds from the newest image whatever it builds for, and the step of a change of packages or arguments names no
//! image. So what was said of it is kept here until it is run: what nobody planned, or what would bring something else than
//! was planned, is not run.

use super::answer::{self, Status};
use super::{Abroot, check, settings};
use cairn_jobs::Context;
use cairn_model::{Problem, Step};
use std::sync::PoisonError;

/// More plans than are made between one of them and its run.
const MOST: usize = 16;

/// What a root that is built now has in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Brought {
    pub(super) digest: String,
    /// `None` where it is the image that runs.
    pub(super) version: Option<String>,
}

/// Asks the registry.
///
/// # Errors
/// As [`check::offer`] and [`settings::source`].
pub(super) async fn now(engine: &Abroot, told: &Status, ctx: &Context) -> Result<Brought, Problem> {
    let Some(offer) = check::offer(engine, ctx).await? else {
        return Ok(Brought { digest: told.abimage.digest.clone(), version: None });
    };
    let image = settings::source(&engine.host)?.image();
    Ok(Brought { version: Some(answer::version(&image, &offer.digest)), digest: offer.digest })
}

/// Notes what the plan with that step says.
pub(super) fn give(engine: &Abroot, step: &Step, digest: &str) {
    let mut all = engine.promises.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|(known, _)| known != step);
    let surplus = (all.len() + 1).saturating_sub(MOST);
    all.drain(..surplus);
    all.push((step.clone(), digest.to_owned()));
}

/// The digest that the step brings, which is the one that was said.
///
/// # Errors
/// [`Problem::PlanOutdated`]; else as [`now`].
pub(super) async fn keep(
    engine: &Abroot,
    step: &Step,
    told: &Status,
    ctx: &Context,
) -> Result<String, Problem> {
    let said = {
        let all = engine.promises.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(known, _)| known == step).map(|(_, digest)| digest.clone())
    };
    let digest = now(engine, told, ctx).await?.digest;
    if said.as_deref() == Some(digest.as_str()) { Ok(digest) } else { Err(Problem::PlanOutdated) }
}
