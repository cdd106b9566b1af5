//! That a change waits for the restart, and the restart.

use crate::pages::Asked;
use crate::pages::packages::Packages;
use crate::widgets::group::Group;
use crate::widgets::row;
use cairn_model::restart::RestartWhen;
use gettextrs::gettext;
use relm4::gtk::prelude::*;
use relm4::prelude::*;

#[derive(Debug)]
pub struct Waiting {
    /// At most one row: whether something else is under way.
    pub group: Group<bool>,
    sender: ComponentSender<Packages>,
}

impl Waiting {
    pub fn new(sender: &ComponentSender<Packages>) -> Self {
        Self { group: Group::new(""), sender: sender.clone() }
    }

    /// Not every system lists what is gone with the next start, so the version that waits is what tells.
    pub fn show(&mut self, waits: bool, busy: bool) {
        let item = waits.then_some(busy);
        let sender = self.sender.clone();
        self.group.show(item.into_iter().collect(), |busy| {
            let title = gettext("What is prepared waits for the restart");
            let what = gettext("Until then nothing you use changes");
            let sender = sender.clone();
            let row =
                row::with_button("cairn-ready-symbolic", &title, &what, &gettext("Restart"), move || {
                    let when = RestartWhen::Now { ignore_inhibitors: false, soft: false };
                    let _ = sender.output(Asked::Restart(when));
                });
            row.set_sensitive(!busy);
            row.upcast()
        });
    }
}
