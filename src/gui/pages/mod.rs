//! One folder a page, one row each in this table.

pub mod app;
pub mod apps;
pub mod history;
pub mod listing;
pub mod packages;
pub mod updates;
pub mod versions;

use cairn_apps::file::RepoFile;
use cairn_client::{Snapshot, Watched};
use cairn_model::app::{AppWish, InstalledApp, Ref, Scope};
use cairn_model::change::Changes;
use cairn_model::restart::RestartWhen;
use cairn_model::{Ability, Deployment, DeploymentId, Problem, Wish};
use gettextrs::gettext;
use listing::Listing;
use std::path::PathBuf;
use std::sync::Arc;

/// What every page is told of.
pub type Shown = Arc<Watched<Snapshot>>;

/// A page in the sidebar.
#[derive(Debug)]
pub struct Page {
    pub id: &'static str,
    pub icon: &'static str,
    pub title: fn() -> String,
    /// What the system must be able to do for it; it is not there otherwise.
    pub needs: Option<Ability>,
}

pub const ALL: [Page; 5] = [
    Page { id: "updates", icon: "cairn-updates-symbolic", title: || gettext("Updates"), needs: None },
    Page { id: "versions", icon: "cairn-versions-symbolic", title: || gettext("Versions"), needs: None },
    Page { id: "apps", icon: "cairn-apps-symbolic", title: || gettext("Apps"), needs: None },
    Page {
        id: "packages",
        icon: "cairn-package-symbolic",
        title: || gettext("System Packages"),
        needs: Some(Ability::PackageList),
    },
    Page { id: "history", icon: "cairn-history-symbolic", title: || gettext("History"), needs: None },
];

/// Where in the sidebar the page of this id stands.
pub fn position(id: &str) -> usize {
    ALL.iter().position(|page| page.id == id).unwrap_or_default()
}

/// What a page tells the window: what the person asked for.
#[derive(Clone, Debug)]
pub enum Asked {
    /// The system's update, and that of every app.
    UpdateAll,
    SearchApps,
    App(AppAsked),
    Wish(Wish),
    /// Take back what was just done.
    Undo(Wish),
    Check,
    Cancel,
    /// Hold what is under way, or let it go on.
    Hold(bool),
    Restart(RestartWhen),
    PickTime,
    CancelRestart,
    /// Show changes that are known already.
    Changes {
        title: String,
        changes: Box<Changes>,
    },
    /// Find out what differs, then show it.
    Diff {
        from: DeploymentId,
        to: DeploymentId,
    },
    Name(Box<Deployment>),
    /// Save the running system under a name that is asked for.
    Save,
    Remove(Box<Deployment>),
    /// Show what there is to choose from.
    Choose(Choice),
    Details(Problem),
}

/// What a person can choose from in a dialog of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What the system follows.
    Target,
    /// What the kernel is told.
    Arguments,
    /// Parts beside the system's image.
    Extras,
}

/// What the person asked for about apps.
#[derive(Clone, Debug)]
pub enum AppAsked {
    /// The page of this app.
    Show(String),
    List(Listing),
    Wish(AppWish),
    /// What failed of this task, again.
    Again(u64),
    Cancel(u64),
    Forget(u64),
    Launch(Scope, Ref),
    Versions(Scope, Ref),
    /// Asks first what is to become of its data.
    Remove(Box<InstalledApp>),
    Source(SourceAsked),
    /// Look for updates and catalogues.
    Check,
}

/// What the person asked for about sources of apps.
#[derive(Clone, Debug)]
pub enum SourceAsked {
    AddFlathub(Scope),
    /// Out of a file that is chosen next.
    AddFile,
    /// Out of this file, which holds what was shown.
    Add(Scope, PathBuf, Box<RepoFile>),
    Enable(Scope, String, bool),
    Remove(Scope, String),
}

impl AppAsked {
    /// Update these, or everything if none is named. What wants more permissions is asked about first.
    pub fn update(refs: Vec<(Scope, Ref)>) -> Self {
        Self::Wish(AppWish::Update { refs, allow_permissions: false })
    }
}
