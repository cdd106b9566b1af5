//! Give a version a name.

use cairn_model::{Deployment, Wish};
use cairn_words::fill;
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

pub fn present(parent: &impl IsA<gtk::Widget>, deployment: &Deployment, named: impl Fn(String) + 'static) {
    let heading = fill(&gettext("Name version {version}"), &[("version", &deployment.version)]);
    let dialog = adw::AlertDialog::builder()
        .heading(heading)
        .body(gettext("A name helps you find it again, for example “Before the trip”."))
        .close_response("cancel")
        .default_response("name")
        .build();
    let entry = adw::EntryRow::builder()
        .title(gettext("Name"))
        .text(deployment.name.clone().unwrap_or_default())
        .max_length(i32::try_from(Wish::MAX_NAME).unwrap_or(60))
        .activates_default(true)
        .build();
    let list =
        gtk::ListBox::builder().selection_mode(gtk::SelectionMode::None).css_classes(["boxed-list"]).build();
    list.append(&entry);
    dialog.set_extra_child(Some(&list));
    dialog.add_responses(&[("cancel", &gettext("Cancel")), ("name", &gettext("Name"))]);
    dialog.set_response_appearance("name", adw::ResponseAppearance::Suggested);
    let text = entry.clone();
    dialog.connect_response(Some("name"), move |_, _| {
        // What is typed is cleaned as everything from outside is, so that the service has no reason to refuse it.
        named(cairn_model::text::clean(&text.text(), Wish::MAX_NAME));
    });
    dialog.present(Some(parent));
    entry.grab_focus();
}
