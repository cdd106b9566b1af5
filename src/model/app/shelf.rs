//! All that the pages about apps show of this computer, in one value.

use super::{AppUpdate, CatalogSource, InstalledApp, Ref, Remote, Scope, Task};
use crate::{Problem, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What there is at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// Apps and add-ons, by name.
    pub installed: Vec<InstalledApp>,
    pub remotes: Vec<Remote>,
    pub catalogs: Vec<CatalogSource>,
    /// What the last look for updates found; `None` before the first.
    pub check: Option<AppCheck>,
    /// What waits, runs, and ended lately; oldest first.
    pub tasks: Vec<Task>,
    /// Runtimes and extensions that nothing needs any more, with the bytes they take.
    pub unused: Vec<Unused>,
}

/// What a look for app updates found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppCheck {
    pub time: Seconds,
    pub updates: Vec<AppUpdate>,
    /// Remotes that did not answer, and ids of apps for which it could not be worked out, with why.
    pub failed: Vec<(String, Problem)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unused {
    pub reference: Ref,
    pub scope: Scope,
    pub bytes: u64,
}

impl Shelf {
    /// The installed app of this id; the person's own comes before everybody's.
    pub fn find(&self, id: &str) -> Option<&InstalledApp> {
        self.installed.iter().filter(|a| a.reference.id.as_str() == id).min_by_key(|a| a.scope)
    }

    /// What is being done or waits to be done about an app.
    pub fn task_about(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().rev().find(|t| !t.state.is_final() && t.is_about(id))
    }

    /// Updates that may be installed: what is held is left out.
    pub fn updates(&self) -> impl Iterator<Item = &AppUpdate> {
        self.check.iter().flat_map(|c| &c.updates).filter(|u| !self.holds(u))
    }

    fn holds(&self, update: &AppUpdate) -> bool {
        let same = |a: &&InstalledApp| a.reference == update.reference && a.scope == update.scope;
        self.installed.iter().find(same).is_some_and(|a| a.held.is_some())
    }
}
