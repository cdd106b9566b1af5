//! What a wish would do, or why it is refused. Changes nothing.

use super::Rauc;
use super::look::{self, Look};
use crate::{packages, plan};
use cairn_model::plan::Warning;
use cairn_model::{Plan, Problem, SystemStatus, Update, Wish};
use std::cmp::Ordering;

pub(super) async fn make(
    engine: &Rauc,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let update = update.map(|update| as_old_as_it_is(update, status));
    let mut plan = plan::usual(wish, status, update.as_ref())?;
    let look = look::read(engine).await?;
    if look.service.busy {
        return Err(Problem::BusyElsewhere);
    }
    if matches!(wish, Wish::Update { .. }) {
        fillable(&look)?;
        plan.warnings.extend(replaced(&look, status));
        plan.warnings.push(Warning::CannotStop);
    }
    Ok(plan)
}

/// Bundles have no date; their version tells whether one that was found some time ago is older than what runs now.
fn as_old_as_it_is(update: &Update, status: &SystemStatus) -> Update {
    let running = status.running().map(|running| running.version.as_str()).unwrap_or_default();
    let older = packages::order(&update.version, running) == Ordering::Less;
    Update { older: update.older || older, ..update.clone() }
}

/// The way back, where the update is written over it. Into which of several slots RAUC writes it tells nobody; then one
/// that can be gone back to is left.
fn replaced(look: &Look, status: &SystemStatus) -> Option<Warning> {
    let running = look.running().ok()?;
    let mut others = look.bootable().filter(|slot| slot.class == running.class && slot.name != running.name);
    let (only, None) = (others.next()?, others.next()) else { return None };
    let id = only.id().ok()?;
    let previous = status.previous().filter(|previous| previous.id == id)?;
    Some(Warning::ReplacesNow { version: previous.version.clone() })
}

/// What was chosen to start next would be overwritten.
pub(super) fn fillable(look: &Look) -> Result<(), Problem> {
    if look.service.busy {
        return Err(Problem::BusyElsewhere);
    }
    if look.next()?.name == look.running()?.name { Ok(()) } else { Err(Problem::RestartFirst) }
}
