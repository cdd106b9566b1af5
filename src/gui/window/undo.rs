//! What takes a wish back. Undo beats confirmation. Pure.

use cairn_model::plan::Warning;
use cairn_model::{Ability, ArgumentDelta, Health, PackageDelta, Plan, SystemStatus, Wish};

/// The wish that undoes `wish`, looked up before it is done.
pub fn of(wish: &Wish, before: &SystemStatus) -> Option<Wish> {
    match wish {
        Wish::Keep { id } => Some(Wish::Unkeep { id: id.clone() }),
        Wish::Unkeep { id } => Some(Wish::Keep { id: id.clone() }),
        Wish::Name { id, .. } => {
            let name = before.find(id)?.name.clone().unwrap_or_default();
            Some(Wish::Name { id: id.clone(), name })
        }
        // Where there are two places for versions and no more, nothing else can be changed before the restart.
        Wish::ChangePackages { .. } | Wish::ChangeArguments { .. } if !has_room(before) => None,
        // What was replaced cannot be told from what was left out, so a reset has no way back.
        Wish::ChangePackages { delta } if delta.reset.is_empty() => {
            let PackageDelta { add, remove, exclude, .. } = delta.clone();
            let delta = PackageDelta { add: remove, remove: add, exclude: Vec::new(), reset: exclude };
            Some(Wish::ChangePackages { delta })
        }
        Wish::ChangePackages { .. } => None,
        // What a check has found not to work is not gone back to by a slip.
        Wish::GoBack {} if before.running().is_some_and(|d| matches!(d.health, Health::Bad { .. })) => None,
        Wish::GoBack {} | Wish::StartNext { .. } => {
            let next = before.next().filter(|next| !next.staged)?;
            Some(Wish::StartNext { id: next.id.clone() })
        }
        Wish::Update { .. }
        | Wish::Remove { .. }
        | Wish::DropStaged {}
        | Wish::MarkGood {}
        | Wish::Unskip { .. }
        | Wish::Rebase { .. }
        | Wish::Cleanup {}
        | Wish::Download {}
        | Wish::ApplyNow {}
        | Wish::Unlock {}
        | Wish::Snapshot { .. } => None,
        Wish::ChangeArguments { delta } => {
            let ArgumentDelta { add, remove } = delta.clone();
            Some(Wish::ChangeArguments { delta: ArgumentDelta { add: remove, remove: add } })
        }
        Wish::ChangeExtra { id, enabled } => Some(Wish::ChangeExtra { id: id.clone(), enabled: !enabled }),
        Wish::SetAutomatic { .. } => Some(Wish::SetAutomatic { policy: before.automatic.as_ref()?.policy }),
    }
}

fn has_room(status: &SystemStatus) -> bool {
    status.can(Ability::DropStaged) || status.can(Ability::Delete)
}

/// Whether the person is asked before it is done: where it has side effects, and where it cannot be taken back by the
/// way back to the version from before alone.
pub fn is_asked_about(plan: &Plan, before: Option<&SystemStatus>) -> bool {
    let large = matches!(
        plan.wish,
        Wish::ChangePackages { .. }
            | Wish::Rebase { .. }
            | Wish::Cleanup {}
            | Wish::ApplyNow {}
            | Wish::Unlock {}
            | Wish::ChangeArguments { .. }
    );
    large || has_side_effect(plan, before)
}

/// Whether there is something the person must know before it happens; the rest stands on the page already.
pub fn has_side_effect(plan: &Plan, before: Option<&SystemStatus>) -> bool {
    let proven = before.and_then(SystemStatus::running).is_some_and(|d| d.health == Health::Good);
    plan.warnings.iter().any(|warning| is_side_effect(warning, proven))
}

fn is_side_effect(warning: &Warning, proven: bool) -> bool {
    match warning {
        Warning::EtcChangesStay { .. } | Warning::StagedDropped { .. } | Warning::Older { .. } => true,
        Warning::SizeUnknown | Warning::NotSigned | Warning::CannotStop | Warning::SpaceUnknown => false,
        // Every update of such a system does so, and the running version stays to go back to. That is no comfort as long
        // as the running one has not shown that it works: then the last one that did would be lost.
        Warning::ReplacesNow { .. } => !proven,
        Warning::PutAside { .. } | Warning::PackagesToo { .. } | Warning::NoWayBack { .. } => true,
        Warning::ChangesLive => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::{Deployment, DeploymentId};

    #[test]
    fn adding_and_removing_a_package_undo_each_other() {
        let name = || vec![cairn_model::PackageName::new("vim").unwrap()];
        let add = Wish::ChangePackages { delta: PackageDelta { add: name(), ..PackageDelta::default() } };
        let before = SystemStatus { abilities: vec![Ability::DropStaged], ..SystemStatus::default() };
        let undo = of(&add, &before).unwrap();
        assert!(
            matches!(&undo, Wish::ChangePackages { delta } if delta.remove == name() && delta.add.is_empty())
        );
        assert_eq!(of(&undo, &before), Some(add.clone()));
        assert_eq!(of(&add, &SystemStatus::default()), None, "it could only be refused");
    }

    #[test]
    fn overwriting_the_way_back_is_asked_about_until_the_running_version_is_known_to_work() {
        let mut plan = Plan::new(Wish::update(), "42", "43");
        plan.warnings = vec![Warning::ReplacesNow { version: "41".into() }];
        let asked = |health: Health| {
            let id = DeploymentId::new("os-42.0").unwrap();
            let running = Deployment { running: true, health, ..Deployment::new(id, "42", "42") };
            let before = SystemStatus { deployments: vec![running], ..SystemStatus::default() };
            is_asked_about(&plan, Some(&before))
        };
        assert!(asked(Health::Trial));
        assert!(!asked(Health::Good));
        assert!(is_asked_about(&plan, None));
    }

    #[test]
    fn keeping_and_letting_go_undo_each_other() {
        let id = DeploymentId::new("os-a.0").unwrap();
        let keep = Wish::Keep { id: id.clone() };
        let undo = of(&keep, &SystemStatus::default()).unwrap();
        assert_eq!(undo, Wish::Unkeep { id });
        assert_eq!(of(&undo, &SystemStatus::default()), Some(keep));
    }
}
