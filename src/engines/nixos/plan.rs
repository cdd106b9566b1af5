//! What a wish would do, or why it is refused. Changes nothing.

use super::{Nixos, garbage, packages, status, targets};
use crate::plan;
use cairn_model::plan::Warning;
use cairn_model::{Plan, Problem, SystemStatus, Update, Wish};

pub(super) async fn make(
    engine: &Nixos,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    match wish {
        Wish::ChangePackages { delta } => packages::refuse(&packages::wanted(&engine.host)?, delta)?,
        Wish::Rebase { target } => {
            targets::channel(engine, target)?;
            if targets::is_older(target, &plan.running) {
                plan.warnings.push(Warning::Older { version: plan.target.clone() });
            }
        }
        Wish::Remove { id } => garbage::removable(&status::find(engine, id)?)?,
        Wish::Cleanup {} => plan.frees = Some(garbage::size(engine).await?),
        _ => {}
    }
    let builds = matches!(wish, Wish::Update { .. } | Wish::ChangePackages { .. } | Wish::Rebase { .. });
    if builds {
        // Only building tells what a system takes.
        plan.warnings.push(Warning::SpaceUnknown);
    }
    Ok(plan)
}
