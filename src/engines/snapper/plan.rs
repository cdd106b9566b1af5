//! What a wish would do, or why it is refused. Changes nothing.

use super::{Snapper, cleanup, etc};
use crate::plan;
use cairn_model::{Plan, Problem, SystemStatus, Update, Wish};

pub(super) async fn make(
    engine: &Snapper,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    if let (Wish::GoBack {} | Wish::StartNext { .. }, Some(target)) = (wish, &plan.target_id) {
        let disk = engine.service.read().await?;
        plan.warnings.extend(etc::stays(&engine.host, &disk, target).await?);
    }
    if let Wish::Cleanup {} = wish {
        cleanup::allowed(status)?;
    }
    if let Wish::Keep { id } | Wish::Unkeep { id } = wish {
        // What is no snapshot is not cleaned up, and snapper notes nothing about it.
        let running = status.find(id).filter(|d| d.running && d.id.as_str() == "0");
        if let Some(running) = running {
            return Err(Problem::IsRunning { version: running.version.clone() });
        }
    }
    Ok(plan)
}
