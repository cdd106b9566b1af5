//! Asks for a version's name.

use cairn_model::{Deployment, Wish};
use cairn_words::fill;
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

/// For a version that is there.
pub fn present(parent: &impl IsA<gtk::Widget>, deployment: &Deployment, named: impl Fn(String) + 'static) {
    let heading = fill(&gettext("Name version {version}"), &[("version", &deployment.version)]);
    let body = gettext("A name helps you find it again, for example “Before the trip”.");
    let name = deployment.name.clone().unwrap_or_default();
    ask(parent, (&heading, &body, &gettext("Name")), &name, named);
}

/// For one that is made of the running system.
pub fn save(parent: &impl IsA<gtk::Widget>, named: impl Fn(String) + 'static) {
    let heading = gettext("Save the system as it is now?");
    let body = gettext(
        "You can go back to it later. Your own files are not part of it. A name helps you find it again.",
    );
    ask(parent, (&heading, &body, &gettext("Save")), "", named);
}

fn ask(
    parent: &impl IsA<gtk::Widget>,
    (heading, body, button): (&str, &str, &str),
    name: &str,
    named: impl Fn(String) + 'static,
) {
    let dialog = adw::AlertDialog::builder()
        .heading(heading)
        .body(body)
        .close_response("cancel")
        .default_response("name")
        .build();
    let entry = adw::EntryRow::builder()
        .title(gettext("Name"))
        .text(name)
        .max_length(i32::try_from(Wish::MAX_NAME).unwrap_or(60))
        .activates_default(true)
        .build();
    let list =
        gtk::ListBox::builder().selection_mode(gtk::SelectionMode::None).css_classes(["boxed-list"]).build();
    list.append(&entry);
    dialog.set_extra_child(Some(&list));
    dialog.add_responses(&[("cancel", &gettext("Cancel")), ("name", button)]);
    dialog.set_response_appearance("name", adw::ResponseAppearance::Suggested);
    let text = entry.clone();
    dialog.connect_response(Some("name"), move |_, _| {
        // What is typed is cleaned as everything from outside is, so that the service has no reason to refuse it.
        named(cairn_model::text::clean(&text.text(), Wish::MAX_NAME));
    });
    dialog.present(Some(parent));
    entry.grab_focus();
}
