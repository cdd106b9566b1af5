//! A problem with all that is known of it, to read and to copy.

use cairn_model::Problem;
use cairn_words::problem as words;
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

pub fn present(parent: &impl IsA<gtk::Widget>, problem: &Problem) {
    let dialog = adw::AlertDialog::builder()
        .heading(words::heading(problem))
        .body(words::advice(problem))
        .body_use_markup(false)
        .close_response("close")
        .default_response("close")
        .build();
    let text = report(problem);
    let label = gtk::Label::builder()
        .label(&text)
        .selectable(true)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .xalign(0.0)
        .css_classes(["monospace", "dim-label"])
        .build();
    dialog.set_extra_child(Some(&label));
    dialog.add_responses(&[("copy", &gettext("Copy")), ("close", &gettext("Close"))]);
    let clipboard = parent.clipboard();
    dialog.connect_response(Some("copy"), move |_, _| clipboard.set_text(&text));
    dialog.present(Some(parent));
}

/// Code and the upstream's own words, for whoever helps.
fn report(problem: &Problem) -> String {
    match problem.detail().filter(|d| !d.is_empty()) {
        Some(detail) => format!("{}\n{detail}", problem.code()),
        None => problem.code().to_owned(),
    }
}
