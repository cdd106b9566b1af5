//! Restart: now with one press, or when it suits.

use crate::pages::Asked;
use crate::pages::updates::Updates;
use cairn_model::Wish;
use cairn_model::restart::RestartWhen;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk::{self, gio};
use relm4::prelude::*;
use std::cell::Cell;

/// What a choice asks for.
type Ask = fn() -> Asked;

#[derive(Debug)]
pub struct RestartButton {
    pub widget: adw::SplitButton,
    menu: gio::Menu,
    /// What was offered last: a soft restart, no restart at all.
    offered: Cell<(bool, bool)>,
}

impl RestartButton {
    pub fn new(sender: &ComponentSender<Updates>) -> Self {
        let menu = gio::Menu::new();
        let group = gio::SimpleActionGroup::new();
        for (name, _, asked) in choices() {
            let action = gio::SimpleAction::new(name, None);
            let sender = sender.clone();
            action.connect_activate(move |_, _| {
                let _ = sender.output(asked());
            });
            group.add_action(&action);
        }
        let widget = adw::SplitButton::builder()
            .label(gettext("Restart"))
            .menu_model(&menu)
            .dropdown_tooltip(gettext("Restart later"))
            .css_classes(["suggested-action", "restart"])
            .valign(gtk::Align::Center)
            .visible(false)
            .build();
        widget.insert_action_group("restart", Some(&group));
        let sender = sender.clone();
        widget.connect_clicked(move |_| {
            let _ = sender.output(Asked::Restart(RestartWhen::Now { ignore_inhibitors: false, soft: false }));
        });
        let button = Self { widget, menu, offered: Cell::new((true, true)) };
        button.offer(false, false);
        button
    }

    /// Whether a restart without the firmware and the kernel, and none at all, are among the choices.
    pub fn offer(&self, soft: bool, live: bool) {
        if self.offered.replace((soft, live)) == (soft, live) {
            return;
        }
        self.menu.remove_all();
        for (name, label, _) in choices() {
            if (name != SOFT || soft) && (name != LIVE || live) {
                self.menu.append(Some(&label), Some(&format!("restart.{name}")));
            }
        }
    }
}

const SOFT: &str = "soft";
const LIVE: &str = "live";

fn choices() -> [(&'static str, String, Ask); 5] {
    [
        (SOFT, gettext("Quickly, Without the Firmware"), || {
            Asked::Restart(RestartWhen::Now { ignore_inhibitors: false, soft: true })
        }),
        (LIVE, gettext("Use It Now, Without a Restart…"), || Asked::Wish(Wish::ApplyNow {})),
        ("tonight", gettext("Tonight at 3"), || Asked::Restart(RestartWhen::Tonight {})),
        ("at-shutdown", gettext("When I Shut Down"), || Asked::Restart(RestartWhen::AtShutdown {})),
        ("at", gettext("Pick a Time…"), || Asked::PickTime),
    ]
}
