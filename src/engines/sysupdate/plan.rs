//! What a wish would do, or why it is refused. Changes nothing.

use super::transfers::Transfers;
use super::{Sysupdate, choose, extras, version};
use crate::plan;
use cairn_model::plan::Warning;
use cairn_model::{Deployment, Plan, Problem, SystemStatus, Update, Wish};

pub(super) async fn make(
    engine: &Sysupdate,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    match wish {
        Wish::Update { .. } => {
            may_make_room(status)?;
            plan.warnings.extend(replaced(status, Transfers::read(&engine.host).most));
            plan.warnings.push(Warning::SpaceUnknown);
        }
        Wish::Cleanup {} => may_make_room(status)?,
        Wish::ChangeExtra { id, enabled } => {
            choose::not_busy(status)?;
            let extra = extras::changeable(engine, &engine.upstream()?, id).await?;
            extras::may_turn(&extra, *enabled, status)?;
            // The older version lacks the part, and is incomplete from then on.
            if let Some(previous) = status.previous().filter(|_| *enabled && !extra.enabled) {
                plan.warnings.push(Warning::NoWayBack { version: previous.version.clone() });
            }
        }
        _ => choose::not_busy(status)?,
    }
    Ok(plan)
}

/// The way back, where upstream removes it to make room. Where no number of versions is written down, nothing is known.
fn replaced(status: &SystemStatus, most: Option<usize>) -> Option<Warning> {
    let running = status.running()?;
    let mut left: Vec<&Deployment> = status.deployments.iter().collect();
    left.sort_by(|a, b| version::order(&b.version, &a.version));
    let older = |d: &&Deployment| version::order(&d.version, &running.version).is_lt() && d.defect.is_none();
    let back = left.iter().copied().find(older)?;
    while left.len() >= most? {
        let oldest = left.iter().rposition(|d| !d.kept)?;
        if left.remove(oldest).id == back.id {
            return Some(Warning::ReplacesNow { version: back.version.clone() });
        }
    }
    None
}

/// Upstream makes room by removing the oldest version that is not protected, without asking what runs. Systems protect
/// the running one by `ProtectVersion=%A`; where that is missing and something newer is here, it would be the running one.
pub(super) fn may_make_room(status: &SystemStatus) -> Result<(), Problem> {
    choose::not_busy(status)?;
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
