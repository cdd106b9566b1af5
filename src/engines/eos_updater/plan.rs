//! What a wish would do, or why it is refused. Changes nothing.

use super::EosUpdater;
use crate::plan;
use cairn_model::plan::{SpaceNeed, Warning};
use cairn_model::system::HeldBack;
use cairn_model::{Plan, Problem, SystemStatus, Update, Wish};

pub(super) async fn make(
    engine: &EosUpdater,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    if status.held_back.contains(&HeldBack::BusyElsewhere) {
        return Err(Problem::BusyElsewhere);
    }
    match (wish, &engine.below) {
        (Wish::Update { .. }, _) => room(&mut plan, status, update)?,
        (_, Some(below)) => plan = below.plan(wish, status, update).await?,
        (_, None) => {}
    }
    Ok(plan)
}

/// The updater looks at the room only while it fetches.
fn room(plan: &mut Plan, status: &SystemStatus, update: Option<&Update>) -> Result<(), Problem> {
    let Some(needed) = update.and_then(|update| update.installed) else {
        plan.warnings.push(Warning::SpaceUnknown);
        return Ok(());
    };
    let free = status.space.free;
    if needed > free {
        return Err(Problem::NoSpace { mount: "/".into(), needed, free, missing: needed - free });
    }
    plan.space.push(SpaceNeed { mount: "/".into(), needed, free });
    Ok(())
}
