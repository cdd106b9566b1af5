//! One line of the history.

use crate::{fill, problem};
use cairn_model::history::{Outcome, Record};
use gettextrs::gettext;

/// What was done.
pub fn heading(record: &Record) -> String {
    let template = match record.wish.as_str() {
        "check" => gettext("Looked for updates"),
        "update" => gettext("Update to {target}"),
        "go-back" => gettext("Went back to {target}"),
        "start-next" => gettext("Chose {target} for the next start"),
        "keep" => gettext("Kept {target}"),
        "unkeep" => gettext("Stopped keeping {target}"),
        "name" if record.target.is_empty() => gettext("Took a name away"),
        "name" => gettext("Named a version “{target}”"),
        "remove" => gettext("Removed {target}"),
        "drop-staged" => gettext("Dropped the update to {target}"),
        "mark-good" => gettext("Found that {target} works"),
        "unskip" => gettext("Allowed {target} again"),
        "change-packages" => gettext("Changed the packages of the system"),
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
    };
    fill(&template, &[("target", &record.target)])
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
