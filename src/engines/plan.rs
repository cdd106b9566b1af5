//! What a wish comes to where nothing is special about the family: the refusals that all share, and the usual steps.
//!
//! An engine adds what only it knows: room, sizes, warnings, other steps.

use cairn_model::plan::Warning;
use cairn_model::{
    Ability, Deployment, DeploymentId, PackageDelta, PackageName, Plan, Problem, Step, SystemStatus, Update,
    Verification, Wish,
};

/// Changes nothing and asks nobody: all there is to know stands in `status` and `update`.
///
/// # Errors
/// The refusal: [`Problem::NotSupported`] for what is none of the status' abilities, else what stands in the way.
pub fn usual(wish: &Wish, status: &SystemStatus, update: Option<&Update>) -> Result<Plan, Problem> {
    let running = status.running().ok_or(Problem::NotAtomic)?;
    able(wish, status)?;
    let by_id = |id: &DeploymentId| status.find(id).ok_or_else(|| Problem::NotFound { what: id.to_string() });
    match wish {
        Wish::Update { .. } => update_to(wish, status, running, update.ok_or(Problem::NoUpdate)?),
        Wish::GoBack {} => {
            let target = status.previous().ok_or(Problem::NothingPrevious)?;
            let mut plan = start(wish, status, running, target)?;
            let (checksum, version) = (running.checksum.clone(), running.version.clone());
            plan.steps.push(Step::Skip { checksum, version });
            Ok(plan)
        }
        Wish::StartNext { id } => start(wish, status, running, by_id(id)?),
        Wish::Keep { id } => keep(wish, running, by_id(id)?),
        Wish::Unkeep { id } => Ok(about(wish, running, by_id(id)?, vec![Step::Unpin { id: id.clone() }])),
        Wish::Remove { id } => remove(wish, running, by_id(id)?),
        Wish::DropStaged {} => {
            let staged = status.staged().ok_or(Problem::NothingStaged)?;
            Ok(about(wish, running, staged, vec![Step::DropStaged]))
        }
        Wish::ChangePackages { delta } => {
            let mut plan =
                prepared(wish, status, running, Step::Packages { delta: delta.clone(), checksum: None });
            plan.target.clone_from(&running.version);
            Ok(plan)
        }
        Wish::Rebase { target } => {
            let mut plan = prepared(wish, status, running, Step::Rebase { target: target.clone() });
            plan.target = target.to_string();
            Ok(plan)
        }
        Wish::Cleanup {} => {
            let mut plan = Plan::new(wish.clone(), &running.version, "");
            plan.steps = vec![Step::Cleanup];
            Ok(plan)
        }
        Wish::Download {} => download(wish, running, update.ok_or(Problem::NoUpdate)?),
        Wish::ApplyNow {} => {
            let next = status.next().filter(|next| !next.running && !next.live);
            let next = next.ok_or(Problem::NothingStaged)?;
            let mut plan = about(wish, running, next, vec![Step::ApplyLive { id: next.id.clone() }]);
            plan.warnings.push(Warning::ChangesLive);
            Ok(plan)
        }
        Wish::Unlock {} => Ok(about(wish, running, running, vec![Step::Unlock])),
        Wish::ChangeArguments { delta } => {
            let mut plan =
                prepared(wish, status, running, Step::Arguments { delta: delta.clone(), checksum: None });
            plan.target.clone_from(&running.version);
            Ok(plan)
        }
        Wish::ChangeExtra { id, enabled } => {
            let mut plan = Plan::new(wish.clone(), &running.version, id.as_str());
            plan.steps = vec![Step::Extra { id: id.clone(), enabled: *enabled }];
            Ok(plan)
        }
        Wish::SetAutomatic { policy } => {
            let automatic = status.automatic.as_ref().ok_or_else(|| unable(wish))?;
            if !automatic.choices.contains(policy) {
                return Err(unable(wish));
            }
            let mut plan = Plan::new(wish.clone(), &running.version, &automatic.by);
            plan.steps = vec![Step::Automatic { policy: *policy }];
            Ok(plan)
        }
        Wish::Snapshot { name } => {
            let step = Step::Snapshot { name: name.clone() };
            Ok(about(wish, running, running, vec![step]))
        }
        Wish::Name { .. } | Wish::MarkGood {} | Wish::Unskip { .. } => Err(unable(wish)),
    }
}

fn able(wish: &Wish, status: &SystemStatus) -> Result<(), Problem> {
    let needs: &[Ability] = match wish {
        Wish::Update { aside, .. } if !aside.is_empty() => &[Ability::Stage, Ability::Packages],
        Wish::Update { .. } => &[Ability::Stage],
        Wish::GoBack {} => &[Ability::Rollback],
        Wish::StartNext { .. } => &[Ability::StartNext],
        Wish::Keep { .. } | Wish::Unkeep { .. } => &[Ability::Pin],
        Wish::Remove { .. } => &[Ability::Delete],
        Wish::DropStaged {} => &[Ability::DropStaged],
        Wish::ChangePackages { delta } if !(delta.exclude.is_empty() && delta.reset.is_empty()) => {
            &[Ability::Packages, Ability::Override]
        }
        Wish::ChangePackages { .. } => &[Ability::Packages],
        Wish::Rebase { .. } => &[Ability::Rebase],
        Wish::Cleanup {} => &[Ability::Cleanup],
        Wish::Download {} => &[Ability::DownloadOnly],
        Wish::ApplyNow {} => &[Ability::ApplyLive],
        Wish::Unlock {} => &[Ability::Unlock],
        Wish::ChangeArguments { .. } => &[Ability::KernelArguments],
        Wish::ChangeExtra { .. } => &[Ability::Extras],
        Wish::SetAutomatic { .. } => &[Ability::Automatic],
        Wish::Snapshot { .. } => &[Ability::Snapshot],
        Wish::Name { .. } | Wish::MarkGood {} | Wish::Unskip { .. } => &[],
    };
    if needs.iter().all(|ability| status.can(*ability)) { Ok(()) } else { Err(unable(wish)) }
}

fn unable(wish: &Wish) -> Problem {
    Problem::NotSupported { what: wish.word().into() }
}

fn update_to(
    wish: &Wish,
    status: &SystemStatus,
    running: &Deployment,
    update: &Update,
) -> Result<Plan, Problem> {
    let Wish::Update { allow_older, try_again, aside } = wish else { return Err(unable(wish)) };
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
    let (origin, checksum) = (update.origin.clone(), update.checksum.clone());
    let mut plan = prepared(wish, status, running, Step::Stage { origin, checksum: checksum.clone() });
    put_aside(&mut plan, aside);
    if update.skipped {
        plan.steps.push(Step::Unskip { checksum });
    }
    plan.target.clone_from(&update.version);
    plan.target_timestamp = update.timestamp;
    plan.download = update.download;
    plan.verification = update.verification.clone();
    if update.older {
        plan.warnings.push(Warning::Older { version: update.version.clone() });
    }
    if update.download.is_none() && !update.downloaded {
        plan.warnings.push(Warning::SizeUnknown);
    }
    if update.verification == Verification::NotRequired {
        plan.warnings.push(Warning::NotSigned);
    }
    Ok(plan)
}

/// The plan that only fetches.
fn download(wish: &Wish, running: &Deployment, update: &Update) -> Result<Plan, Problem> {
    let version = || update.version.clone();
    if update.staged || update.downloaded {
        return Err(Problem::IsStaged { version: version() });
    }
    if update.skipped {
        return Err(Problem::Skipped { version: version() });
    }
    if update.older {
        // The wish has no word for taking it all the same: what is fetched is to be started some day.
        return Err(Problem::Older { version: version(), running: running.version.clone() });
    }
    if let Verification::Failed { detail } = &update.verification {
        return Err(Problem::Unsigned { detail: detail.clone() });
    }
    let mut plan = Plan::new(wish.clone(), &running.version, &update.version);
    plan.steps = vec![Step::Download { origin: update.origin.clone(), checksum: update.checksum.clone() }];
    plan.target_timestamp = update.timestamp;
    plan.download = update.download;
    plan.verification = update.verification.clone();
    Ok(plan)
}

/// The packages go before the new version is made.
fn put_aside(plan: &mut Plan, aside: &[PackageName]) {
    if aside.is_empty() {
        return;
    }
    let packages = aside.to_vec();
    let delta = PackageDelta { remove: packages.clone(), ..PackageDelta::default() };
    // Noted before the long part: whatever becomes of that, the package is no longer in what starts next.
    let change = Step::Packages { delta, checksum: None };
    plan.steps.splice(0..0, [change, Step::PutAside { packages: packages.clone() }]);
    plan.warnings.push(Warning::PutAside { packages });
}

/// A plan that prepares another version in one step.
fn prepared(wish: &Wish, status: &SystemStatus, running: &Deployment, step: Step) -> Plan {
    let mut plan = Plan::new(wish.clone(), &running.version, "");
    plan.steps = vec![step];
    plan.restart_needed = true;
    if let Some(staged) = status.staged() {
        plan.warnings.push(Warning::StagedDropped { version: staged.version.clone() });
    }
    if never_goes_back(status) {
        plan.warnings.push(Warning::NoWayBack { version: running.version.clone() });
    }
    plan
}

/// Whether what comes replaces what runs for good. Where only this machine cannot choose, its boot menu still can.
fn never_goes_back(status: &SystemStatus) -> bool {
    crate::detect::built().any(|(word, _, most)| word == status.engine && !most.contains(&Ability::Rollback))
}

/// The plan that makes `target` the next start.
fn start(
    wish: &Wish,
    status: &SystemStatus,
    running: &Deployment,
    target: &Deployment,
) -> Result<Plan, Problem> {
    let version = || target.version.clone();
    if target.next {
        return Err(Problem::IsNext { version: version() });
    }
    if target.staged {
        return Err(Problem::IsStaged { version: version() });
    }
    if let Some(defect) = target.defect {
        return Err(Problem::CannotStart { version: version(), defect });
    }
    let mut steps = Vec::new();
    let staged = status.staged().filter(|s| s.id != target.id);
    if staged.is_some() && status.can(Ability::DropStaged) {
        steps.push(Step::DropStaged);
    }
    steps.push(Step::SetDefault { id: target.id.clone() });
    if target.skipped {
        steps.push(Step::Unskip { checksum: target.checksum.clone() });
    }
    let mut plan = about(wish, running, target, steps);
    plan.restart_needed = target.id != running.id;
    if let Some(staged) = staged {
        plan.warnings.push(Warning::StagedDropped { version: staged.version.clone() });
    }
    Ok(plan)
}

fn keep(wish: &Wish, running: &Deployment, target: &Deployment) -> Result<Plan, Problem> {
    let version = target.version.clone();
    if target.staged {
        return Err(Problem::IsStaged { version });
    }
    if target.kept {
        return Err(Problem::IsKept { version });
    }
    Ok(about(wish, running, target, vec![Step::Pin { id: target.id.clone() }]))
}

fn remove(wish: &Wish, running: &Deployment, target: &Deployment) -> Result<Plan, Problem> {
    removable(target)?;
    Ok(about(wish, running, target, vec![Step::Remove { id: target.id.clone() }]))
}

/// Whether a version may be removed; looked at again when it is.
///
/// # Errors
/// What it is that stands in the way.
pub fn removable(target: &Deployment) -> Result<(), Problem> {
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
    Ok(())
}

fn about(wish: &Wish, running: &Deployment, target: &Deployment, steps: Vec<Step>) -> Plan {
    let mut plan = Plan::new(wish.clone(), &running.version, &target.version);
    plan.steps = steps;
    plan.target_id = Some(target.id.clone());
    plan.target_timestamp = target.timestamp;
    plan.verification = target.verification.clone();
    plan
}
