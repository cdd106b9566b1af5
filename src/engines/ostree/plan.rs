//! What a wish would do, or why it is refused. Changes nothing.

use super::{Ostree, open, space};
use cairn_host::compare;
use cairn_model::plan::Warning;
use cairn_model::{Deployment, DeploymentId, Plan, Problem, Step, SystemStatus, Update, Verification, Wish};
use std::path::PathBuf;

/// More edited files than this are "many".
const MAX_EDITS: usize = 1000;

pub(super) fn make(
    engine: &Ostree,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let running = status.running().ok_or(Problem::NotAtomic)?;
    let by_id = |id: &DeploymentId| status.find(id).ok_or_else(|| Problem::NotFound { what: id.to_string() });
    match wish {
        Wish::Update { allow_older, try_again } => {
            update_to(engine, status, running, update.ok_or(Problem::NoUpdate)?, *allow_older, *try_again)
        }
        Wish::GoBack {} => {
            let target = status.previous().ok_or(Problem::NothingPrevious)?;
            let mut plan = start(engine, status, wish, running, target)?;
            let (checksum, version) = (running.checksum.clone(), running.version.clone());
            plan.steps.push(Step::Skip { checksum, version });
            Ok(plan)
        }
        Wish::StartNext { id } => start(engine, status, wish, running, by_id(id)?),
        Wish::Keep { id } => keep(wish, running, by_id(id)?),
        Wish::Unkeep { id } => Ok(with(wish, running, by_id(id)?, vec![Step::Unpin { id: id.clone() }])),
        Wish::Remove { id } => remove(wish, running, by_id(id)?),
        Wish::DropStaged {} => {
            let staged = status.staged().ok_or(Problem::NothingStaged)?;
            Ok(with(wish, running, staged, vec![Step::DropStaged]))
        }
        Wish::Name { .. } | Wish::MarkGood {} | Wish::Unskip { .. } => {
            Err(Problem::NotSupported { what: wish.word().into() })
        }
    }
}

fn update_to(
    engine: &Ostree,
    status: &SystemStatus,
    running: &Deployment,
    update: &Update,
    allow_older: bool,
    try_again: bool,
) -> Result<Plan, Problem> {
    if update.staged {
        return Err(Problem::IsStaged { version: update.version.clone() });
    }
    if update.skipped && !try_again {
        return Err(Problem::Skipped { version: update.version.clone() });
    }
    if update.older && !allow_older {
        let (version, running) = (update.version.clone(), running.version.clone());
        return Err(Problem::Older { version, running });
    }
    if let Verification::Failed { detail } = &update.verification {
        return Err(Problem::Unsigned { detail: detail.clone() });
    }
    let sysroot = open::sysroot(engine)?;
    let needs = space::needs(engine, &sysroot, update)?;
    space::enough(&needs)?;
    let mut plan = Plan::new(Wish::Update { allow_older, try_again }, &running.version, &update.version);
    let (origin, checksum) = (update.origin.clone(), update.checksum.clone());
    plan.steps = vec![
        Step::Pull {
            origin: origin.clone(),
            checksum: checksum.clone(),
            bytes: update.download,
            allow_older,
        },
        Step::Stage { origin, checksum: checksum.clone() },
    ];
    if update.skipped {
        plan.steps.push(Step::Unskip { checksum });
    }
    plan.target_timestamp = update.timestamp;
    plan.download = update.download;
    plan.space = needs;
    plan.restart_needed = true;
    plan.verification = update.verification.clone();
    if let Some(staged) = status.staged() {
        plan.warnings.push(Warning::StagedDropped { version: staged.version.clone() });
    }
    if update.older {
        plan.warnings.push(Warning::Older { version: update.version.clone() });
    }
    if update.download.is_none() {
        plan.warnings.push(Warning::SizeUnknown);
    }
    if update.verification == Verification::NotRequired {
        plan.warnings.push(Warning::NotSigned);
    }
    Ok(plan)
}

/// The plan that makes `target` the next start.
fn start(
    engine: &Ostree,
    status: &SystemStatus,
    wish: &Wish,
    running: &Deployment,
    target: &Deployment,
) -> Result<Plan, Problem> {
    if target.next {
        return Err(Problem::IsNext { version: target.version.clone() });
    }
    if target.staged {
        return Err(Problem::IsStaged { version: target.version.clone() });
    }
    let mut steps = Vec::new();
    let staged = status.staged().filter(|s| s.id != target.id);
    if staged.is_some() {
        steps.push(Step::DropStaged);
    }
    steps.push(Step::SetDefault { id: target.id.clone() });
    if target.skipped {
        steps.push(Step::Unskip { checksum: target.checksum.clone() });
    }
    let mut plan = with(wish, running, target, steps);
    plan.restart_needed = target.id != running.id;
    if let Some(staged) = staged {
        plan.warnings.push(Warning::StagedDropped { version: staged.version.clone() });
    }
    let count = edits_left_behind(engine, running, target)?;
    if count > 0 {
        plan.warnings.push(Warning::EtcChangesStay { count });
    }
    Ok(plan)
}

/// Files below /etc that were edited on the running version and are otherwise on the target.
fn edits_left_behind(engine: &Ostree, running: &Deployment, target: &Deployment) -> Result<u64, Problem> {
    if running.id == target.id {
        return Ok(0);
    }
    let sysroot = open::sysroot(engine)?;
    let directory = |id: &DeploymentId| -> Result<PathBuf, Problem> {
        let deployment = open::find(&sysroot, id)?;
        Ok(engine.host.path(sysroot.deployment_dirpath(&deployment).as_str()))
    };
    let (from, to) = (directory(&running.id)?, directory(&target.id)?);
    let edited = compare::directories(&from.join("usr/etc"), &from.join("etc"), MAX_EDITS);
    let other: std::collections::HashSet<String> =
        compare::directories(&from.join("etc"), &to.join("etc"), usize::MAX)
            .into_iter()
            .map(|d| d.0)
            .collect();
    Ok(edited.into_iter().filter(|(path, _)| other.contains(path)).count() as u64)
}

fn keep(wish: &Wish, running: &Deployment, target: &Deployment) -> Result<Plan, Problem> {
    let version = target.version.clone();
    if target.staged {
        return Err(Problem::IsStaged { version });
    }
    if target.kept {
        return Err(Problem::IsKept { version });
    }
    Ok(with(wish, running, target, vec![Step::Pin { id: target.id.clone() }]))
}

fn remove(wish: &Wish, running: &Deployment, target: &Deployment) -> Result<Plan, Problem> {
    let version = target.version.clone();
    if target.running {
        return Err(Problem::IsRunning { version });
    }
    if target.next {
        return Err(Problem::IsNext { version });
    }
    if target.kept {
        return Err(Problem::IsKept { version });
    }
    if target.last_known_good {
        return Err(Problem::IsLastKnownGood { version });
    }
    Ok(with(wish, running, target, vec![Step::Remove { id: target.id.clone() }]))
}

fn with(wish: &Wish, running: &Deployment, target: &Deployment, steps: Vec<Step>) -> Plan {
    let mut plan = Plan::new(wish.clone(), &running.version, &target.version);
    plan.steps = steps;
    plan.target_id = Some(target.id.clone());
    plan.target_timestamp = target.timestamp;
    plan.verification = target.verification.clone();
    plan
}
