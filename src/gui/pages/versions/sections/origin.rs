//! Where the versions come from.

use crate::pages::versions::Versions;
use crate::pages::{Asked, Choice};
use crate::widgets::group::Group;
use crate::widgets::row;
use cairn_model::{Ability, SystemStatus};
use gettextrs::gettext;
use relm4::gtk::prelude::*;
use relm4::prelude::*;

/// Its name, and whether another one can be chosen.
type Item = (String, bool);

#[derive(Debug)]
pub struct Origin {
    pub group: Group<Item>,
    sender: ComponentSender<Versions>,
}

impl Origin {
    pub fn new(sender: &ComponentSender<Versions>) -> Self {
        Self { group: Group::new(&gettext("Where updates come from")), sender: sender.clone() }
    }

    pub fn show(&mut self, status: Option<&SystemStatus>, busy: bool) {
        let item = status.and_then(|s| {
            let origin = s.running()?.origin.clone()?;
            Some((origin, s.can(Ability::Rebase) && !busy))
        });
        let sender = self.sender.clone();
        self.group.show(item.into_iter().collect(), |(origin, can_change)| {
            let icon = "cairn-download-symbolic";
            if !can_change {
                return row::plain(icon, origin, "").upcast();
            }
            let sender = sender.clone();
            row::with_button(icon, origin, "", &gettext("Change…"), move || {
                let _ = sender.output(Asked::Choose(Choice::Target));
            })
            .upcast()
        });
    }
}
