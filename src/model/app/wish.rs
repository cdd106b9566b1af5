//! What a person wants done with apps.

use super::{Ref, Scope, Source};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One wish becomes one plan, and that becomes one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "wish", rename_all = "kebab-case")]
pub enum AppWish {
    /// An app or an add-on.
    Install {
        source: Source,
        reference: Ref,
    },
    /// Out of a `.flatpakref` or a `.flatpak` file.
    InstallFile {
        path: PathBuf,
        scope: Scope,
    },
    /// Some, or, if none is named, everything that is not held, in both installations.
    Update {
        refs: Vec<(Scope, Ref)>,
        /// Updates that widen permissions, too; without it they are left out and named in the plan.
        allow_permissions: bool,
    },
    Remove {
        scope: Scope,
        reference: Ref,
        data: DataFate,
    },
    /// Runtimes and extensions that nothing needs.
    RemoveUnused {},
    /// Install an older commit, and hold it until something newer than the present one comes.
    GoBack {
        scope: Scope,
        reference: Ref,
        commit: String,
    },
    Hold {
        scope: Scope,
        reference: Ref,
    },
    Release {
        scope: Scope,
        reference: Ref,
    },
    /// Put what the source names in place of an app that is at its end; its data goes along.
    Rebase {
        scope: Scope,
        reference: Ref,
    },
    /// Get the app from another remote from now on.
    ChangeSource {
        scope: Scope,
        reference: Ref,
        remote: String,
    },
    /// Look at what is installed and fetch again what is damaged.
    Repair {
        scope: Scope,
    },
}

/// What happens to `~/.var/app/ID`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DataFate {
    #[default]
    Keep,
    /// To the trash; where there is none on that file system, deleted.
    Trash,
}

impl AppWish {
    /// The stable word, the same as in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Install { .. } => "install",
            Self::InstallFile { .. } => "install-file",
            Self::Update { .. } => "update",
            Self::Remove { .. } => "remove",
            Self::RemoveUnused {} => "remove-unused",
            Self::GoBack { .. } => "go-back",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::Rebase { .. } => "rebase",
            Self::ChangeSource { .. } => "change-source",
            Self::Repair { .. } => "repair",
        }
    }

    /// The refs that it names.
    pub fn refs(&self) -> Vec<&Ref> {
        match self {
            Self::Install { reference, .. }
            | Self::Remove { reference, .. }
            | Self::GoBack { reference, .. }
            | Self::Hold { reference, .. }
            | Self::Release { reference, .. }
            | Self::Rebase { reference, .. }
            | Self::ChangeSource { reference, .. } => vec![reference],
            Self::Update { refs, .. } => refs.iter().map(|(_, r)| r).collect(),
            Self::InstallFile { .. } | Self::RemoveUnused {} | Self::Repair { .. } => Vec::new(),
        }
    }
}
