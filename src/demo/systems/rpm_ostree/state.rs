//! What the played rpm-ostreed knows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One entry of `Deployments`, spelled as `rpm-ostree status --json` prints it.
pub type Deployment = Map<String, Value>;

/// Which versions of added packages a version has, among what is known of it; nothing for the oldest.
pub const PACKED: &str = "packed";

/// Its word among the states of the stage.
pub const NAME: &str = "rpm-ostree";

/// Everything is what `rpm-ostree` would tell, but for what the origins have.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// In boot order.
    pub deployments: Vec<Deployment>,
    pub cached_update: Deployment,
    /// What is followed → what its place offers.
    pub offers: BTreeMap<String, Release>,
    /// Packages that can be added.
    pub repository: Vec<Package>,
    /// What packages that were added have newer versions of, as in [`Release::diff`], and what these close.
    pub newer: Map<String, Value>,
    pub newer_advisories: Vec<Value>,
    /// Packages that every base has.
    pub base: Vec<String>,
    /// Somebody else's transaction that runs: method, bus name, title.
    pub active: Option<(String, String, String)>,
    /// What it does by itself, as it has last read; empty for nothing.
    pub policy: String,
    /// Its configuration may say what it wants.
    pub stubborn: bool,
    pub timer_runs: bool,
    pub trouble: Trouble,
}

/// A version of the base.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Release {
    pub version: String,
    pub timestamp: u64,
    pub checksum: String,
    /// Of an image.
    pub digest: String,
    /// Of an image: bytes of the layers that are new.
    pub bytes: u64,
    /// `upgraded`, `downgraded`, `removed`, `added`.
    pub diff: Map<String, Value>,
    pub advisories: Vec<Value>,
    /// Added packages that it does not go with.
    pub unfit: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    pub name: String,
    pub evr: String,
    pub summary: String,
}

/// What goes wrong in transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Trouble {
    #[default]
    None,
    /// Each ends with these words.
    Fails { words: String },
    /// The daemon is gone in the middle.
    Vanishes,
    /// It begins and says nothing any more.
    Silent,
    /// Each ends well, and nothing was taken out.
    Partly,
}

impl State {
    pub fn booted(&self) -> Option<usize> {
        self.deployments.iter().position(|d| flag(d, "booted"))
    }

    /// Which versions of added packages there are now.
    pub fn packed(&self) -> String {
        if self.newer.is_empty() { String::new() } else { commit(&format!("{:?}", self.newer)) }
    }

    /// What the origin of `deployment` offers.
    pub fn offer(&self, deployment: &Deployment) -> Option<&Release> {
        self.offers.get(origin(deployment))
    }
}

pub fn flag(deployment: &Deployment, key: &str) -> bool {
    deployment.get(key).and_then(Value::as_bool).unwrap_or(false)
}

pub fn text<'a>(deployment: &'a Deployment, key: &str) -> &'a str {
    deployment.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub fn texts(deployment: &Deployment, key: &str) -> Vec<String> {
    let list = deployment.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

pub fn origin(deployment: &Deployment) -> &str {
    match text(deployment, "container-image-reference") {
        "" => text(deployment, "origin"),
        image => image,
    }
}

/// The commit of the base.
pub fn base(deployment: &Deployment) -> &str {
    match text(deployment, "base-checksum") {
        "" => text(deployment, "checksum"),
        base => base,
    }
}

/// A version of that base, with nothing added.
pub fn deployment(origin: &str, release: &Release) -> Deployment {
    let mut new = Map::new();
    let fixed = json!({
        "osname": "fedora", "serial": 0, "booted": false, "staged": false, "pinned": false, "unlocked": "none",
        "regenerate-initramfs": false, "requested-packages": [], "requested-local-packages": [],
        "requested-base-removals": [], "requested-base-local-replacements": [], "packages": [],
        "base-removals": [], "base-local-replacements": [], "base-remote-replacements": {},
    });
    if let Value::Object(fixed) = fixed {
        new.extend(fixed);
    }
    follow(&mut new, origin, release);
    finish(&mut new, &release.checksum, &[]);
    new
}

/// Notes what is followed and what of it this is.
pub fn follow(deployment: &mut Deployment, origin: &str, release: &Release) {
    let keys = ["origin", "container-image-reference", "container-image-reference-digest", "gpg-enabled"];
    for key in keys.into_iter().chain(["signatures"]) {
        deployment.remove(key);
    }
    if origin.starts_with("ostree-") {
        deployment.insert("container-image-reference".into(), origin.into());
        deployment.insert("container-image-reference-digest".into(), release.digest.as_str().into());
    } else {
        deployment.insert("origin".into(), origin.into());
        deployment.insert("gpg-enabled".into(), true.into());
        deployment.insert("signatures".into(), json!([signature()]));
    }
    deployment.insert("version".into(), release.version.as_str().into());
    deployment.insert("timestamp".into(), release.timestamp.into());
}

/// A good signature, as libostree tells it.
pub fn signature() -> Value {
    json!([
        true, false, false, false, false, "C6E7F081CF80E13146676E88829B606631645531", 1_793_836_800, 0, "RSA",
        "SHA256", "Fedora (43)", "fedora-43-primary@fedoraproject.org"
    ])
}

/// Works out what is in effect on that base, and the commit that comes of it.
pub fn finish(deployment: &mut Deployment, base: &str, in_base: &[String]) {
    let mut packages = texts(deployment, "requested-packages");
    packages.retain(|name| !in_base.contains(name));
    let removals = texts(deployment, "requested-base-removals");
    let local = texts(deployment, "requested-local-packages");
    let removed: Vec<Value> = removals
        .iter()
        .map(|name| json!([format!("{name}-1.0-1.fc43.x86_64"), name, 0, "1.0", "1.fc43", "x86_64"]))
        .collect();
    let layered = !packages.is_empty() || !removals.is_empty() || !local.is_empty();
    let checksum =
        if layered { commit(&format!("{base} {packages:?} {removals:?} {local:?}{}", text(deployment, PACKED))) } else { base.to_owned() };
    for key in ["base-checksum", "base-version", "base-timestamp"] {
        deployment.remove(key);
    }
    if layered {
        deployment.insert("base-checksum".into(), base.into());
        for key in ["version", "timestamp"] {
            let value = deployment.get(key).cloned().unwrap_or_default();
            deployment.insert(format!("base-{key}"), value);
        }
    }
    deployment.insert("packages".into(), packages.into());
    deployment.insert("base-removals".into(), removed.into());
    deployment.insert("id".into(), format!("{}-{checksum}.0", text(deployment, "osname")).into());
    deployment.insert("checksum".into(), checksum.into());
}

/// Something that looks like a commit and differs with the words.
pub fn commit(words: &str) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    (0..4_u8)
        .map(|part| {
            let mut hasher = DefaultHasher::new();
            (part, words).hash(&mut hasher);
            format!("{:016x}", hasher.finish())
        })
        .collect()
}
