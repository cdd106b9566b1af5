//! One bootable version of the system.

use crate::{Problem, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names a deployment: `<stateroot>-<checksum>.<serial>` on ostree, the spelling of rpm-ostree's own ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct DeploymentId(String);

impl DeploymentId {
    /// Longest id that is accepted, in bytes.
    pub const MAX: usize = 256;

    /// Accepts letters, digits and `._-`, not starting with a dash or a dot.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] for anything else.
    pub fn new(text: impl Into<String>) -> Result<Self, Problem> {
        let text = text.into();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if text.is_empty()
            || text.len() > Self::MAX
            || text.starts_with(['-', '.'])
            || !text.chars().all(legal)
            || text.contains("..")
        {
            return Err(Problem::InvalidArgument { what: "version".into() });
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DeploymentId {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::new(text)
    }
}

impl From<DeploymentId> for String {
    fn from(id: DeploymentId) -> Self {
        id.0
    }
}

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a word can be a version's `checksum`: letters, digits and `.:_+-`, at most 256.
pub fn is_identity(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '_' | '+' | '-');
    !text.is_empty() && text.len() <= DeploymentId::MAX && !text.starts_with('-') && text.chars().all(legal)
}

/// What is known of who made a version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Verification {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// The origin asks for no signature.
    NotRequired,
    /// A good signature; `key` is the fingerprint and `signer` who it says it is.
    Signed { key: String, signer: String },
    /// The origin asks for a signature and this version has none that holds.
    Failed { detail: String },
}

/// Whether a version has shown that it works.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Health {
    #[default]
    Unknown,
    /// Runs for the first time; nobody has said yet whether it works.
    Trial,
    /// The person kept it after it ran, or it ran when Cairn came.
    Good,
    /// A health check failed while it ran.
    Bad { check: String, detail: String },
}

/// Why a version cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Defect {
    /// The boot menu has no entry for it.
    NoBootEntry,
    /// Its preparation did not finish.
    Incomplete,
    /// The system has marked it as bad.
    MarkedBad,
}

/// One version of the system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deployment {
    pub id: DeploymentId,
    /// What the maker calls it; a short checksum where the maker says nothing.
    pub version: String,
    /// The system it holds, as its maker calls it in full; often the same for all versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What was being done when it was made, in the words of the program that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The name that the person gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was made, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Seconds>,
    /// What tells its content from any other: a commit, a digest, a store path's name. An identity of
    /// [`is_identity`].
    pub checksum: String,
    /// Where its updates come from, `remote:ref` on ostree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    pub running: bool,
    /// Starts at the next boot.
    pub next: bool,
    /// Prepared; written to the boot entries at shutdown.
    pub staged: bool,
    /// The one that "Go back" means.
    pub previous: bool,
    pub kept: bool,
    /// The newest version that is known to work, apart from a running one on trial.
    pub last_known_good: bool,
    /// The person went back from it; updates do not bring it again.
    pub skipped: bool,
    #[serde(default)]
    pub health: Health,
    #[serde(default)]
    pub verification: Verification,
    /// Bytes that become free when it is removed; `None` until they are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_bytes: Option<u64>,
    /// `None` where it can be started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<Defect>,
    /// Its content is in use although the machine was started with another.
    #[serde(default, skip_serializing_if = "is_false")]
    pub live: bool,
    /// Open for changes that the next start forgets.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unlocked: bool,
    /// Prepared, but does not start until somebody asks for it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub held: bool,
    /// Can be started without the firmware and the kernel.
    #[serde(default, skip_serializing_if = "is_false")]
    pub soft: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Deployment {
    /// One of which nothing else is known yet.
    pub fn new(id: DeploymentId, version: impl Into<String>, checksum: impl Into<String>) -> Self {
        Self {
            id,
            version: version.into(),
            title: None,
            description: None,
            name: None,
            timestamp: None,
            checksum: checksum.into(),
            origin: None,
            running: false,
            next: false,
            staged: false,
            previous: false,
            kept: false,
            last_known_good: false,
            skipped: false,
            health: Health::Unknown,
            verification: Verification::Unknown,
            unique_bytes: None,
            defect: None,
            live: false,
            unlocked: false,
            held: false,
            soft: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_an_allow_list() {
        for good in ["debian-abc.0", "fedora-0123.12", "a_b"] {
            assert!(DeploymentId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", ".a", "a/b", "a b", "a\n", "ü", "a..b", &"x".repeat(257)] {
            assert!(DeploymentId::new(bad).is_err(), "{bad:?}");
        }
    }
}
