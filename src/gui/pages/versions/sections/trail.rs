//! The versions, what starts next on top.

use super::menu;
use crate::pages::Asked;
use crate::pages::versions::Versions;
use crate::widgets::group::Group;
use crate::widgets::{pill, row};
use cairn_model::{Ability, Deployment, Health, SystemStatus, Wish};
use cairn_words::{fill, moment, version};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;

/// All that one row depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Stone {
    pub deployment: Deployment,
    pub first: bool,
    pub last: bool,
    pub running: Option<Deployment>,
    /// Another one is in use without having been started.
    pub replaced: bool,
    pub abilities: Vec<Ability>,
    /// Something else is under way, so nothing can be asked for.
    pub busy: bool,
    /// There is room for the menu only.
    pub narrow: bool,
}

#[derive(Debug)]
pub struct Trail {
    pub widget: adw::PreferencesGroup,
    stones: Group<Stone>,
    sender: ComponentSender<Versions>,
}

impl Trail {
    pub fn new(sender: &ComponentSender<Versions>) -> Self {
        let stones = Group::new(&gettext("Versions of your system"));
        stones.widget.set_description(Some(&gettext(
            "Each is complete. Starting an older one never touches your files.",
        )));
        Self { widget: stones.widget.clone(), stones, sender: sender.clone() }
    }

    pub fn show(&mut self, status: Option<&SystemStatus>, busy: bool, narrow: bool) {
        let Some(status) = status else { return self.stones.show(Vec::new(), |_| unreachable_row()) };
        let count = status.deployments.len();
        let replaced = status.deployments.iter().any(|d| d.live);
        let stones = status.deployments.iter().enumerate().map(|(at, deployment)| Stone {
            deployment: deployment.clone(),
            first: at == 0,
            last: at + 1 == count,
            running: status.running().cloned(),
            replaced,
            abilities: status.abilities.clone(),
            busy,
            narrow,
        });
        let sender = self.sender.clone();
        self.stones.show(stones.collect(), |stone| row(&sender, stone).upcast());
    }
}

/// An empty group makes no rows.
fn unreachable_row() -> gtk::Widget {
    gtk::Box::default().upcast()
}

fn row(sender: &ComponentSender<Versions>, stone: &Stone) -> adw::ActionRow {
    let deployment = &stone.deployment;
    let row = row::unmarked(&version::title(deployment), &version::facts(deployment, moment::now()));
    row.add_prefix(&dot(stone));
    let labels = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(3)
        .valign(gtk::Align::Center)
        .build();
    for (kind, word) in version::labels(deployment, stone.replaced) {
        labels.append(&pill::label(kind, &word));
    }
    row.add_suffix(&labels);
    let button = gtk::MenuButton::builder()
        .icon_name("cairn-more-symbolic")
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .tooltip_text(fill(&gettext("More for {version}"), &[("version", &version::title(deployment))]))
        .menu_model(&menu::model(stone))
        .build();
    button.insert_action_group("version", Some(&menu::actions(sender, stone)));
    if offers_start(stone) {
        row.add_suffix(&start_button(sender, stone));
    }
    row.add_suffix(&button);
    row
}

/// A version that is neither chosen nor known to fail can be started with one press.
fn offers_start(stone: &Stone) -> bool {
    let d = &stone.deployment;
    !stone.narrow
        && !d.next
        && !d.staged
        && !d.skipped
        && !d.running
        && d.defect.is_none()
        && stone.abilities.contains(&Ability::StartNext)
        && !matches!(d.health, Health::Bad { .. })
}

fn start_button(sender: &ComponentSender<Versions>, stone: &Stone) -> gtk::Button {
    let button = gtk::Button::builder()
        .label(gettext("Start Next"))
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .sensitive(!stone.busy)
        .build();
    let (sender, id) = (sender.clone(), stone.deployment.id.clone());
    button.connect_clicked(move |_| {
        let _ = sender.output(Asked::Wish(Wish::StartNext { id: id.clone() }));
    });
    button
}

fn dot(stone: &Stone) -> gtk::Box {
    let trail = |shown: bool| {
        let line =
            gtk::Box::builder().vexpand(true).halign(gtk::Align::Center).css_classes(["stone-trail"]).build();
        line.set_opacity(if shown { 1.0 } else { 0.0 });
        line
    };
    let deployment = &stone.deployment;
    let class = if deployment.running {
        "running"
    } else if deployment.next {
        "next"
    } else if deployment.defect.is_some()
        || deployment.skipped
        || matches!(deployment.health, Health::Bad { .. })
    {
        "bad"
    } else if deployment.kept {
        "kept"
    } else {
        "plain"
    };
    let dot = gtk::Box::builder().css_classes(["stone", class]).halign(gtk::Align::Center).build();
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(4)
        .width_request(24)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    column.append(&trail(!stone.first));
    column.append(&dot);
    column.append(&trail(!stone.last));
    column
}
