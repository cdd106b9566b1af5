//! What the kernel is told at the start: for people who were asked to add a word there.

use crate::widgets::{pill, row, spoken};
use cairn_model::argument::{ArgumentState, BootArgument, KernelArgument};
use cairn_model::{ArgumentDelta, Wish};
use cairn_words::{fill, problem};
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use std::rc::Rc;

/// Where a wish goes; the dialog closes first, since the answer is told below it.
type Wishes = Rc<dyn Fn(Wish)>;

pub fn present(parent: &impl IsA<gtk::Widget>, arguments: &[BootArgument], wishes: impl Fn(Wish) + 'static) {
    let dialog = adw::Dialog::builder()
        .title(gettext("What the Kernel Is Told"))
        .content_width(480)
        .content_height(560)
        .build();
    let wishes: Wishes = Rc::new(wishes);
    let page = adw::PreferencesPage::new();
    page.add(&add(&dialog, &wishes));
    page.add(&there(&dialog, arguments, &wishes));
    let view = adw::ToolbarView::new();
    view.add_top_bar(&adw::HeaderBar::new());
    view.set_content(Some(&page));
    dialog.set_child(Some(&view));
    dialog.present(Some(parent));
}

fn add(dialog: &adw::Dialog, wishes: &Wishes) -> adw::PreferencesGroup {
    let group = adw::PreferencesGroup::builder()
        .description(gettext(
            "A change prepares a version of its own, so the one you are using is there to go back to.",
        ))
        .build();
    let entry = adw::EntryRow::builder().title(gettext("Add an argument")).show_apply_button(true).build();
    let said = gtk::Label::builder().xalign(0.0).wrap(true).visible(false).css_classes(["error"]).build();
    let (dialog, wishes, says) = (dialog.downgrade(), Rc::clone(wishes), said.clone());
    entry.connect_changed({
        let said = said.clone();
        move |entry| {
            entry.remove_css_class("error");
            said.set_visible(false);
        }
    });
    entry.connect_apply(move |entry| match KernelArgument::new(entry.text().trim()) {
        Ok(argument) => {
            let delta = ArgumentDelta { add: vec![argument], ..ArgumentDelta::default() };
            close(&dialog);
            wishes(Wish::ChangeArguments { delta });
        }
        Err(refused) => {
            entry.add_css_class("error");
            let why = match entry.text().trim().contains(char::is_whitespace) {
                true => gettext("One at a time, without spaces"),
                false => problem::heading(&refused),
            };
            says.set_label(&why);
            says.set_visible(true);
            says.announce(&why, gtk::AccessibleAnnouncementPriority::Medium);
        }
    });
    group.add(&entry);
    said.set_margin_top(6);
    group.add(&said);
    group
}

fn there(dialog: &adw::Dialog, arguments: &[BootArgument], wishes: &Wishes) -> adw::PreferencesGroup {
    let group = adw::PreferencesGroup::builder()
        .title(gettext("Arguments"))
        .description(gettext("Those without a button are what the start itself depends on."))
        .build();
    for argument in arguments {
        let row = row::unmarked(&argument.text, "");
        match argument.state {
            ArgumentState::Running => {}
            ArgumentState::Next => row.add_suffix(&pill::word("success", &gettext("Next start"))),
            ArgumentState::Going => row.add_suffix(&pill::word("warning", &gettext("Until the restart"))),
        }
        let removable = Some(&argument.text).filter(|_| argument.changeable);
        if let Some(removed) = removable.and_then(|text| KernelArgument::new(text.as_str()).ok()) {
            row.add_suffix(&remove(dialog, removed, wishes));
        }
        group.add(&row);
    }
    group
}

fn remove(dialog: &adw::Dialog, argument: KernelArgument, wishes: &Wishes) -> gtk::Button {
    let button = gtk::Button::builder()
        .icon_name("cairn-trash-symbolic")
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .build();
    let words = fill(&gettext("Remove {name}"), &[("name", argument.as_str())]);
    button.set_tooltip_text(Some(&words));
    spoken::name(&button, &words);
    let (dialog, wishes) = (dialog.downgrade(), Rc::clone(wishes));
    button.connect_clicked(move |_| {
        let delta = ArgumentDelta { remove: vec![argument.clone()], ..ArgumentDelta::default() };
        close(&dialog);
        wishes(Wish::ChangeArguments { delta });
    });
    button
}

fn close(dialog: &gtk::glib::WeakRef<adw::Dialog>) {
    if let Some(dialog) = dialog.upgrade() {
        dialog.close();
    }
}
