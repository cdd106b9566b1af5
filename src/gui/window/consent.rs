//! Permissions that an update would widen: what has to be shown, and what was said yes to.

use crate::dialogs::app::Wants;
use cairn_model::app::plan::AppWarning;
use cairn_model::app::{AppPlan, AppWish};

/// What a plan would let apps do beyond what they may do now and beyond what the person has allowed. A plan that was made
/// anew after the yes may hold a newer version that wants still more.
pub(super) fn wants_more(plan: &AppPlan, allowed: &[Wants]) -> Vec<Wants> {
    let wants = plan.warnings.iter().filter_map(|warning| match warning {
        AppWarning::LeftOut { update } => {
            Some(Wants { name: update.name.clone(), added: update.added.clone() })
        }
        AppWarning::MorePermissions { name, added, .. } => {
            let wants = Wants { name: name.clone(), added: added.clone() };
            Some(wants).filter(|w| !covers(allowed, w))
        }
        _ => None,
    });
    wants.collect()
}

fn covers(allowed: &[Wants], wants: &Wants) -> bool {
    allowed.iter().any(|a| a.name == wants.name && wants.added.iter().all(|p| a.added.contains(p)))
}

/// The same wish with a yes to more permissions.
pub(super) fn allowing(wish: &AppWish) -> AppWish {
    match wish {
        AppWish::Update { refs, .. } => AppWish::Update { refs: refs.clone(), allow_permissions: true },
        other => other.clone(),
    }
}

/// The same wish without what was allowed, where something was.
pub(super) fn refusing(wish: &AppWish) -> Option<AppWish> {
    match wish {
        AppWish::Update { refs, allow_permissions: true } => {
            Some(AppWish::Update { refs: refs.clone(), allow_permissions: false })
        }
        _ => None,
    }
}

/// Whether the warning is asked about before anything is done.
pub(super) fn wants_a_yes(wish: &AppWish, warning: &AppWarning) -> bool {
    match warning {
        // Whoever has an abandoned app is told on its page; an update of it is no reason to ask each time.
        AppWarning::EndOfLife { .. } => !matches!(wish, AppWish::Update { .. }),
        AppWarning::NotSigned { .. } | AppWarning::NewRemote { .. } => true,
        AppWarning::Running { .. }
        | AppWarning::MorePermissions { .. }
        | AppWarning::LeftOut { .. }
        | AppWarning::Everybody => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::Permission;

    #[test]
    fn a_yes_to_permissions_changes_nothing_else() {
        let wish = AppWish::Update { refs: Vec::new(), allow_permissions: false };
        let allowed = AppWish::Update { refs: Vec::new(), allow_permissions: true };
        assert_eq!(allowing(&wish), allowed);
        assert_eq!(refusing(&allowed), Some(wish.clone()));
        assert_eq!(refusing(&wish), None);
        assert_eq!(allowing(&AppWish::RemoveUnused {}), AppWish::RemoveUnused {});
    }

    #[test]
    fn a_yes_holds_for_what_was_shown_and_no_more() {
        let wants = |name: &str, added: &[Permission]| Wants { name: name.into(), added: added.to_vec() };
        let allowed = [wants("Maps", &[Permission::Network, Permission::Devices])];
        assert!(covers(&allowed, &wants("Maps", &[Permission::Network])));
        assert!(!covers(&allowed, &wants("Maps", &[Permission::Network, Permission::Escape])));
        assert!(!covers(&allowed, &wants("Mail", &[Permission::Network])));
    }
}
