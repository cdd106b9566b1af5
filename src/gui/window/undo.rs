//! What takes a wish back. Undo beats confirmation. Pure.

use cairn_model::plan::Warning;
use cairn_model::{SystemStatus, Wish};

/// The wish that undoes `wish`, looked up before it is done.
pub fn of(wish: &Wish, before: &SystemStatus) -> Option<Wish> {
    match wish {
        Wish::Keep { id } => Some(Wish::Unkeep { id: id.clone() }),
        Wish::Unkeep { id } => Some(Wish::Keep { id: id.clone() }),
        Wish::Name { id, .. } => {
            let name = before.find(id)?.name.clone().unwrap_or_default();
            Some(Wish::Name { id: id.clone(), name })
        }
        Wish::GoBack {} | Wish::StartNext { .. } => {
            let next = before.next().filter(|next| !next.staged)?;
            Some(Wish::StartNext { id: next.id.clone() })
        }
        Wish::Update { .. }
        | Wish::Remove { .. }
        | Wish::DropStaged {}
        | Wish::MarkGood {}
        | Wish::Unskip { .. }
        | Wish::ChangePackages { .. }
        | Wish::Rebase { .. }
        | Wish::Cleanup {} => None,
    }
}

/// What the person must know before it happens; the rest stands on the page already.
pub fn is_side_effect(warning: &Warning) -> bool {
    match warning {
        Warning::EtcChangesStay { .. } | Warning::StagedDropped { .. } | Warning::Older { .. } => true,
        Warning::SizeUnknown | Warning::NotSigned | Warning::CannotStop | Warning::SpaceUnknown => false,
        Warning::PutAside { .. } | Warning::PackagesLost { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::DeploymentId;

    #[test]
    fn keeping_and_letting_go_undo_each_other() {
        let id = DeploymentId::new("os-a.0").unwrap();
        let keep = Wish::Keep { id: id.clone() };
        let undo = of(&keep, &SystemStatus::default()).unwrap();
        assert_eq!(undo, Wish::Unkeep { id });
        assert_eq!(of(&undo, &SystemStatus::default()), Some(keep));
    }
}
