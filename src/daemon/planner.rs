//! From a wish to a plan, and from a plan to the polkit action that it needs.

use crate::packages;
use crate::state::State;
use cairn_api::names::action;
use cairn_model::package::PackageState;
use cairn_model::{
    Ability, Deployment, DeploymentId, Package, PackageDelta, PackageName, Plan, Problem, Step, SystemStatus,
    Verification, Wish,
};

/// Resolves a wish against the system as it is now.
pub async fn make(state: &State, wish: &Wish) -> Result<Plan, Problem> {
    wish.validate()?;
    let status = state.refresh().await?;
    let running = status.running().ok_or(Problem::NotAtomic)?;
    let find = |id: &DeploymentId| status.find(id).ok_or_else(|| Problem::NotFound { what: id.to_string() });
    match wish {
        Wish::Name { id, name } => {
            let target = find(id)?;
            Ok(about(wish, running, target, Step::Name { id: id.clone(), name: name.clone() }))
        }
        Wish::MarkGood {} => {
            let step = Step::MarkGood { checksum: running.checksum.clone() };
            let mut plan = about(wish, running, running, step);
            plan.steps.extend(state.auto_kept()?.map(|id| Step::Unpin { id }));
            Ok(plan)
        }
        Wish::Unskip { checksum } => {
            let skipped = state.store.memory()?.skipped;
            let version = skipped.get(checksum).ok_or(Problem::NotFound { what: checksum.clone() })?;
            let mut plan = Plan::new(wish.clone(), &running.version, version);
            plan.steps = vec![Step::Unskip { checksum: checksum.clone() }];
            Ok(plan)
        }
        Wish::ChangePackages { delta } => {
            let aside = state.aside()?;
            let is_asked = delta.remove.iter().any(|name| aside.contains(name));
            let packages = if is_asked { packages::list(state).await? } else { Vec::new() };
            let (only_noted, rest) = split(delta, &packages);
            let mut plan = if rest.is_empty() && !only_noted.is_empty() {
                Plan::new(wish.clone(), &running.version, &running.version)
            } else {
                by_engine(state, &Wish::ChangePackages { delta: rest }, &status).await?
            };
            plan.wish = wish.clone();
            take_back(&mut plan, delta, &aside);
            Ok(plan)
        }
        _ => by_engine(state, wish, &status).await,
    }
}

async fn by_engine(state: &State, wish: &Wish, status: &SystemStatus) -> Result<Plan, Problem> {
    let update = state.update();
    let mut plan = state.engine()?.plan(wish, status, update.as_ref()).await?;
    if makes_a_version(wish) && status.can(Ability::Pin) {
        keep_last_known_good(&mut plan, &status.deployments);
    }
    Ok(plan)
}

/// Takes from a change what is to be removed and is no longer anywhere but in what the service remembers.
fn split(delta: &PackageDelta, packages: &[Package]) -> (Vec<PackageName>, PackageDelta) {
    let is_noted = |name: &PackageName| {
        packages.iter().any(|package| package.name == *name && package.state == PackageState::Aside)
    };
    let (noted, remove) = delta.remove.iter().cloned().partition(is_noted);
    (noted, PackageDelta { remove, ..delta.clone() })
}

/// Whatever is decided now of a package that was put aside is newer than that.
fn take_back(plan: &mut Plan, delta: &PackageDelta, aside: &[PackageName]) {
    let decided = delta.lists().into_iter().flatten();
    let packages: Vec<PackageName> = decided.filter(|name| aside.contains(name)).cloned().collect();
    if !packages.is_empty() {
        plan.steps.push(Step::TakeBack { packages });
    }
}

fn about(wish: &Wish, running: &Deployment, target: &Deployment, step: Step) -> Plan {
    let mut plan = Plan::new(wish.clone(), &running.version, &target.version);
    plan.target_id = Some(target.id.clone());
    plan.target_timestamp = target.timestamp;
    plan.steps = vec![step];
    plan
}

/// Whether the engine prepares another version for it, and drops an older one for that.
fn makes_a_version(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::Update { .. }
            | Wish::Download {}
            | Wish::ChangePackages { .. }
            | Wish::ChangeArguments { .. }
            | Wish::Rebase { .. }
    )
}

/// A new version makes the engine drop what came before the running one. While that one is on trial, the version that
/// is known to work must stay: it is kept until the running one is called good.
fn keep_last_known_good(plan: &mut Plan, deployments: &[Deployment]) {
    let good = deployments.iter().find(|d| d.last_known_good && !d.running && !d.kept && !d.staged);
    if let Some(good) = good {
        plan.steps.insert(0, Step::Pin { id: good.id.clone() });
    }
}

/// What polkit is asked for.
pub fn action(plan: &Plan) -> &'static str {
    match &plan.wish {
        Wish::Update { aside, .. } if !aside.is_empty() => action::PACKAGES,
        Wish::Update { allow_older, try_again, .. } => {
            let signed = matches!(plan.verification, Verification::Signed { .. });
            if signed && !allow_older && !try_again { action::UPDATE } else { action::UPDATE_UNUSUAL }
        }
        Wish::GoBack {} | Wish::StartNext { .. } | Wish::DropStaged {} => action::CHOOSE,
        Wish::Keep { .. }
        | Wish::Unkeep { .. }
        | Wish::Name { .. }
        | Wish::MarkGood {}
        | Wish::Unskip { .. }
        | Wish::Snapshot { .. } => action::KEEP,
        Wish::Remove { .. } | Wish::Cleanup {} => action::REMOVE,
        Wish::ChangePackages { .. } => action::PACKAGES,
        Wish::Rebase { .. } => action::REBASE,
        Wish::Download {} if matches!(plan.verification, Verification::Signed { .. }) => action::UPDATE,
        Wish::Download {} => action::UPDATE_UNUSUAL,
        Wish::ApplyNow {} | Wish::Unlock {} => action::CHANGE_RUNNING,
        Wish::ChangeArguments { .. } => action::ARGUMENTS,
        Wish::ChangeExtra { .. } => action::EXTRAS,
        Wish::SetAutomatic { .. } => action::AUTOMATIC,
    }
}

/// Whether a plan made anew still is the one that was shown and authorised. Free space may have moved.
pub fn still_the_same(authorised: &Plan, now: &Plan) -> bool {
    authorised.wish == now.wish
        && authorised.steps == now.steps
        && authorised.running == now.running
        && authorised.target == now.target
        && authorised.target_id == now.target_id
        && authorised.warnings == now.warnings
        && authorised.verification == now.verification
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::package::PackageRole;

    #[test]
    fn only_the_newest_signed_version_is_usual() {
        let mut plan = Plan::new(Wish::update(), "1", "2");
        assert_eq!(action(&plan), action::UPDATE_UNUSUAL, "unknown signature");
        plan.verification = Verification::Signed { key: "k".into(), signer: String::new() };
        assert_eq!(action(&plan), action::UPDATE);
        plan.wish = Wish::Update { allow_older: true, try_again: false, aside: Vec::new() };
        assert_eq!(action(&plan), action::UPDATE_UNUSUAL);
        plan.wish = Wish::Update { allow_older: false, try_again: true, aside: Vec::new() };
        assert_eq!(action(&plan), action::UPDATE_UNUSUAL);
    }

    #[test]
    fn what_is_only_remembered_is_no_affair_of_the_engine() {
        let name = |name: &str| PackageName::new(name).unwrap();
        let package = |word: &str, state| Package::new(name(word), PackageRole::Added, state);
        let packages = [package("vim", PackageState::Aside), package("htop", PackageState::Running)];
        let delta = PackageDelta { remove: vec![name("vim"), name("htop")], ..PackageDelta::default() };
        let (noted, rest) = split(&delta, &packages);
        assert_eq!((noted, rest.remove), (vec![name("vim")], vec![name("htop")]));
        let again = PackageDelta { add: vec![name("vim")], ..PackageDelta::default() };
        assert_eq!(split(&again, &packages), (Vec::new(), again.clone()));
    }

    #[test]
    fn a_plan_with_other_steps_is_another_plan() {
        let mut a = Plan::new(Wish::GoBack {}, "2", "1");
        let mut b = a.clone();
        b.space.push(cairn_model::plan::SpaceNeed { mount: "/".into(), needed: 1, free: 2 });
        assert!(still_the_same(&a, &b));
        a.steps.push(Step::DropStaged);
        assert!(!still_the_same(&a, &b));
    }
}
