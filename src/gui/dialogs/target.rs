//! Choose what the system follows: a branch, an image, a channel.

use cairn_model::{Target, TargetId};
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use std::cell::RefCell;
use std::rc::Rc;

/// Shows the targets with the current one chosen; `chosen` hears of another one.
pub fn present(parent: &impl IsA<gtk::Widget>, targets: &[Target], chosen: impl Fn(TargetId) + 'static) {
    let dialog = adw::AlertDialog::builder()
        .heading(gettext("What should your system follow?"))
        .body(gettext(
            "The version you are using is kept to go back to. You see what happens before it does.",
        ))
        .close_response("cancel")
        .default_response("cancel")
        .build();
    let list =
        gtk::ListBox::builder().selection_mode(gtk::SelectionMode::None).css_classes(["boxed-list"]).build();
    let picked: Rc<RefCell<Option<TargetId>>> = Rc::default();
    let mut first: Option<gtk::CheckButton> = None;
    for target in targets {
        let check = gtk::CheckButton::builder().valign(gtk::Align::Center).active(target.current).build();
        check.set_group(first.as_ref());
        first.get_or_insert_with(|| check.clone());
        let subtitle = if target.name == target.id.as_str() { String::new() } else { target.id.to_string() };
        let row = crate::widgets::row::unmarked(&target.name, &subtitle);
        row.add_prefix(&check);
        row.set_activatable_widget(Some(&check));
        let (picked, id, current, dialog) =
            (Rc::clone(&picked), target.id.clone(), target.current, dialog.downgrade());
        check.connect_toggled(move |check| {
            if check.is_active() {
                picked.replace(Some(id.clone()).filter(|_| !current));
                if let Some(dialog) = dialog.upgrade() {
                    dialog.set_response_enabled("change", !current);
                }
            }
        });
        list.append(&row);
    }
    dialog.set_extra_child(Some(&list));
    dialog.add_responses(&[("cancel", &gettext("Cancel")), ("change", &gettext("Change Over"))]);
    dialog.set_response_appearance("change", adw::ResponseAppearance::Suggested);
    dialog.set_response_enabled("change", false);
    dialog.connect_response(Some("change"), move |_, _| {
        if let Some(id) = picked.borrow().clone() {
            chosen(id);
        }
    });
    dialog.present(Some(parent));
}
