//! Tells what the person waits for while the window is not in front.

use crate::pages::Shown;
use cairn_client::Snapshot;
use cairn_words::fill;
use gettextrs::gettext;
use relm4::gtk::gio;
use relm4::gtk::gio::prelude::*;

/// One notification at a time: a newer one takes its place.
const ID: &str = "update";

/// Compares what is known before and now.
pub fn tell(before: &Shown, now: &Shown) {
    let (Some(before), Some(now)) = (before.ready(), now.ready()) else { return };
    let app = relm4::main_application();
    if let Some(version) = prepared(before, now) {
        let notification = gio::Notification::new(&gettext("Ready. Restart to finish"));
        notification
            .set_body(Some(&fill(&gettext("Version {version} starts next time."), &[("version", &version)])));
        app.send_notification(Some(ID), &notification);
    } else if !now.status.restart_pending() {
        app.withdraw_notification(ID);
    }
}

/// The version that has become the next start.
fn prepared(before: &Snapshot, now: &Snapshot) -> Option<String> {
    let next = now.status.next().filter(|_| now.status.restart_pending())?;
    let known = before.status.next().is_some_and(|b| b.id == next.id);
    (!known).then(|| next.version.clone())
}
