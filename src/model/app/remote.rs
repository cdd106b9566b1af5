//! Where apps come from.

use super::{Scope, Source};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A remote of one installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remote {
    pub name: String,
    pub scope: Scope,
    pub title: String,
    pub url: String,
    pub enabled: bool,
    /// Its signatures are looked at.
    pub signed: bool,
    /// Only part of it is offered, as its maker or an administrator decided.
    pub filtered: bool,
    /// How many installed refs come from it.
    pub used_by: u32,
    /// Its last answer was none.
    pub unreachable: bool,
}

/// The catalogue that a remote has brought to this computer; enough to build and find its index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogSource {
    pub source: Source,
    /// `…/appstream/REMOTE/ARCH/active/appstream.xml`, or the `.gz` beside it where only that is there.
    pub xml: PathBuf,
    /// The folder that has `64x64` and `128x128`.
    pub icons: PathBuf,
    /// Changes exactly when the catalogue does: the checksum of the deployed appstream commit.
    pub commit: String,
}
