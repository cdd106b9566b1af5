//! Restart: now with one press, or when it suits.

use crate::pages::Asked;
use crate::pages::updates::Updates;
use cairn_model::restart::RestartWhen;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk::{self, gio};
use relm4::prelude::*;

/// What a choice asks for.
type Ask = fn() -> Asked;

#[derive(Debug)]
pub struct RestartButton {
    pub widget: adw::SplitButton,
}

impl RestartButton {
    pub fn new(sender: &ComponentSender<Updates>) -> Self {
        let menu = gio::Menu::new();
        let group = gio::SimpleActionGroup::new();
        let choices: [(&str, String, Ask); 3] = [
            ("tonight", gettext("Tonight at 3"), || Asked::Restart(RestartWhen::Tonight {})),
            ("at-shutdown", gettext("When I Shut Down"), || Asked::Restart(RestartWhen::AtShutdown {})),
            ("at", gettext("Pick a Time…"), || Asked::PickTime),
        ];
        for (name, label, asked) in choices {
            let action = gio::SimpleAction::new(name, None);
            let sender = sender.clone();
            action.connect_activate(move |_, _| {
                let _ = sender.output(asked());
            });
            group.add_action(&action);
            menu.append(Some(&label), Some(&format!("restart.{name}")));
        }
        let widget = adw::SplitButton::builder()
            .label(gettext("Restart"))
            .menu_model(&menu)
            .dropdown_tooltip(gettext("Restart later"))
            .css_classes(["suggested-action"])
            .valign(gtk::Align::Center)
            .visible(false)
            .build();
        widget.insert_action_group("restart", Some(&group));
        let sender = sender.clone();
        widget.connect_clicked(move |_| {
            let _ = sender.output(Asked::Restart(RestartWhen::Now { ignore_inhibitors: false, soft: false }));
        });
        Self { widget }
    }
}
