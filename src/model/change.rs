//! What differs between two versions: packages where both carry a list of them, files otherwise.

use crate::Advisory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    Added,
    Removed,
    Upgraded,
    Downgraded,
    /// A file whose content, mode or attributes differ.
    Modified,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageChange {
    pub name: String,
    pub kind: ChangeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileChange {
    /// Absolute path as the running system would name it.
    pub path: String,
    pub kind: ChangeKind,
}

/// The changes from one version to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// True where both versions carry a package list; then `packages` is complete.
    pub by_package: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<PackageChange>,
    /// At most [`Changes::MAX_FILES`]; `file_count` counts all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileChange>,
    #[serde(default)]
    pub file_count: u64,
    /// Holes that it closes, the worst first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<Advisory>,
}

impl Changes {
    /// A list of more files helps nobody and would fill a bus message.
    pub const MAX_FILES: usize = 500;

    /// How many packages changed in that way.
    pub fn packages_of(&self, kind: ChangeKind) -> usize {
        self.packages.iter().filter(|p| p.kind == kind).count()
    }

    pub fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.file_count == 0
    }
}
