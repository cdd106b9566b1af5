//! What an engine can do. A closed set: what is not in an engine's abilities is neither shown nor callable.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ability {
    /// Ask the origin for a newer version without changing the system.
    Check,
    /// Prepare a version beside the running one.
    Stage,
    /// Drop a prepared version.
    DropStaged,
    /// Make the previous version the next start.
    Rollback,
    /// Make any version the next start.
    StartNext,
    /// Keep a version from being cleaned up.
    Pin,
    /// Delete one version.
    Delete,
    /// Tell what differs between two versions.
    Diff,
    /// Tell which files below /etc differ from the version's defaults.
    EtcDrift,
    /// Tell which packages were added to the system.
    PackageList,
    /// Add packages to the system and remove them.
    Packages,
    /// Find packages that can be added, by words.
    PackageSearch,
    /// Leave packages of the base out, and take them back.
    Override,
    /// Follow another branch, image or channel.
    Rebase,
    /// Free the room of what nothing needs any more.
    Cleanup,
    /// Fetch an update without having it start.
    DownloadOnly,
    /// Use what is prepared at once, without a restart.
    ApplyLive,
    /// Open the running version for changes that the next start forgets.
    Unlock,
    /// Restart without the firmware and the kernel.
    SoftRestart,
    /// Change what the kernel is told at the start.
    KernelArguments,
    /// Tell which parts there are beside the system's image, and turn some on and off.
    Extras,
    /// Change what the system does about updates by itself.
    Automatic,
    /// Hold an update that is under way, and go on with it.
    Pause,
    /// Show how far a change is that another program makes.
    Follow,
    /// Save the running system as it is now.
    Snapshot,
}

impl Ability {
    pub const ALL: [Self; 25] = [
        Self::Check,
        Self::Stage,
        Self::DropStaged,
        Self::Rollback,
        Self::StartNext,
        Self::Pin,
        Self::Delete,
        Self::Diff,
        Self::EtcDrift,
        Self::PackageList,
        Self::Packages,
        Self::PackageSearch,
        Self::Override,
        Self::Rebase,
        Self::Cleanup,
        Self::DownloadOnly,
        Self::ApplyLive,
        Self::Unlock,
        Self::SoftRestart,
        Self::KernelArguments,
        Self::Extras,
        Self::Automatic,
        Self::Pause,
        Self::Follow,
        Self::Snapshot,
    ];

    /// The word for it on the bus and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Stage => "stage",
            Self::DropStaged => "drop-staged",
            Self::Rollback => "rollback",
            Self::StartNext => "start-next",
            Self::Pin => "pin",
            Self::Delete => "delete",
            Self::Diff => "diff",
            Self::EtcDrift => "etc-drift",
            Self::PackageList => "package-list",
            Self::Packages => "packages",
            Self::PackageSearch => "package-search",
            Self::Override => "override",
            Self::Rebase => "rebase",
            Self::Cleanup => "cleanup",
            Self::DownloadOnly => "download-only",
            Self::ApplyLive => "apply-live",
            Self::Unlock => "unlock",
            Self::SoftRestart => "soft-restart",
            Self::KernelArguments => "kernel-arguments",
            Self::Extras => "extras",
            Self::Automatic => "automatic",
            Self::Pause => "pause",
            Self::Follow => "follow",
            Self::Snapshot => "snapshot",
        }
    }

    /// The ability of that word, or `None` for a word of a newer service.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_serde() {
        for ability in Ability::ALL {
            assert_eq!(serde_json::to_value(ability).unwrap(), ability.as_str());
            assert_eq!(Ability::from_word(ability.as_str()), Some(ability));
        }
    }
}
