//! What else the system lets people change about its start and its parts. Only what it can.

use crate::pages::versions::Versions;
use crate::pages::{Asked, Choice};
use crate::widgets::group::Group;
use crate::widgets::row;
use cairn_model::{Ability, SystemStatus};
use gettextrs::gettext;
use relm4::gtk::prelude::*;
use relm4::prelude::*;

#[derive(Debug)]
pub struct More {
    pub group: Group<(Choice, bool)>,
    sender: ComponentSender<Versions>,
}

impl More {
    pub fn new(sender: &ComponentSender<Versions>) -> Self {
        Self { group: Group::new(&gettext("For experts")), sender: sender.clone() }
    }

    pub fn show(&mut self, status: Option<&SystemStatus>, busy: bool) {
        let choices = [(Choice::Extras, Ability::Extras), (Choice::Arguments, Ability::KernelArguments)];
        let offered = choices.into_iter().filter(|(_, ability)| status.is_some_and(|s| s.can(*ability)));
        let sender = self.sender.clone();
        self.group.show(offered.map(|(choice, _)| (choice, busy)).collect(), |(choice, busy)| {
            let (icon, title, subtitle) = match choice {
                Choice::Extras => (
                    "cairn-package-symbolic",
                    gettext("Parts of the system"),
                    gettext("Features that its makers offer, extensions that are there"),
                ),
                _ => (
                    "cairn-edit-symbolic",
                    gettext("What the kernel is told"),
                    gettext("Arguments of the start, where hardware needs one"),
                ),
            };
            let (sender, choice) = (sender.clone(), *choice);
            let row = row::opening(icon, &title, &subtitle, move || {
                let _ = sender.output(Asked::Choose(choice));
            });
            row.set_sensitive(!busy);
            row.upcast()
        });
    }
}
