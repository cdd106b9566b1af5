//! Parts beside the system's image: features to turn on, extensions that are there.

use crate::widgets::row;
use cairn_model::extra::ExtraKind;
use cairn_model::{Extra, Wish};
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use std::rc::Rc;

pub fn present(parent: &impl IsA<gtk::Widget>, extras: &[Extra], wishes: impl Fn(Wish) + 'static) {
    let dialog = adw::Dialog::builder()
        .title(gettext("Parts of the System"))
        .content_width(480)
        .content_height(480)
        .build();
    let wishes: Rc<dyn Fn(Wish)> = Rc::new(wishes);
    let page = adw::PreferencesPage::new();
    let groups = [
        (
            ExtraKind::Feature,
            gettext("Features"),
            gettext("What you turn on comes with the next update of the system."),
        ),
        (ExtraKind::Extension, gettext("Extensions"), gettext("Images that are laid over the system.")),
    ];
    for (kind, title, description) in groups {
        let group = adw::PreferencesGroup::builder().title(title).description(description).build();
        let rows: Vec<_> = extras.iter().filter(|extra| extra.kind == kind).collect();
        group.set_visible(!rows.is_empty());
        for extra in rows {
            group.add(&line(&dialog, extra, &wishes));
        }
        page.add(&group);
    }
    let child: gtk::Widget = if extras.is_empty() {
        adw::StatusPage::builder()
            .icon_name("cairn-package-symbolic")
            .title(gettext("Nothing to turn on"))
            .description(gettext("The makers of your system offer no further parts."))
            .build()
            .upcast()
    } else {
        page.upcast()
    };
    let view = adw::ToolbarView::new();
    view.add_top_bar(&adw::HeaderBar::new());
    view.set_content(Some(&child));
    dialog.set_child(Some(&view));
    dialog.present(Some(parent));
}

fn line(dialog: &adw::Dialog, extra: &Extra, wishes: &Rc<dyn Fn(Wish)>) -> adw::ActionRow {
    let summary = extra.summary.clone().unwrap_or_default();
    let row = row::unmarked(&extra.name, &summary);
    if !extra.changeable {
        let word = if extra.enabled { gettext("On") } else { gettext("Off") };
        row.add_suffix(&gtk::Label::builder().label(word).css_classes(["dim-label"]).build());
        return row;
    }
    let switch = gtk::Switch::builder().active(extra.enabled).valign(gtk::Align::Center).build();
    switch.update_property(&[gtk::accessible::Property::Label(&extra.name)]);
    let (dialog, wishes, id) = (dialog.downgrade(), Rc::clone(wishes), extra.id.clone());
    switch.connect_state_set(move |_, enabled| {
        // The answer is told below the dialog.
        if let Some(dialog) = dialog.upgrade() {
            dialog.close();
        }
        wishes(Wish::ChangeExtra { id: id.clone(), enabled });
        gtk::glib::Propagation::Proceed
    });
    row.add_suffix(&switch);
    row.set_activatable_widget(Some(&switch));
    row
}
