//! A change under way.

use crate::update::join;
use crate::{amount, fill, moment};
use cairn_model::job::{Job, JobState, Progress, Stage};
use gettextrs::gettext;

/// What is being done.
pub fn heading(job: &Job) -> String {
    if job.state == JobState::Paused {
        return gettext("Held until you go on");
    }
    if job.state == JobState::Cancelling {
        return gettext("Stopping…");
    }
    match (job.kind.as_str(), job.progress.stage) {
        ("elsewhere", _) => gettext("Another program is changing the system"),
        ("download", _) => gettext("Downloading the update"),
        ("restart", _) => gettext("Restarting"),
        ("unlock", _) => gettext("Opening the running version"),
        ("change-extra", _) => gettext("Changing the parts of the system"),
        ("set-automatic", _) => gettext("Changing what the system does by itself"),
        ("apply-now", _) => gettext("Changing the running system"),
        ("change-arguments", _) => gettext("Changing what the kernel is told"),
        ("check", _) => gettext("Looking for updates"),
        ("update", Stage::Waiting | Stage::Checking | Stage::Downloading) => {
            gettext("Downloading the update")
        }
        ("update", _) => gettext("Preparing the update"),
        ("go-back", _) => gettext("Going back"),
        ("remove", _) => gettext("Removing a version"),
        ("change-packages", _) => gettext("Changing packages"),
        ("rebase", _) => gettext("Changing over"),
        ("cleanup", _) => gettext("Freeing space"),
        ("snapshot", _) => gettext("Saving the system as it is"),
        ("drop-staged", _) => gettext("Dropping the update"),
        _ => gettext("Changing the system"),
    }
}

/// Whether what the person uses stays as it is, whatever becomes of the change. Nobody knows that of another program's.
fn is_beside(job: &Job) -> bool {
    !matches!(job.kind.as_str(), "apply-now" | "elsewhere" | "unlock" | "change-extra" | "restart")
}

/// How far it is: `190 MB of 412 MB · 3.1 MB/s · about 2 minutes left`.
pub fn progress(job: &Job) -> String {
    if job.progress.stage == Stage::Downloading {
        return bytes(&job.progress);
    }
    if is_beside(job) { gettext("Nothing you use now is touched") } else { String::new() }
}

/// How much of a download is there.
pub fn bytes(progress: &Progress) -> String {
    let done = amount::size(progress.bytes_done);
    let bytes = match progress.bytes_total {
        Some(total) => {
            fill(&gettext("{done} of {total}"), &[("done", &done), ("total", &amount::size(total))])
        }
        None => done,
    };
    let rate = if progress.rate > 0 { amount::rate(progress.rate) } else { String::new() };
    join(&[bytes, rate, progress.seconds_left.map(moment::left).unwrap_or_default()])
}

/// The word for a state, for the command line.
pub fn state(state: JobState) -> String {
    match state {
        JobState::Running => gettext("running"),
        JobState::Paused => gettext("held"),
        JobState::Cancelling => gettext("stopping"),
        JobState::Done => gettext("done"),
        JobState::Cancelled => gettext("stopped"),
        JobState::Failed => gettext("failed"),
    }
}
