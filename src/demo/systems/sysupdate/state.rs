//! What is here and what is on offer, and how sysupdate chooses among it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// One version. What is left out is false.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools)]
pub struct Image {
    pub version: String,
    pub available: bool,
    pub installed: bool,
    pub protected: bool,
    pub incomplete: bool,
    pub obsolete: bool,
    /// Fetched and not put in place.
    pub pending: bool,
    /// The features that came with it.
    pub features: BTreeSet<String>,
}

/// An optional part that the makers offer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Feature {
    pub description: String,
    pub enabled: bool,
    /// It cannot be turned on or off.
    pub stuck: bool,
}

impl Feature {
    pub fn new(description: &str) -> Self {
        Self { description: description.into(), ..Self::default() }
    }
}

/// What the stand-in knows: the newest version first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub images: Vec<Image>,
    /// How many versions may be here.
    pub most: usize,
    pub last_job: u64,
    /// Jobs under way: number and kind.
    pub jobs: BTreeMap<u64, String>,
    /// What class `ListTargets` gives to the system that runs; that is `host` unless it knows none.
    pub class: String,
    /// Version or feature → the very words that are told of it.
    pub told: BTreeMap<String, String>,
    pub features: BTreeMap<String, Feature>,
}

impl Default for State {
    fn default() -> Self {
        let (images, jobs, told) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let features = BTreeMap::new();
        Self { images, most: 3, last_job: 0, jobs, class: "host".into(), told, features }
    }
}

impl State {
    pub fn find(&self, version: &str) -> Option<&Image> {
        self.images.iter().find(|image| image.version == version)
    }

    /// What is here, and unless asked not to, what is on offer.
    pub fn all(&self, offline: bool) -> Vec<String> {
        let told = |image: &&Image| image.installed || (image.available && !offline);
        self.images.iter().filter(told).map(|image| image.version.clone()).collect()
    }

    pub fn current(&self) -> Option<&Image> {
        self.images.iter().find(|image| image.installed)
    }

    /// The features that are on.
    fn on(&self) -> BTreeSet<String> {
        self.features.iter().filter(|(_, feature)| feature.enabled).map(|(name, _)| name.clone()).collect()
    }

    /// Whether a part of it is missing, also one that was turned on since it was put in place.
    fn lacks(&self, image: &Image) -> bool {
        image.incomplete || !self.on().is_subset(&image.features)
    }

    /// As upstream tells of one feature.
    pub fn describe_feature(&self, name: &str) -> Option<String> {
        if let Some(told) = self.told.get(name) {
            return Some(told.clone());
        }
        let told = self.features.get(name)?;
        let told = json!({
            "name": name,
            "description": told.description,
            "enabled": told.enabled,
            "documentationUrl": format!("https://os.example.org/features/{name}"),
            "appstreamUrl": null,
            "transfers": [format!("/usr/lib/sysupdate.d/80-{name}.transfer")],
        });
        Some(told.to_string())
    }

    /// The newest one on offer, unless it or something newer is here as a whole.
    pub fn candidate(&self) -> Option<&Image> {
        let whole = |image: &Image| image.installed && !self.lacks(image);
        let here = self.images.iter().position(|image| image.installed).map_or(self.images.len(), |at| {
            if whole(&self.images[at]) { at } else { at + 1 }
        });
        self.images.iter().take(here).find(|image| image.available && !image.obsolete)
    }

    /// As upstream tells of one version.
    pub fn describe(&self, version: &str, offline: bool) -> Option<String> {
        if let Some(told) = self.told.get(version) {
            return Some(told.clone());
        }
        let image = self.find(version).filter(|image| image.installed || !offline)?;
        let newest = self.images.first().is_some_and(|first| first.version == version);
        let mut told = json!({
            "version": image.version,
            "newest": newest,
            "available": image.available && !offline,
            "installed": image.installed,
            "obsolete": image.obsolete,
            "protected": image.protected,
            "incomplete": image.installed && self.lacks(image),
            "changelogUrls": [],
            "contents": [{ "type": "partition", "path": null, "mtime": null }],
        });
        if image.pending {
            told["pending"] = Value::Bool(true);
        }
        Some(told.to_string())
    }

    /// Removes the oldest until that many are left; the protected ones stay.
    pub fn vacuum(&mut self, most: usize) -> u32 {
        let mut removed = 0;
        while self.images.iter().filter(|image| image.installed).count() > most {
            let Some(oldest) = self.images.iter_mut().rfind(|image| image.installed && !image.protected) else {
                break;
            };
            oldest.installed = false;
            removed += 1;
        }
        self.images.retain(|image| image.installed || image.available);
        removed
    }

    /// Removes the oldest, so that one more has room.
    pub fn make_room(&mut self) -> u32 {
        self.vacuum(self.most.saturating_sub(1).max(1))
    }

    /// Has fetched a version.
    pub fn acquire(&mut self, version: &str) {
        if let Some(image) = self.images.iter_mut().find(|image| image.version == version) {
            image.pending = true;
        }
    }

    pub fn install(&mut self, version: &str) {
        let on = self.on();
        if let Some(image) = self.images.iter_mut().find(|image| image.version == version) {
            (image.pending, image.installed, image.incomplete) = (false, true, false);
            image.features = on;
        }
    }
}
