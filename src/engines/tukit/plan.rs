//! What a wish would do, or why it is refused. Changes nothing.

use super::{Tukit, packages};
use crate::plan;
use crate::snapper::etc;
use cairn_model::plan::SpaceNeed;
use cairn_model::{PackageDelta, Plan, Problem, SystemStatus, Update, Wish};

pub(super) async fn make(
    engine: &Tukit,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    match (wish, update) {
        (Wish::Update { aside, .. }, Some(update)) => {
            if !aside.is_empty() {
                let delta = PackageDelta { remove: aside.clone(), ..PackageDelta::default() };
                packages::allowed(engine, &delta).await?;
            }
            // What is fetched lies beside what is there; what it takes unpacked nobody says before.
            let needed = update.download.unwrap_or(0);
            let need = SpaceNeed { mount: "/".into(), needed, free: status.space.free };
            enough(&need)?;
            plan.space = vec![need];
        }
        (Wish::GoBack {} | Wish::StartNext { .. }, _) => {
            if let Some(target) = &plan.target_id {
                let disk = engine.service.read().await?;
                plan.warnings.extend(etc::stays(&engine.host, &disk, target).await?);
            }
        }
        (Wish::ChangePackages { delta }, _) => packages::allowed(engine, delta).await?,
        _ => {}
    }
    Ok(plan)
}

fn enough(need: &SpaceNeed) -> Result<(), Problem> {
    let SpaceNeed { mount, needed, free } = need.clone();
    match needed.checked_sub(free) {
        Some(missing) if missing > 0 => Err(Problem::NoSpace { mount, needed, free, missing }),
        _ => Ok(()),
    }
}
