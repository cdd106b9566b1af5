//! What a wish would do, or why it is refused. Changes nothing.

use super::{Ostree, open, space};
use crate::plan;
use cairn_host::compare;
use cairn_model::plan::Warning;
use cairn_model::{DeploymentId, Plan, Problem, Step, SystemStatus, Update, Wish};
use std::path::PathBuf;

/// More edited files than this are "many".
const MAX_EDITS: usize = 1000;

pub(super) fn make(
    engine: &Ostree,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    match (wish, update) {
        (Wish::Update { allow_older, .. }, Some(update)) => {
            fetch(engine, &mut plan, update, *allow_older)?;
        }
        (Wish::GoBack {} | Wish::StartNext { .. }, _) => {
            let edits = edits(engine, status, &plan)?;
            plan.warnings.extend(edits);
        }
        _ => {}
    }
    Ok(plan)
}

/// Fetching is a step of its own here, and there has to be room for it.
fn fetch(engine: &Ostree, plan: &mut Plan, update: &Update, allow_older: bool) -> Result<(), Problem> {
    let sysroot = open::sysroot(engine)?;
    let needs = space::needs(engine, &sysroot, update)?;
    space::enough(&needs)?;
    plan.space = needs;
    let (origin, checksum) = (update.origin.clone(), update.checksum.clone());
    plan.steps.insert(0, Step::Pull { origin, checksum, bytes: update.download, allow_older });
    Ok(())
}

/// Says how many edits the plan leaves behind that starts another version; nothing where there are none.
pub(super) fn edits(engine: &Ostree, status: &SystemStatus, plan: &Plan) -> Result<Option<Warning>, Problem> {
    let (running, target) = (status.running().map(|d| &d.id), plan.target_id.as_ref());
    let count = match (running, target) {
        (Some(running), Some(target)) => edits_left_behind(engine, running, target)?,
        _ => 0,
    };
    Ok((count > 0).then_some(Warning::EtcChangesStay { count }))
}

/// Files below /etc that were edited on the running version and are otherwise on the target.
fn edits_left_behind(engine: &Ostree, running: &DeploymentId, target: &DeploymentId) -> Result<u64, Problem> {
    if running == target {
        return Ok(0);
    }
    let sysroot = open::sysroot(engine)?;
    let directory = |id: &DeploymentId| -> Result<PathBuf, Problem> {
        let deployment = open::find(&sysroot, id)?;
        Ok(engine.host.path(sysroot.deployment_dirpath(&deployment).as_str()))
    };
    let (from, to) = (directory(running)?, directory(target)?);
    let edited = compare::directories(&from.join("usr/etc"), &from.join("etc"), MAX_EDITS);
    let other: std::collections::HashSet<String> =
        compare::directories(&from.join("etc"), &to.join("etc"), usize::MAX)
            .into_iter()
            .map(|d| d.0)
            .collect();
    Ok(edited.into_iter().filter(|(path, _)| other.contains(path)).count() as u64)
}
