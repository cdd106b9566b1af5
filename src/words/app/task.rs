//! A change of apps while it waits or runs.

use super::{done, failed};
use crate::moment::plural;
use crate::{fill, job};
use cairn_model::Problem;
use cairn_model::app::{AppWish, Ref, RefKind, Scope, Task};
use cairn_model::job::{JobState, Stage};
use gettextrs::{gettext, ngettext};

/// The heading: `Installing Krita`, `Updating 4 apps`, `Waiting to install Krita`, `Stopping…`.
pub fn task(task: &Task) -> String {
    match (task.state, task.progress.stage) {
        (JobState::Cancelling, _) => gettext("Stopping…"),
        (JobState::Running | JobState::Paused, Stage::Waiting) => waiting(task),
        (JobState::Running | JobState::Paused, _) => running(task),
        (JobState::Done, _) => done(task),
        (JobState::Failed, _) if matches!(task.problem, Some(Problem::Partial { .. })) => done(task),
        (JobState::Failed, _) => failed(task),
        (JobState::Cancelled, _) => fill(&gettext("Stopped: {what}"), &[("what", &running(task))]),
    }
}

/// What stands below the heading: `12 MB of 40 MB · 3.1 MB/s · 9 seconds left`.
pub fn task_progress(task: &Task) -> String {
    if task.state == JobState::Cancelling {
        return gettext("It stops as soon as that is safe");
    }
    match task.progress.stage {
        Stage::Waiting => gettext("It starts when what came before is done"),
        Stage::Checking => gettext("Looking at what is needed"),
        Stage::Downloading => job::bytes(&task.progress),
        Stage::Deploying | Stage::Writing => gettext("Putting it in place"),
        Stage::Cleaning => gettext("Tidying up"),
    }
}

/// What the person calls that which the task is about.
pub(super) fn name(task: &Task) -> String {
    if !task.name.is_empty() {
        return task.name.clone();
    }
    match &task.wish {
        AppWish::InstallFile { path, .. } => {
            path.file_name().map(|n| cairn_model::text::line(&n.to_string_lossy())).unwrap_or_default()
        }
        wish => {
            let refs = wish.refs();
            let app = refs.iter().find(|r| r.kind == RefKind::App).or(refs.first());
            app.map(|r| r.id.to_string()).unwrap_or_default()
        }
    }
}

fn running(task: &Task) -> String {
    let template = match &task.wish {
        AppWish::Install { .. } | AppWish::InstallFile { .. } => gettext("Installing {name}"),
        AppWish::Update { refs, .. } => match (apps(refs), refs.len()) {
            (0, 0) => gettext("Updating all apps"),
            (1, _) | (0, 1) => gettext("Updating {name}"),
            (0, _) => gettext("Updating parts that apps share"),
            (n, _) => ngettext("Updating {n} app", "Updating {n} apps", plural(n as u64)),
        },
        AppWish::Remove { .. } => gettext("Removing {name}"),
        AppWish::RemoveUnused {} => gettext("Removing what no app needs"),
        AppWish::GoBack { .. } => gettext("Going back with {name}"),
        AppWish::Hold { .. } => gettext("Stopping updates of {name}"),
        AppWish::Release { .. } => gettext("Allowing updates of {name}"),
        AppWish::Rebase { .. } => gettext("Replacing {name}"),
        AppWish::ChangeSource { .. } => gettext("Changing the source of {name}"),
        AppWish::Repair { .. } => gettext("Repairing apps"),
    };
    fill(&template, &[("name", &name(task)), ("n", &count(task))])
}

/// How many apps are named; what they share is not counted, since people ask for apps.
fn apps(refs: &[(Scope, Ref)]) -> usize {
    refs.iter().filter(|(_, r)| r.kind == RefKind::App).count()
}

fn count(task: &Task) -> String {
    match &task.wish {
        AppWish::Update { refs, .. } => apps(refs).to_string(),
        wish => wish.refs().len().to_string(),
    }
}

fn waiting(task: &Task) -> String {
    let template = match &task.wish {
        AppWish::Install { .. } | AppWish::InstallFile { .. } => gettext("Waiting to install {name}"),
        AppWish::Update { refs, .. } => match (apps(refs), refs.len()) {
            (0, 0) => gettext("Waiting to update all apps"),
            (1, _) | (0, 1) => gettext("Waiting to update {name}"),
            (0, _) => gettext("Waiting to update parts that apps share"),
            (n, _) => ngettext("Waiting to update {n} app", "Waiting to update {n} apps", plural(n as u64)),
        },
        AppWish::Remove { .. } => gettext("Waiting to remove {name}"),
        AppWish::RemoveUnused {} => gettext("Waiting to remove what no app needs"),
        AppWish::GoBack { .. } => gettext("Waiting to go back with {name}"),
        AppWish::Hold { .. } | AppWish::Release { .. } => gettext("Waiting to remember it for {name}"),
        AppWish::Rebase { .. } => gettext("Waiting to replace {name}"),
        AppWish::ChangeSource { .. } => gettext("Waiting to change the source of {name}"),
        AppWish::Repair { .. } => gettext("Waiting to repair apps"),
    };
    fill(&template, &[("name", &name(task)), ("n", &count(task))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::ended::tests::update;
    use cairn_model::job::Progress;

    #[test]
    fn a_heading_says_what_is_done_and_to_what() {
        let mut one = update(&["org.kde.krita"], "Krita");
        one.progress.stage = Stage::Downloading;
        assert_eq!(task(&one), "Updating Krita");
        one.progress.stage = Stage::Waiting;
        assert_eq!(task(&one), "Waiting to update Krita");
        one.name.clear();
        assert_eq!(task(&one), "Waiting to update org.kde.krita", "an id is better than nothing");
        one.state = JobState::Cancelling;
        assert_eq!(task(&one), "Stopping…");
        let mut several = update(&["org.a.B", "org.a.C", "org.a.D"], "");
        several.progress.stage = Stage::Downloading;
        assert_eq!(task(&several), "Updating 3 apps");
        assert_eq!(waiting(&update(&[], "")), "Waiting to update all apps");
    }

    /// Where something was left out, the task names what is not; what apps share comes along uncounted.
    #[test]
    fn without_what_is_left_out_it_is_not_all_of_them() {
        let with_parts = |ids: &[&str]| {
            let mut task = update(ids, "");
            task.progress.stage = Stage::Downloading;
            if let AppWish::Update { refs, .. } = &mut task.wish {
                for part in ["runtime/org.a.Platform/x86_64/1", "runtime/org.a.Platform.Locale/x86_64/1"] {
                    refs.insert(0, (Scope::User, part.parse().unwrap()));
                }
            }
            task
        };
        assert_eq!(task(&with_parts(&["org.a.B", "org.a.C"])), "Updating 2 apps");
        assert_eq!(task(&with_parts(&["org.a.B"])), "Updating org.a.B");
        assert_eq!(task(&with_parts(&[])), "Updating parts that apps share");
    }

    #[test]
    fn the_line_below_says_how_far_it_is() {
        let mut one = update(&["org.kde.krita"], "Krita");
        one.progress = Progress {
            stage: Stage::Downloading,
            bytes_done: 12_000_000,
            bytes_total: Some(40_000_000),
            rate: 3_100_000,
            seconds_left: Some(9),
            ..Progress::default()
        };
        assert_eq!(task_progress(&one), "12 MB of 40 MB · 3.1 MB/s · 9 seconds left");
        one.progress.stage = Stage::Deploying;
        assert_eq!(task_progress(&one), "Putting it in place");
    }
}
