//! What the person can choose.

use crate::dialogs::yes;
use crate::pages::{AppAsked, Asked, SourceAsked};
use crate::settings::Settings;
use crate::widgets::row;
use cairn_model::app::{Remote, Scope};
use cairn_model::{Automatic, Wish};
use cairn_words::update::join;
use cairn_words::{app, automatic, fill};
use gettextrs::{gettext, ngettext};
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use std::rc::Rc;

/// Where the presses go.
type Asks = Rc<dyn Fn(Asked)>;

fn ask_source(asks: &Asks, asked: SourceAsked) {
    asks(Asked::App(AppAsked::Source(asked)));
}

pub fn present(
    parent: &impl IsA<gtk::Widget>,
    settings: &Settings,
    automatic: Option<&Automatic>,
    remotes: &[Remote],
    asked: impl Fn(Asked) + 'static,
) {
    let dialog = adw::PreferencesDialog::builder().title(gettext("Preferences")).build();
    let asks: Asks = Rc::new(asked);
    let general = general(settings);
    if let Some(automatic) = automatic {
        general.add(&by_itself(&dialog, automatic, &asks));
    }
    dialog.add(&general);
    dialog.add(&sources(&dialog, remotes, &asks));
    dialog.present(Some(parent));
}

fn general(settings: &Settings) -> adw::PreferencesPage {
    let page =
        adw::PreferencesPage::builder().title(gettext("General")).icon_name("cairn-updates-symbolic").build();
    let group = adw::PreferencesGroup::builder().title(gettext("Updates")).build();
    let check = adw::SwitchRow::builder()
        .title(gettext("Look for updates when Cairn opens"))
        .subtitle(gettext("At most once an hour"))
        .active(true)
        .build();
    let notify = adw::SwitchRow::builder()
        .title(gettext("Tell me when something is done"))
        .subtitle(gettext("Updates and apps, only while the window is not in front"))
        .active(true)
        .build();
    settings.bind("check-on-open", &check, "active");
    settings.bind("notify", &notify, "active");
    group.add(&check);
    group.add(&notify);
    page.add(&group);
    page
}

/// What the system does without anybody asking; a choice where it is Cairn's to change.
fn by_itself(dialog: &adw::PreferencesDialog, automatic: &Automatic, asks: &Asks) -> adw::PreferencesGroup {
    let group = adw::PreferencesGroup::builder().title(gettext("Without being asked")).build();
    let title = gettext("What the system does by itself");
    if automatic.choices.is_empty() {
        let row = row::unmarked(&title, &automatic::by(automatic));
        let word = automatic::policy(automatic.policy);
        row.add_suffix(&gtk::Label::builder().label(word).css_classes(["dim-label"]).wrap(true).build());
        group.add(&row);
        return group;
    }
    let mut choices = automatic.choices.clone();
    if !choices.contains(&automatic.policy) {
        choices.push(automatic.policy);
    }
    choices.sort();
    let words: Vec<String> = choices.iter().map(|policy| automatic::policy(*policy)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let now = choices.iter().position(|policy| *policy == automatic.policy).unwrap_or_default();
    let row = adw::ComboRow::builder()
        .title(title)
        .subtitle(automatic::by(automatic))
        .use_markup(false)
        .model(&gtk::StringList::new(&words))
        .selected(u32::try_from(now).unwrap_or_default())
        .build();
    let (asks, dialog) = (Rc::clone(asks), dialog.downgrade());
    row.connect_selected_notify(move |row| {
        let chosen = usize::try_from(row.selected()).ok().and_then(|at| choices.get(at));
        if let Some(policy) = chosen {
            close(&dialog);
            asks(Asked::Wish(Wish::SetAutomatic { policy: *policy }));
        }
    });
    group.add(&row);
    group
}

fn sources(dialog: &adw::PreferencesDialog, remotes: &[Remote], asks: &Asks) -> adw::PreferencesPage {
    let page =
        adw::PreferencesPage::builder().title(gettext("Sources")).icon_name("cairn-apps-symbolic").build();
    for scope in [Scope::User, Scope::System] {
        let group = adw::PreferencesGroup::builder().title(app::scope(scope)).build();
        for remote in remotes.iter().filter(|r| r.scope == scope) {
            group.add(&source(dialog, remote, asks));
        }
        let known = remotes.iter().any(|r| r.scope == scope && r.url.contains("flathub.org"));
        if !known {
            let label = match scope {
                Scope::User => gettext("Add Flathub for Me"),
                Scope::System => gettext("Add Flathub for Everyone"),
            };
            group.add(&button(dialog, &label, asks, SourceAsked::AddFlathub(scope)));
        }
        page.add(&group);
    }
    let more = adw::PreferencesGroup::new();
    more.add(&button(dialog, &gettext("Add a Source from a File…"), asks, SourceAsked::AddFile));
    page.add(&more);
    page
}

/// The answer is told by the window, so the dialog makes room for it.
fn button(dialog: &adw::PreferencesDialog, label: &str, asks: &Asks, asked: SourceAsked) -> adw::ButtonRow {
    let row = adw::ButtonRow::builder().title(label).build();
    let (asks, dialog) = (Rc::clone(asks), dialog.downgrade());
    row.connect_activated(move |_| {
        ask_source(&asks, asked.clone());
        close(&dialog);
    });
    row
}

fn source(dialog: &adw::PreferencesDialog, remote: &Remote, asks: &Asks) -> adw::ActionRow {
    let title = if remote.title.is_empty() { &remote.name } else { &remote.title };
    let widget = row::unmarked(title, &facts(remote));
    let switch = gtk::Switch::builder().active(remote.enabled).valign(gtk::Align::Center).build();
    let words = fill(&gettext("Offer apps from {source}"), &[("source", title)]);
    switch.update_property(&[gtk::accessible::Property::Label(&words)]);
    let (asked, name, scope) = (Rc::clone(asks), remote.name.clone(), remote.scope);
    let above = dialog.downgrade();
    switch.connect_state_set(move |_, on| {
        ask_source(&asked, SourceAsked::Enable(scope, name.clone(), on));
        close(&above);
        gtk::glib::Propagation::Proceed
    });
    widget.add_suffix(&switch);
    let remove = gtk::Button::builder()
        .icon_name("cairn-trash-symbolic")
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .build();
    let words = fill(&gettext("Remove {source}"), &[("source", title)]);
    remove.set_tooltip_text(Some(&words));
    remove.update_property(&[gtk::accessible::Property::Label(&words)]);
    let (asks, dialog, name) = (Rc::clone(asks), dialog.downgrade(), remote.name.clone());
    let title = title.clone();
    remove.connect_clicked(move |button| {
        let (asks, dialog, name) = (Rc::clone(&asks), dialog.clone(), name.clone());
        yes::remove_source(button, &title, move || {
            ask_source(&asks, SourceAsked::Remove(scope, name.clone()));
            close(&dialog);
        });
    });
    widget.add_suffix(&remove);
    widget
}

/// The answer is told below it.
fn close(dialog: &gtk::glib::WeakRef<adw::PreferencesDialog>) {
    if let Some(dialog) = dialog.upgrade() {
        dialog.close();
    }
}

fn facts(remote: &Remote) -> String {
    let count = remote.used_by.to_string();
    let words = ngettext("{n} part installed from it", "{n} parts installed from it", remote.used_by);
    let used = (remote.used_by > 0).then(|| fill(&words, &[("n", &count)]));
    let unsigned = (!remote.signed).then(|| gettext("not signed"));
    let silent = remote.unreachable.then(|| gettext("does not answer"));
    join(&[
        remote.url.clone(),
        used.unwrap_or_default(),
        unsigned.unwrap_or_default(),
        silent.unwrap_or_default(),
    ])
}
