//! What would be done, exactly. Made by a dry run of flatpak's own transaction; checked again before it is run.

use super::{AppUpdate, AppWish, Permission, Ref, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AppPlan {
    pub wish: AppWish,
    /// What it is called on the screen: the app's name, empty where it is about several.
    pub name: String,
    /// In the order in which they are done.
    pub operations: Vec<Operation>,
    /// At most so much is fetched; what is there already is not fetched again.
    pub download_bytes: u64,
    /// What the disk holds more afterwards; negative where space becomes free.
    pub disk_bytes: i64,
    /// What deserves a look before it is done.
    pub warnings: Vec<AppWarning>,
}

/// One step of flatpak's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    pub kind: OperationKind,
    pub reference: Ref,
    pub scope: Scope,
    pub remote: String,
    /// The commit that it ends with; empty for a removal.
    pub commit: String,
    pub download_bytes: u64,
    pub installed_bytes: u64,
    /// What it may do now; empty for what is not installed yet and for runtimes.
    pub before: Vec<Permission>,
    /// What it may do afterwards.
    pub after: Vec<Permission>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    Install,
    Update,
    Remove,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "warning", rename_all = "kebab-case")]
pub enum AppWarning {
    /// It runs, and keeps the old version until it is closed.
    Running { reference: Ref, name: String },
    /// The update wants more than the app may do now.
    MorePermissions { reference: Ref, name: String, added: Vec<Permission> },
    /// Left out of this plan because it wants more than it may do now.
    LeftOut { update: AppUpdate },
    /// Nobody cares for it any more.
    EndOfLife { reference: Ref, reason: String },
    /// The source's signatures are not looked at.
    NotSigned { remote: String },
    /// A remote that is not set up yet becomes known.
    NewRemote { name: String, url: String },
    /// Everybody on this computer gets it; an administrator's password may be asked.
    Everybody,
}
