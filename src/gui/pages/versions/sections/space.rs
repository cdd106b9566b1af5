//! What the versions cost.

use crate::pages::Asked;
use crate::pages::versions::Versions;
use crate::widgets::group::Group;
use crate::widgets::row;
use cairn_model::system;
use cairn_model::{Ability, SystemStatus, Wish};
use cairn_words::moment::plural;
use cairn_words::{amount, fill};
use gettextrs::{gettext, ngettext};
use relm4::gtk::prelude::*;
use relm4::prelude::*;

/// How many versions, the room, whether some can be freed, and whether versions share what they have in common: those
/// that come and go do, places for two of them do not.
type Item = (usize, system::Space, bool, bool);

#[derive(Debug)]
pub struct Space {
    pub group: Group<Item>,
    sender: ComponentSender<Versions>,
}

impl Space {
    pub fn new(sender: &ComponentSender<Versions>) -> Self {
        Self { group: Group::new(&gettext("Space")), sender: sender.clone() }
    }

    pub fn show(&mut self, status: Option<&SystemStatus>, busy: bool) {
        let item = status.filter(|s| s.running().is_some()).map(|s| {
            let shared = s.can(Ability::Delete) || s.can(Ability::Pin);
            (s.deployments.len(), s.space.clone(), s.can(Ability::Cleanup) && !busy, shared)
        });
        let sender = self.sender.clone();
        self.group.show(item.into_iter().collect(), |(count, space, can_free, shared)| {
            let (title, subtitle) = (title(*count, space), subtitle(space, *shared));
            if !can_free {
                return row::plain("cairn-disk-symbolic", &title, &subtitle).upcast();
            }
            let sender = sender.clone();
            row::with_button("cairn-disk-symbolic", &title, &subtitle, &gettext("Free Space…"), move || {
                let _ = sender.output(Asked::Wish(Wish::Cleanup {}));
            })
            .upcast()
        });
    }
}

fn title(count: usize, space: &system::Space) -> String {
    let words = match space.versions {
        Some(_) => ngettext("{n} version uses {size}", "{n} versions use {size}", plural(count as u64)),
        None => ngettext("{n} version", "{n} versions", plural(count as u64)),
    };
    let size = space.versions.map(amount::size).unwrap_or_default();
    fill(&words, &[("n", &count.to_string()), ("size", &size)])
}

fn subtitle(space: &system::Space, shared: bool) -> String {
    let free = match shared {
        true => gettext("{free} of {total} free. Versions share what they have in common."),
        false => gettext("{free} of {total} free"),
    };
    fill(&free, &[("free", &amount::size(space.free)), ("total", &amount::size(space.total))])
}
