//! Tells what the person waits for while the window is not in front.

use crate::pages::Shown;
use cairn_client::Snapshot;
use cairn_model::Problem;
use cairn_model::app::Task;
use cairn_model::job::JobState;
use cairn_words::{app as words, fill, problem};
use gettextrs::gettext;
use relm4::gtk::gio;
use relm4::gtk::gio::prelude::*;

/// One notification at a time: a newer one takes its place.
const ID: &str = "update";
const APPS: &str = "apps";

/// Compares what is known before and now.
pub fn tell(before: &Shown, now: &Shown) {
    let (Some(before), Some(now)) = (before.ready(), now.ready()) else { return };
    let app = relm4::main_application();
    if let Some(version) = prepared(before, now) {
        let notification = gio::Notification::new(&gettext("Ready. Restart to finish"));
        notification
            .set_body(Some(&fill(&gettext("Version {version} starts next time."), &[("version", &version)])));
        app.send_notification(Some(ID), &notification);
    } else if let Some(problem) = failed(before, now) {
        let notification = gio::Notification::new(&problem::heading(problem));
        notification.set_body(Some(&problem::advice(problem)));
        app.send_notification(Some(ID), &notification);
    } else if !now.status.restart_pending() && now.running_job().is_some() {
        app.withdraw_notification(ID);
    }
}

/// Tells how a change of apps ended; what the person stopped is no news.
pub fn tell_task(task: &Task) {
    let (title, body) = match task.state {
        JobState::Done => (words::done(task), String::new()),
        JobState::Failed => {
            (words::failed(task), task.problem.as_ref().map(problem::advice).unwrap_or_default())
        }
        _ => return,
    };
    let notification = gio::Notification::new(&title);
    notification.set_body(Some(&body).filter(|b| !b.is_empty()).map(String::as_str));
    relm4::main_application().send_notification(Some(APPS), &notification);
}

/// What a change of the system has just failed with. Looking for updates happens often and says so in the window.
fn failed<'a>(before: &Snapshot, now: &'a Snapshot) -> Option<&'a Problem> {
    let job = now.job.as_ref().filter(|j| j.state == JobState::Failed && j.kind != "check")?;
    let known = before.job.as_ref().is_some_and(|b| b.id == job.id && b.state == JobState::Failed);
    job.problem.as_ref().filter(|_| !known)
}

/// The version that has become the next start.
fn prepared(before: &Snapshot, now: &Snapshot) -> Option<String> {
    let next = now.status.next().filter(|_| now.status.restart_pending())?;
    let known = before.status.next().is_some_and(|b| b.id == next.id);
    (!known).then(|| next.version.clone())
}
