//! What can be done with one version. Only what is possible is offered.

use super::trail::Stone;
use crate::pages::Asked;
use crate::pages::versions::Versions;
use cairn_model::{Ability, Wish};
use gettextrs::gettext;
use relm4::gtk::gio;
use relm4::gtk::prelude::*;
use relm4::prelude::*;

/// Name of the action, its words, and what it asks for.
struct Choice {
    name: &'static str,
    label: String,
    asked: Box<dyn Fn() -> Asked>,
}

pub fn model(stone: &Stone) -> gio::Menu {
    let menu = gio::Menu::new();
    for choice in choices(stone) {
        menu.append(Some(&choice.label), Some(&format!("version.{}", choice.name)));
    }
    menu
}

pub fn actions(sender: &ComponentSender<Versions>, stone: &Stone) -> gio::SimpleActionGroup {
    let group = gio::SimpleActionGroup::new();
    for choice in choices(stone) {
        let action = gio::SimpleAction::new(choice.name, None);
        action.set_enabled(!stone.busy || choice.name == "diff");
        let sender = sender.clone();
        action.connect_activate(move |_, _| {
            let _ = sender.output((choice.asked)());
        });
        group.add_action(&action);
    }
    group
}

fn choices(stone: &Stone) -> Vec<Choice> {
    let d = &stone.deployment;
    let can = |ability| stone.abilities.contains(&ability);
    let mut choices = Vec::new();
    let mut add =
        |name, label: String, asked: Box<dyn Fn() -> Asked>| choices.push(Choice { name, label, asked });
    let id = d.id.clone();
    if can(Ability::StartNext) && !d.next && d.defect.is_none() {
        let id = id.clone();
        let label = if d.running { gettext("Stay on This Version") } else { gettext("Start Next") };
        add("start-next", label, Box::new(move || Asked::Wish(Wish::StartNext { id: id.clone() })));
    }
    if d.staged && can(Ability::DropStaged) {
        add("drop", gettext("Undo Update"), Box::new(|| Asked::Wish(Wish::DropStaged {})));
    }
    if let Some(running) = stone.running.clone().filter(|r| can(Ability::Diff) && r.id != d.id) {
        let id = id.clone();
        let asked = move || Asked::Diff { from: running.id.clone(), to: id.clone() };
        add("diff", gettext("What Differs From Now"), Box::new(asked));
    }
    if can(Ability::Pin) && !d.staged {
        let id = id.clone();
        if d.kept {
            add(
                "unkeep",
                gettext("Stop Keeping"),
                Box::new(move || Asked::Wish(Wish::Unkeep { id: id.clone() })),
            );
        } else {
            add(
                "keep",
                gettext("Keep This Version"),
                Box::new(move || Asked::Wish(Wish::Keep { id: id.clone() })),
            );
        }
    }
    if d.running && can(Ability::Unlock) {
        add(
            "unlock",
            gettext("Open for Changes Until the Restart…"),
            Box::new(|| Asked::Wish(Wish::Unlock {})),
        );
    }
    let named = d.clone();
    add("name", gettext("Name…"), Box::new(move || Asked::Name(Box::new(named.clone()))));
    let removable = !d.running && !d.next && !d.kept && !d.staged && !d.last_known_good;
    if can(Ability::Delete) && removable {
        let removed = d.clone();
        add("remove", gettext("Remove…"), Box::new(move || Asked::Remove(Box::new(removed.clone()))));
    }
    choices
}
