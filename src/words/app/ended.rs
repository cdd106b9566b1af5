//! What became of a change of apps.

use super::task::name;
use crate::fill;
use crate::moment::plural;
use cairn_model::app::task::Outcome;
use cairn_model::app::{AppWish, RefKind, Task};
use gettextrs::{gettext, ngettext};

/// `Krita is installed`, `4 apps were updated`, `2 of 3 apps were updated`.
pub fn done(task: &Task) -> String {
    let template = match &task.wish {
        AppWish::Update { .. } => return updated(task),
        AppWish::Install { .. } | AppWish::InstallFile { .. } => gettext("{name} is installed"),
        AppWish::Remove { .. } => gettext("{name} was removed"),
        AppWish::RemoveUnused {} => gettext("What no app needs was removed"),
        AppWish::GoBack { .. } => gettext("{name} went back to an earlier version"),
        AppWish::Hold { .. } => gettext("{name} is not updated for now"),
        AppWish::Release { .. } => gettext("{name} is updated again"),
        AppWish::Rebase { .. } => gettext("{name} was replaced by its successor"),
        AppWish::ChangeSource { .. } => gettext("{name} comes from another source now"),
        AppWish::Repair { .. } => gettext("Your apps were checked and repaired"),
    };
    fill(&template, &[("name", &name(task))])
}

/// `Krita could not be installed`.
pub fn failed(task: &Task) -> String {
    let template = match &task.wish {
        AppWish::Install { .. } | AppWish::InstallFile { .. } => gettext("{name} could not be installed"),
        // What could be done is said with what could not.
        AppWish::Update { .. } if !task.outcomes.is_empty() => return updated(task),
        AppWish::Update { refs, .. } if refs.len() == 1 => gettext("{name} could not be updated"),
        AppWish::Update { .. } => gettext("The apps could not be updated"),
        AppWish::Remove { .. } => gettext("{name} could not be removed"),
        AppWish::RemoveUnused {} => gettext("What no app needs could not be removed"),
        AppWish::GoBack { .. } => gettext("{name} could not go back"),
        AppWish::Hold { .. } => gettext("Updates of {name} could not be switched off"),
        AppWish::Release { .. } => gettext("Updates of {name} could not be switched on"),
        AppWish::Rebase { .. } => gettext("{name} could not be replaced"),
        AppWish::ChangeSource { .. } => gettext("The source of {name} could not be changed"),
        AppWish::Repair { .. } => gettext("The apps could not be repaired"),
    };
    fill(&template, &[("name", &name(task))])
}

/// Parts that apps share are counted only where no app was updated: people asked for apps.
fn updated(task: &Task) -> String {
    let apps: Vec<&Outcome> = task.outcomes.iter().filter(|o| o.reference.kind == RefKind::App).collect();
    let good = apps.iter().filter(|o| o.problem.is_none()).count();
    let template = match (good, apps.len()) {
        (_, 0) if task.outcomes.is_empty() => gettext("All apps are up to date"),
        (_, 0) if task.failures().count() == task.outcomes.len() => {
            gettext("Parts that apps share could not be updated")
        }
        (_, 0) => gettext("Parts that apps share were updated"),
        (0, 1) => gettext("{name} could not be updated"),
        (0, _) => gettext("None of the apps could be updated"),
        (1, 1) => gettext("{name} was updated"),
        (good, all) if good < all => ngettext(
            "{good} of {all} app was updated",
            "{good} of {all} apps were updated",
            plural(all as u64),
        ),
        (good, _) => ngettext("{good} app was updated", "{good} apps were updated", plural(good as u64)),
    };
    let only = match (apps.first(), task.name.is_empty()) {
        (Some(app), true) if app.name.is_empty() => app.reference.id.to_string(),
        (Some(app), true) => app.name.clone(),
        _ => task.name.clone(),
    };
    let values = [("name", only), ("good", good.to_string()), ("all", apps.len().to_string())];
    fill(&template, &values.each_ref().map(|(key, value)| (*key, value.as_str())))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use cairn_model::Problem;
    use cairn_model::app::{Ref, Scope};
    use cairn_model::job::{JobState, Progress};

    /// A task that updates these ids and has not begun.
    pub fn update(ids: &[&str], name: &str) -> Task {
        let refs = ids.iter().map(|id| (Scope::User, reference("app", id))).collect();
        Task {
            id: 1,
            wish: AppWish::Update { refs, allow_permissions: false },
            name: name.into(),
            state: JobState::Running,
            progress: Progress::default(),
            current: None,
            started: 0,
            outcomes: Vec::new(),
            problem: None,
        }
    }

    fn reference(kind: &str, id: &str) -> Ref {
        format!("{kind}/{id}/x86_64/stable").parse().unwrap()
    }

    fn outcome(kind: &str, id: &str, good: bool) -> Outcome {
        let problem = (!good).then(|| Problem::Network { detail: String::new() });
        Outcome { reference: reference(kind, id), name: id.into(), problem }
    }

    #[test]
    fn updates_are_counted_as_apps() {
        let mut task = update(&[], "");
        assert_eq!(done(&task), "All apps are up to date");
        task.outcomes.push(outcome("runtime", "org.gnome.Platform", true));
        assert_eq!(done(&task), "Parts that apps share were updated");
        task.outcomes.push(outcome("app", "org.kde.krita", true));
        assert_eq!(done(&task), "org.kde.krita was updated");
        task.outcomes.push(outcome("app", "org.gimp.GIMP", true));
        assert_eq!(done(&task), "2 apps were updated");
        task.outcomes.push(outcome("app", "org.gnome.Maps", false));
        assert_eq!(done(&task), "2 of 3 apps were updated");
    }

    #[test]
    fn nothing_that_failed_is_called_done() {
        let mut task = update(&["org.gnome.Maps"], "Maps");
        task.outcomes.push(outcome("app", "org.gnome.Maps", false));
        assert_eq!(done(&task), "Maps could not be updated");
        assert_eq!(failed(&task), "Maps could not be updated");
        task.outcomes = vec![outcome("runtime", "org.gnome.Platform", false)];
        assert_eq!(done(&task), "Parts that apps share could not be updated");
        task.outcomes.clear();
        assert_eq!(failed(&task), "Maps could not be updated");
    }
}
