//! The whole system at one moment.

use crate::{Ability, Automatic, Deployment, DeploymentId, PackageName, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why an update is not offered although there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum HeldBack {
    /// The person went back from it.
    Skipped { version: String, checksum: String },
    /// Another tool is changing the system right now.
    BusyElsewhere,
    /// Added packages were taken out so that an update could go on.
    Aside {
        packages: Vec<PackageName>,
        /// They could be added again now.
        #[serde(default)]
        fits: bool,
    },
}

/// Something that happened while nobody looked and that the person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Notice {
    /// The last shutdown could not put the prepared version in place.
    FinalizeFailed { detail: String },
    /// A change was cut off; nothing of it is in effect.
    Interrupted { wish: String, step: String },
    /// The person went back and runs the older version now.
    WentBack { from: String, check: String, detail: String },
}

/// Room on the file system that holds the versions, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Space {
    pub free: u64,
    pub total: u64,
    /// All versions together, shared parts once; `None` until counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<u64>,
}

/// What runs, what starts next, what else there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SystemStatus {
    /// The engine's word, for example `ostree`.
    pub engine: String,
    /// What the running system calls itself.
    pub os_name: String,
    pub abilities: Vec<Ability>,
    /// In boot order: what starts next comes first.
    pub deployments: Vec<Deployment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_back: Vec<HeldBack>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    #[serde(default)]
    pub space: Space,
    /// What it does about updates by itself; `None` where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<Automatic>,
    /// Where its makers say what is new, an address of the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// When the origin was last asked with success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_check: Option<Seconds>,
}

impl SystemStatus {
    pub fn running(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|d| d.running)
    }

    pub fn next(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|d| d.next)
    }

    pub fn staged(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|d| d.staged)
    }

    pub fn previous(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|d| d.previous)
    }

    pub fn find(&self, id: &DeploymentId) -> Option<&Deployment> {
        self.deployments.iter().find(|d| &d.id == id)
    }

    /// True if another version than the running one starts next.
    pub fn restart_pending(&self) -> bool {
        matches!((self.running(), self.next()), (Some(r), Some(n)) if r.id != n.id)
    }

    pub fn can(&self, ability: Ability) -> bool {
        self.abilities.contains(&ability)
    }

    /// The deployment that a person means by a word: an id, the start of one or of a checksum, a version,
    /// a name, or `running`, `next`, `previous`. `None` when nothing or more than one thing fits.
    pub fn by_word(&self, word: &str) -> Option<&Deployment> {
        match word {
            "running" => return self.running(),
            "next" => return self.next(),
            "previous" => return self.previous(),
            "" => return None,
            _ => {}
        }
        let exact =
            |d: &&Deployment| d.id.as_str() == word || d.version == word || d.name.as_deref() == Some(word);
        let starts = |d: &&Deployment| {
            word.len() >= 4 && (d.checksum.starts_with(word) || d.id.as_str().starts_with(word))
        };
        only(self.deployments.iter().filter(exact)).or_else(|| only(self.deployments.iter().filter(starts)))
    }
}

fn only<'a>(mut found: impl Iterator<Item = &'a Deployment>) -> Option<&'a Deployment> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}
