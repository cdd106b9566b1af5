//! The morning after: does the new version work?

use crate::pages::Asked;
use crate::pages::updates::Updates;
use cairn_client::Snapshot;
use cairn_model::system::Notice;
use cairn_model::{Ability, Health, SystemStatus, Wish};
use cairn_words::fill;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;

#[derive(Debug)]
pub struct Trial {
    pub widget: gtk::Box,
    title: gtk::Label,
    body: gtk::Label,
    keep: gtk::Button,
    back: gtk::Button,
    bad: bool,
}

impl Trial {
    /// True while it says that a check failed.
    pub fn says_bad(&self) -> bool {
        self.bad
    }

    pub fn new(sender: &ComponentSender<Updates>) -> Self {
        let widget = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .css_classes(["card"])
            .visible(false)
            .build();
        let inside = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(12)
            .margin_top(24)
            .margin_bottom(24)
            .margin_start(18)
            .margin_end(18)
            .build();
        let title = gtk::Label::builder()
            .css_classes(["title-2"])
            .wrap(true)
            .wrap_mode(gtk::pango::WrapMode::WordChar)
            .justify(gtk::Justification::Center)
            .build();
        title.set_accessible_role(gtk::AccessibleRole::Heading);
        let body = gtk::Label::builder()
            .css_classes(["dim-label"])
            .wrap(true)
            .wrap_mode(gtk::pango::WrapMode::WordChar)
            .justify(gtk::Justification::Center)
            .build();
        let keep = pressed(sender, &gettext("Yes, Keep It"), || Asked::Wish(Wish::MarkGood {}));
        let back = pressed(sender, &gettext("Go Back"), || Asked::Wish(Wish::GoBack {}));
        let buttons = adw::WrapBox::builder()
            .child_spacing(12)
            .line_spacing(12)
            .align(0.5)
            .halign(gtk::Align::Center)
            .build();
        buttons.append(&keep);
        buttons.append(&back);
        inside.append(&title);
        inside.append(&body);
        inside.append(&buttons);
        widget.append(&inside);
        Self { widget, title, body, keep, back, bad: false }
    }

    /// The button that most people want stands out.
    fn suggest(&self) {
        let label = if self.bad { gettext("Keep It Anyway") } else { gettext("Yes, Keep It") };
        self.keep.set_label(&label);
        let (wanted, other) = if self.bad { (&self.back, &self.keep) } else { (&self.keep, &self.back) };
        wanted.add_css_class("suggested-action");
        other.remove_css_class("suggested-action");
    }

    pub fn show(&mut self, snapshot: Option<&Snapshot>) {
        let status = snapshot.map(|s| &s.status);
        let asked = status.filter(|s| !s.restart_pending()).and_then(|s| s.running());
        let words = asked.and_then(|running| {
            let version = [("version", running.version.as_str())];
            match &running.health {
                Health::Trial if went_back(status) => Some((
                    fill(&gettext("You are back on {version}"), &version),
                    gettext("Say so if everything works again."),
                )),
                Health::Trial => Some((
                    gettext("Everything working?"),
                    fill(&gettext("You are using version {version} for the first time."), &version),
                )),
                Health::Bad { check, detail } => {
                    let body = gettext("Version {version} has a problem with: {check}. {detail}");
                    let values =
                        [("version", running.version.as_str()), ("check", check), ("detail", detail)];
                    Some((gettext("Something is not working"), fill(&body, &values)))
                }
                Health::Good | Health::Unknown => None,
            }
        });
        self.bad = asked.is_some_and(|running| matches!(running.health, Health::Bad { .. }));
        self.suggest();
        self.widget.set_visible(words.is_some());
        let way_back = |s: &SystemStatus| s.previous().is_some() && s.can(Ability::Rollback);
        self.back.set_visible(status.is_some_and(way_back));
        if let Some((title, body)) = words {
            self.title.set_label(&title);
            self.body.set_label(&body);
        }
    }
}

/// Whether the person runs an older version than the one they left.
fn went_back(status: Option<&SystemStatus>) -> bool {
    status.is_some_and(|s| s.notices.iter().any(|n| matches!(n, Notice::WentBack { .. })))
}

fn pressed(sender: &ComponentSender<Updates>, label: &str, asked: fn() -> Asked) -> gtk::Button {
    let button = gtk::Button::builder().label(label).css_classes(["pill"]).build();
    let sender = sender.clone();
    button.connect_clicked(move |_| {
        let _ = sender.output(asked());
    });
    button
}
