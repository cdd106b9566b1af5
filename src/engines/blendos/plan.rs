//! What a wish would do, or why it is refused. Changes nothing.

use super::{Blendos, answer, disk, edit, packages, room, targets};
use crate::plan;
use cairn_model::{PackageDelta, Plan, Problem, Step, SystemStatus, Update, Wish};

pub(super) fn make(
    engine: &Blendos,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let usual = plan::usual(wish, status, update);
    if let Err(refused @ (Problem::NotSupported { .. } | Problem::NotAtomic)) = usual {
        return Err(refused);
    }
    disk::free(engine)?;
    let mut plan = usual?;
    match wish {
        Wish::Update { aside, .. } => {
            disk::system(engine)?;
            if !aside.is_empty() {
                let delta = PackageDelta { remove: aside.clone(), ..PackageDelta::default() };
                change(engine, &delta)?;
                // A change of packages builds from the newest there is, and nothing can be built after it.
                plan.steps.retain(|step| !matches!(step, Step::Stage { .. }));
            }
        }
        Wish::ChangePackages { delta } => change(engine, delta)?,
        Wish::Rebase { target } => {
            let target = targets::other(engine, target)?;
            edit::track(&disk::text(engine)?, target.id.as_str())?;
        }
        _ => return Ok(plan),
    }
    room::reserve(engine, &mut plan)?;
    Ok(plan)
}

/// Whether the configuration can be changed like this.
fn change(engine: &Blendos, delta: &PackageDelta) -> Result<(), Problem> {
    let text = disk::text(engine)?;
    packages::fits(engine, &answer::system(&text)?, delta)?;
    edit::packages(&text, delta).map(|_| ())
}
