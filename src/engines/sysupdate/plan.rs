//! What a wish would do, or why it is refused. Changes nothing.

use super::version;
use crate::plan;
use cairn_model::plan::Warning;
use cairn_model::system::HeldBack;
use cairn_model::{Plan, Problem, SystemStatus, Update, Wish};

pub(super) fn make(wish: &Wish, status: &SystemStatus, update: Option<&Update>) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    may_make_room(status)?;
    if matches!(wish, Wish::Update { .. }) {
        plan.warnings.push(Warning::SpaceUnknown);
    }
    Ok(plan)
}

/// Upstream makes room by removing the oldest version that is not protected, without asking what runs. Systems protect
/// the running one by `ProtectVersion=%A`; where that is missing and something newer is here, it would be the running one.
pub(super) fn may_make_room(status: &SystemStatus) -> Result<(), Problem> {
    if status.held_back.contains(&HeldBack::BusyElsewhere) {
        return Err(Problem::BusyElsewhere);
    }
    let running = status.running().ok_or(Problem::NotAtomic)?;
    let newer = status.deployments.iter().any(|d| version::order(&d.version, &running.version).is_gt());
    if running.kept || !newer {
        return Ok(());
    }
    if status.restart_pending() {
        return Err(Problem::RestartFirst);
    }
    Err(Problem::IsRunning { version: running.version.clone() })
}
