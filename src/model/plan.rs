//! Exactly what will be done: made by an engine, shown to the person, authorised as it is, run once.

use crate::wish::Wish;
use crate::{
    ArgumentDelta, DeploymentId, ExtraId, PackageDelta, PackageName, Policy, Seconds, TargetId, Verification,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that is done. An engine runs the first group; the service itself the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Step {
    /// Fetch this very commit from the origin.
    Pull {
        origin: String,
        checksum: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<u64>,
        allow_older: bool,
    },
    /// Prepare it beside the running version; it starts after the next restart.
    Stage {
        origin: String,
        checksum: String,
    },
    SetDefault {
        id: DeploymentId,
    },
    Pin {
        id: DeploymentId,
    },
    Unpin {
        id: DeploymentId,
    },
    Remove {
        id: DeploymentId,
    },
    DropStaged,
    /// Prepare a version with other packages beside the running one.
    Packages {
        #[serde(flatten)]
        delta: PackageDelta,
        /// The version that it is built on, where the system picks that anew for each change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checksum: Option<String>,
    },
    /// Prepare what that offers and follow it from then on.
    Rebase {
        target: TargetId,
    },
    Cleanup,
    /// Fetch it and leave it until somebody asks for it.
    Download {
        origin: String,
        checksum: String,
    },
    /// Use what is prepared at once.
    ApplyLive {
        id: DeploymentId,
    },
    /// Open the running version for changes that the next start forgets.
    Unlock,
    /// Prepare a version that is started with other arguments.
    Arguments {
        #[serde(flatten)]
        delta: ArgumentDelta,
        /// The version that it is built on, where the system picks that anew for each change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checksum: Option<String>,
    },
    Extra {
        id: ExtraId,
        enabled: bool,
    },
    Automatic {
        policy: Policy,
    },
    /// Save the running system as it is now.
    Snapshot {
        name: String,
    },

    Name {
        id: DeploymentId,
        name: String,
    },
    MarkGood {
        checksum: String,
    },
    Skip {
        checksum: String,
        version: String,
    },
    Unskip {
        checksum: String,
    },
    /// Remember that these were taken out so that an update could go on.
    PutAside {
        packages: Vec<PackageName>,
    },
    /// Forget that.
    TakeBack {
        packages: Vec<PackageName>,
    },
}

impl Step {
    /// True for what the service itself does; false for what an engine runs.
    pub fn is_memory(&self) -> bool {
        matches!(
            self,
            Self::Name { .. }
                | Self::MarkGood { .. }
                | Self::Skip { .. }
                | Self::Unskip { .. }
                | Self::PutAside { .. }
                | Self::TakeBack { .. }
        )
    }
}

/// Room that a plan needs on one file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SpaceNeed {
    /// Where, for example `/boot`.
    pub mount: String,
    pub needed: u64,
    pub free: u64,
}

/// What the person should know before saying yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Warning {
    /// Edits below /etc made since then stay with the running version.
    EtcChangesStay { count: u64 },
    /// A prepared update is dropped.
    StagedDropped { version: String },
    /// The version is older than the running one.
    Older { version: String },
    /// The download's size is not published.
    SizeUnknown,
    /// The origin asks for no signature.
    NotSigned,
    /// Once it has begun it cannot be stopped.
    CannotStop,
    /// These packages are taken out, and added again when they fit.
    PutAside { packages: Vec<PackageName> },
    /// The change of these packages, which was prepared with it, is undone as well.
    PackagesToo { packages: Vec<PackageName> },
    /// This version makes room for the new one at once: until that is in place there is no way back.
    ReplacesNow { version: String },
    /// Afterwards there is no going back to this version.
    NoWayBack { version: String },
    /// Programs that run now may notice that parts of the system changed below them.
    ChangesLive,
    /// No check of the engine's own looks for enough room.
    SpaceUnknown,
}

/// An immutable, resolved answer to a wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    pub wish: Wish,
    pub steps: Vec<Step>,
    /// Version that it is about.
    pub target: String,
    /// Its deployment, where it exists already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_id: Option<DeploymentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_timestamp: Option<Seconds>,
    /// Version that runs while the plan is made.
    pub running: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub space: Vec<SpaceNeed>,
    /// Bytes that become free, where that is what it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frees: Option<u64>,
    pub restart_needed: bool,
    #[serde(default)]
    pub verification: Verification,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl Plan {
    /// A plan with nothing in it yet.
    pub fn new(wish: Wish, running: impl Into<String>, target: impl Into<String>) -> Self {
        Self {
            wish,
            steps: Vec::new(),
            target: target.into(),
            target_id: None,
            target_timestamp: None,
            running: running.into(),
            download: None,
            space: Vec::new(),
            frees: None,
            restart_needed: false,
            verification: Verification::Unknown,
            warnings: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_change_is_built_on_stands_beside_the_change() {
        let delta = PackageDelta { add: vec![PackageName::new("vim").unwrap()], ..PackageDelta::default() };
        let step = |checksum| Step::Packages { delta: delta.clone(), checksum };
        let plain = json!({ "kind": "packages", "add": ["vim"] });
        let on = json!({ "kind": "packages", "add": ["vim"], "checksum": "sha256:01" });
        for (step, json) in [(step(None), plain), (step(Some("sha256:01".into())), on)] {
            assert_eq!(serde_json::to_value(&step).unwrap(), json);
            assert_eq!(serde_json::from_value::<Step>(json).unwrap(), step);
        }
        let step = Step::Arguments { delta: ArgumentDelta::default(), checksum: Some("1".into()) };
        let json = serde_json::to_value(&step).unwrap();
        assert_eq!(json, json!({ "kind": "arguments", "checksum": "1" }));
        assert_eq!(serde_json::from_value::<Step>(json).unwrap(), step);
    }
}
