//! Saving the running system as it is now, where versions are not only made by updates.

use crate::pages::Asked;
use crate::pages::versions::Versions;
use crate::widgets::group::Group;
use crate::widgets::row;
use cairn_model::{Ability, SystemStatus};
use gettextrs::gettext;
use relm4::gtk::prelude::*;
use relm4::prelude::*;

#[derive(Debug)]
pub struct Save {
    /// Whether something else is under way.
    pub group: Group<bool>,
    sender: ComponentSender<Versions>,
}

impl Save {
    pub fn new(sender: &ComponentSender<Versions>) -> Self {
        Self { group: Group::new(""), sender: sender.clone() }
    }

    pub fn show(&mut self, status: Option<&SystemStatus>, busy: bool) {
        let can = status.is_some_and(|s| s.can(Ability::Snapshot));
        let sender = self.sender.clone();
        self.group.show(can.then_some(busy).into_iter().collect(), |busy| {
            let (title, why) = (
                gettext("Save the system as it is now"),
                gettext("Before you try something, so that you can go back to it"),
            );
            let sender = sender.clone();
            let row =
                row::with_button("cairn-versions-symbolic", &title, &why, &gettext("Save…"), move || {
                    let _ = sender.output(Asked::Save);
                });
            row.set_sensitive(!busy);
            row.upcast()
        });
    }
}
