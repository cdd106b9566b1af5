//! One folder a page, one row each in this table.

pub mod history;
pub mod updates;
pub mod versions;

use cairn_client::{Snapshot, Watched};
use cairn_model::change::Changes;
use cairn_model::restart::RestartWhen;
use cairn_model::{Deployment, DeploymentId, Problem, Wish};
use gettextrs::gettext;
use std::sync::Arc;

/// What every page is told of.
pub type Shown = Arc<Watched<Snapshot>>;

/// A page in the sidebar.
#[derive(Debug)]
pub struct Page {
    pub id: &'static str,
    pub icon: &'static str,
    pub title: fn() -> String,
}

pub const ALL: [Page; 3] = [
    Page { id: "updates", icon: "cairn-updates-symbolic", title: || gettext("Updates") },
    Page { id: "versions", icon: "cairn-versions-symbolic", title: || gettext("Versions") },
    Page { id: "history", icon: "cairn-history-symbolic", title: || gettext("History") },
];

/// What a page tells the window: what the person asked for.
#[derive(Debug)]
pub enum Asked {
    Wish(Wish),
    Check,
    Cancel,
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
    Remove(Box<Deployment>),
    Details(Problem),
}
