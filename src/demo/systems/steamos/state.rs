//! What the stand-ins of SteamOS know.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The name of the state.
pub const NAME: &str = "steamos";

/// The numbers of atomupd's `UpdateStatus`.
pub const IDLE: u32 = 0;
pub const IN_PROGRESS: u32 = 1;
pub const PAUSED: u32 = 2;
pub const SUCCESSFUL: u32 = 3;
pub const FAILED: u32 = 4;
pub const CANCELLED: u32 = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Build {
    pub id: String,
    pub version: String,
}

/// Build id → facts, as they go over the bus.
pub type Offers = BTreeMap<String, BTreeMap<String, Value>>;

/// Both slots, what is followed and how far an update is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SteamOs {
    /// The image that runs.
    pub running: String,
    pub images: BTreeMap<String, Build>,
    pub variant: String,
    pub branch: String,
    pub variants: Vec<String>,
    pub branches: Vec<String>,
    pub dev_branches: Vec<String>,
    /// Branch → what the server has for it.
    pub server: BTreeMap<String, Build>,
    /// Answered instead of what the server has.
    pub offers: Option<Offers>,
    /// What was found by the last check.
    pub available: Offers,
    pub status: u32,
    pub percent: f64,
    /// When it expects to be done; 0 where it does not know.
    pub ends: u64,
    pub update: Build,
    pub failure: String,
    pub failure_words: String,
    /// How many updates were begun.
    pub begun: u64,
    /// Updates are neither held nor let go on.
    pub stubborn: bool,
    /// An update fails with that error once half of it is done.
    pub fails: String,
}

impl Default for SteamOs {
    fn default() -> Self {
        let build = |id: &str, version: &str| Build { id: id.into(), version: version.into() };
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            running: "A".into(),
            images: [("A", build("20261103.1", "3.8.4")), ("B", build("20260922.1", "3.8.3"))]
                .map(|(image, build)| (image.to_owned(), build))
                .into(),
            variant: "steamdeck".into(),
            branch: "stable".into(),
            variants: words(&["steamdeck"]),
            branches: words(&["stable", "rc", "beta", "preview", "main"]),
            dev_branches: words(&["main", "staging"]),
            server: [
                ("stable", build("20261117.1", "3.8.5")),
                ("rc", build("20261118.2", "3.8.6")),
                ("beta", build("20261119.100", "3.9.0")),
                ("preview", build("20261120.1000", "3.9.1")),
            ]
            .map(|(branch, build)| (branch.to_owned(), build))
            .into(),
            offers: None,
            available: Offers::new(),
            status: IDLE,
            percent: 0.0,
            ends: 0,
            update: Build::default(),
            failure: String::new(),
            failure_words: String::new(),
            begun: 0,
            stubborn: false,
            fails: String::new(),
        }
    }
}

impl SteamOs {
    /// The build that runs.
    pub fn build(&self) -> Build {
        self.images.get(&self.running).cloned().unwrap_or_default()
    }

    /// The slot that does not run.
    pub fn other(&self) -> String {
        if self.running == "A" { "B".into() } else { "A".into() }
    }

    /// Finds what the server has for the branch; nothing if that runs or waits for the restart.
    pub fn check(&mut self) {
        let own = self.server.get(&self.branch).filter(|build| {
            build.id != self.build().id && !(self.status == SUCCESSFUL && build.id == self.update.id)
        });
        let own = own.map(|build| {
            let facts = [
                ("version", json!(build.version)),
                ("variant", json!(self.variant)),
                ("branch", json!(self.branch)),
                ("estimated_size", json!(1_284_505_600_u64)),
            ];
            (build.id.clone(), facts.map(|(key, value)| (key.to_owned(), value)).into())
        });
        self.available = self.offers.clone().unwrap_or_else(|| own.into_iter().collect());
    }

    /// Follows something else; what was found is of no use any more.
    pub fn follow(&mut self, variant: Option<String>, branch: Option<String>) {
        self.variant = variant.unwrap_or_else(|| self.variant.clone());
        self.branch = branch.unwrap_or_else(|| self.branch.clone());
        self.available.clear();
    }

    /// As the service is after a restart.
    pub fn forget(&mut self) {
        self.status = IDLE;
        self.percent = 0.0;
        self.ends = 0;
        self.update = Build::default();
        self.available.clear();
    }
}
