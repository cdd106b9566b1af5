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
        match self.all_by_word(word)[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// All deployments that a word may mean: the one of that id, else those of that version or name, else those whose id
    /// or checksum begins so.
    pub fn all_by_word(&self, word: &str) -> Vec<&Deployment> {
        let ways: [fn(&Deployment, &str) -> bool; 3] = [
            |d, word| d.id.as_str() == word,
            |d, word| d.version == word || d.name.as_deref() == Some(word),
            |d, word| word.len() >= 4 && (d.checksum.starts_with(word) || d.id.as_str().starts_with(word)),
        ];
        let found = ways.map(|way| self.deployments.iter().filter(|d| way(d, word)).collect::<Vec<_>>());
        found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_means_several_versions_names_them_all_and_an_id_only_itself() {
        let named = |id: &str, version: &str| Deployment::new(DeploymentId::new(id).unwrap(), version, id);
        let deployments = vec![named("51", "45"), named("50", "1"), named("45", "45"), named("44", "44")];
        let status = SystemStatus { deployments, ..SystemStatus::default() };
        let ids = |word| status.all_by_word(word).iter().map(|d| d.id.to_string()).collect::<Vec<_>>();
        assert_eq!(ids("45"), ["45"], "the id goes before the version");
        assert_eq!(status.by_word("1").map(|d| d.id.as_str()), Some("50"));
        let twice = vec![named("a", "45"), named("b", "45")];
        let status = SystemStatus { deployments: twice, ..SystemStatus::default() };
        assert_eq!(status.all_by_word("45").len(), 2);
        assert_eq!((status.by_word("45"), status.by_word("46")), (None, None));
    }
}
