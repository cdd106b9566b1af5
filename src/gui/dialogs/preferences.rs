//! What the person can choose.

use crate::settings::Settings;
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

pub fn present(parent: &impl IsA<gtk::Widget>, settings: &Settings) {
    let dialog = adw::PreferencesDialog::builder().title(gettext("Preferences")).build();
    let page = adw::PreferencesPage::new();
    let group = adw::PreferencesGroup::builder().title(gettext("Updates")).build();
    let check = adw::SwitchRow::builder()
        .title(gettext("Look for updates when Cairn opens"))
        .subtitle(gettext("At most once an hour"))
        .active(true)
        .build();
    let notify = adw::SwitchRow::builder()
        .title(gettext("Tell me when an update is ready"))
        .subtitle(gettext("Only while the window is not in front"))
        .active(true)
        .build();
    settings.bind("check-on-open", &check, "active");
    settings.bind("notify", &notify, "active");
    group.add(&check);
    group.add(&notify);
    page.add(&group);
    dialog.add(&page);
    dialog.present(Some(parent));
}
