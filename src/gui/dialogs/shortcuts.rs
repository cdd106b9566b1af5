//! What the keyboard reaches.

use crate::actions;
use crate::widgets::row;
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

pub fn present(parent: &impl IsA<gtk::Widget>) {
    let dialog = adw::PreferencesDialog::builder().title(gettext("Keyboard Shortcuts")).build();
    let page = adw::PreferencesPage::new();
    let group = adw::PreferencesGroup::new();
    let menu = (gettext("Main Menu"), vec!["F10"]);
    let shortcuts = actions::ALL.iter().map(|s| ((s.title)(), s.keys.to_vec()));
    for (title, keys) in shortcuts.chain([menu]).filter(|(_, keys)| !keys.is_empty()) {
        let row = row::unmarked(&title, "");
        let words: Vec<String> = keys.iter().filter_map(|key| words(key)).collect();
        let label = gtk::Label::builder().label(words.join("  /  ")).css_classes(["dim-label"]).build();
        row.add_suffix(&label);
        group.add(&row);
    }
    page.add(&group);
    dialog.add(&page);
    dialog.present(Some(parent));
}

/// A key as the person's keyboard names it.
fn words(key: &str) -> Option<String> {
    let (key, modifiers) = gtk::accelerator_parse(key)?;
    Some(gtk::accelerator_get_label(key, modifiers).to_string())
}
