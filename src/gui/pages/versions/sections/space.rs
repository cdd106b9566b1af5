//! What the versions cost.

use crate::widgets::group::Group;
use crate::widgets::row;
use cairn_model::SystemStatus;
use cairn_model::system;
use cairn_words::moment::plural;
use cairn_words::{amount, fill};
use gettextrs::{gettext, ngettext};
use relm4::gtk::prelude::*;

#[derive(Debug)]
pub struct Space {
    pub group: Group<(usize, system::Space)>,
}

impl Space {
    pub fn new() -> Self {
        Self { group: Group::new(&gettext("Space")) }
    }

    pub fn show(&mut self, status: Option<&SystemStatus>) {
        let item = status.map(|s| (s.deployments.len(), s.space.clone()));
        self.group.show(item.into_iter().collect(), |(count, space)| {
            let n = count.to_string();
            let words = match space.versions {
                Some(_) => {
                    ngettext("{n} version uses {size}", "{n} versions use {size}", plural(*count as u64))
                }
                None => ngettext("{n} version", "{n} versions", plural(*count as u64)),
            };
            let size = space.versions.map(amount::size).unwrap_or_default();
            let title = fill(&words, &[("n", &n), ("size", &size)]);
            let free = gettext("{free} of {total} free. Versions share what they have in common.");
            let subtitle =
                fill(&free, &[("free", &amount::size(space.free)), ("total", &amount::size(space.total))]);
            row::plain("cairn-disk-symbolic", &title, &subtitle).upcast()
        });
    }
}
