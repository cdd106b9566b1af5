//! What a plan said that a change brings.
//!
//! ABRoot builds from the newest image whatever it builds for. So a change of packages or arguments names the image that it
//! brings, and what would bring something else than was planned is not run.

use super::answer::{self, Status};
use super::{Abroot, check, settings};
use cairn_jobs::Context;
use cairn_model::{Plan, Problem, Step};

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

/// Names in the plan what each change brings.
pub(super) fn give(plan: &mut Plan, digest: &str) {
    for step in &mut plan.steps {
        if let Step::Packages { checksum, .. } | Step::Arguments { checksum, .. } = step {
            *checksum = Some(digest.to_owned());
        }
    }
}

/// The digest that the step brings, which is the one that was said.
///
/// # Errors
/// [`Problem::PlanOutdated`]; else as [`now`].
pub(super) async fn keep(
    engine: &Abroot,
    said: Option<&str>,
    told: &Status,
    ctx: &Context,
) -> Result<String, Problem> {
    let digest = now(engine, told, ctx).await?.digest;
    if said == Some(digest.as_str()) { Ok(digest) } else { Err(Problem::PlanOutdated) }
}
