//! One line of the history.

use crate::{fill, problem};
use cairn_model::history::{Outcome, Record};
use gettextrs::gettext;

/// What was done, or was to be done.
pub fn heading(record: &Record) -> String {
    let template = if record.outcome == Outcome::Done { done(record) } else { meant(record) };
    fill(&template, &[("target", &record.target)])
}

/// For what did not come about: nothing here may sound as if it had.
fn meant(record: &Record) -> String {
    match record.wish.as_str() {
        "check" => gettext("Looked for updates"),
        "update" => gettext("Update to {target}"),
        "go-back" => gettext("Go back to {target}"),
        "start-next" => gettext("Choose {target} for the next start"),
        "keep" => gettext("Keep {target}"),
        "unkeep" => gettext("Stop keeping {target}"),
        "name" => gettext("Name a version “{target}”"),
        "remove" => gettext("Remove {target}"),
        "drop-staged" => gettext("Undo the update to {target}"),
        "mark-good" => gettext("Find that {target} works"),
        "unskip" => gettext("Allow {target} again"),
        "change-packages" => gettext("Change the packages of the system: {target}"),
        "rebase" => gettext("Change over to {target}"),
        "cleanup" => gettext("Free space"),
        "download" => gettext("Download {target}"),
        "apply-now" => gettext("Use {target} without a restart"),
        "unlock" => gettext("Open {target} for changes"),
        "change-arguments" => gettext("Change what the kernel is told"),
        "set-automatic" => gettext("Change what {target} does by itself"),
        "snapshot" => gettext("Save the system as it was"),
        _ => gettext("Change {target}"),
    }
}

fn done(record: &Record) -> String {
    match record.wish.as_str() {
        "check" => gettext("Looked for updates"),
        "update" => gettext("Update to {target}"),
        "go-back" => gettext("Went back to {target}"),
        "start-next" => gettext("Chose {target} for the next start"),
        "keep" => gettext("Kept {target}"),
        "unkeep" => gettext("Stopped keeping {target}"),
        "name" if record.target.is_empty() => gettext("Took a name away"),
        "name" => gettext("Named a version “{target}”"),
        "remove" => gettext("Removed {target}"),
        "drop-staged" => gettext("Undid the update to {target}"),
        "mark-good" => gettext("Found that {target} works"),
        "unskip" => gettext("Allowed {target} again"),
        "change-packages" => gettext("Changed the packages of the system: {target}"),
        "rebase" => gettext("Changed over to {target}"),
        "cleanup" => gettext("Freed space"),
        "download" => gettext("Downloaded {target}"),
        "apply-now" => gettext("Used {target} without a restart"),
        "unlock" => gettext("Opened {target} for changes"),
        "change-arguments" => gettext("Changed what the kernel is told"),
        "set-automatic" => gettext("Changed what {target} does by itself"),
        "snapshot" => gettext("Saved the system as it was"),
        "started" => gettext("Started version {target}"),
        _ => gettext("Changed {target}"),
    }
}

/// How it ended.
pub fn outcome(record: &Record) -> String {
    match &record.outcome {
        Outcome::Done => gettext("Done"),
        Outcome::Cancelled => gettext("Stopped, nothing changed"),
        Outcome::Interrupted { .. } => gettext("Cut off, nothing changed"),
        Outcome::Failed { problem } => problem::heading(problem),
    }
}

/// Who asked for it.
pub fn who(record: &Record) -> String {
    match (record.wish.as_str(), record.uid) {
        ("started", _) => String::new(),
        (_, 0) => gettext("by the administrator"),
        (_, uid) => fill(&gettext("by user {uid}"), &[("uid", &uid.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_come_about_is_not_told_as_done() {
        for wish in cairn_model::Wish::WORDS {
            let record = |outcome| Record {
                id: 1,
                started: 0,
                finished: 0,
                wish: wish.into(),
                uid: 0,
                outcome,
                before: String::new(),
                after: String::new(),
                target: "41".into(),
                target_id: String::new(),
            };
            let (done, stopped) = (heading(&record(Outcome::Done)), heading(&record(Outcome::Cancelled)));
            assert!(done != stopped || wish == "update", "{wish}: {done}");
        }
    }
}
