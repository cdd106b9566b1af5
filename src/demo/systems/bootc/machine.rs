//! The versions on the machine, and what bootc does with them.

use super::registry;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const IMAGE: &str = "ghcr.io/ublue-os/bluefin:stable";

/// One version on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Entry {
    pub image: String,
    pub version: String,
    /// The version that was noted with it as the newest.
    pub noted: Option<String>,
    pub pinned: bool,
    /// Downloaded only: shutdown leaves it alone.
    pub locked: bool,
    pub serial: u32,
}

/// What the stand-in knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Machine {
    pub booted: Entry,
    pub staged: Option<Entry>,
    pub rollback: Option<Entry>,
    pub others: Vec<Entry>,
    pub queued: bool,
    /// Image → its version on the registry, where that is another than usual.
    pub published: BTreeMap<String, String>,
    /// What is published right after the registry was asked the next time.
    pub published_next: BTreeMap<String, String>,
    /// Image → the newest version that was fetched.
    pub fetched: BTreeMap<String, String>,
    /// /usr can be written until the restart.
    pub open: bool,
    /// All versions have the same kernel, so that one can be started without it.
    pub same_kernel: bool,
    /// What starts next is mounted for a start without the kernel.
    pub next_root: bool,
    /// It says so, and does nothing.
    pub idle: bool,
    /// Options, and keys of its answer, that this version of the program does not have.
    pub lacks: Vec<String>,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            image: IMAGE.into(),
            version: "stable-43.20261103".into(),
            noted: None,
            pinned: false,
            locked: false,
            serial: 0,
        }
    }
}

impl Default for Machine {
    fn default() -> Self {
        let booted = Entry::default();
        let noted = Some(booted.version.clone());
        let rollback = Entry { version: "stable-43.20261020".into(), noted, ..Entry::default() };
        Self {
            fetched: BTreeMap::from([(booted.image.clone(), booted.version.clone())]),
            booted,
            staged: None,
            rollback: Some(rollback),
            others: Vec::new(),
            queued: false,
            published: BTreeMap::new(),
            published_next: BTreeMap::new(),
            open: false,
            same_kernel: false,
            next_root: false,
            idle: false,
            lacks: Vec::new(),
        }
    }
}

impl Entry {
    pub fn digest(&self) -> String {
        registry::digest(&self.image, &self.version)
    }

    pub fn checksum(&self) -> String {
        registry::checksum(&self.image, &self.version)
    }
}

impl Machine {
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.staged.iter().chain([&self.booted]).chain(&self.rollback).chain(&self.others)
    }

    /// The image that an upgrade asks for.
    pub fn spec(&self) -> String {
        self.staged.as_ref().unwrap_or(&self.booted).image.clone()
    }

    pub fn offered(&self, image: &str) -> Option<String> {
        self.published.get(image).cloned().or_else(|| registry::offers(image).map(ToOwned::to_owned))
    }

    /// The registry is asked: what it has is noted with the newest version that was fetched of that image, if that is
    /// another one. Says what is to be fetched.
    pub fn ask(&mut self, image: &str) -> Option<String> {
        let offered = self.offered(image)?;
        self.published.append(&mut self.published_next);
        let newest = self.fetched.get(image).cloned().filter(|newest| *newest != offered);
        let entries = [Some(&mut self.booted), self.staged.as_mut(), self.rollback.as_mut()];
        for entry in entries.into_iter().flatten().chain(&mut self.others) {
            if entry.image == image && newest.as_ref() == Some(&entry.version) {
                entry.noted = Some(offered.clone());
            }
        }
        Some(offered)
    }

    /// Another version was fetched and takes the place of what was staged.
    pub fn stage(&mut self, image: &str, version: &str) {
        self.fetched.insert(image.to_owned(), version.to_owned());
        let mut entry = Entry { image: image.to_owned(), version: version.to_owned(), ..Entry::default() };
        // The same commit once more is another deployment.
        let same = self.entries().filter(|known| known.checksum() == entry.checksum());
        entry.serial = same.map(|known| known.serial + 1).max().unwrap_or(0);
        self.staged = Some(entry);
        self.next_root = false;
    }

    /// Turns the order around and drops what is staged. False where there is nothing to go back to.
    pub fn roll_back(&mut self) -> bool {
        if self.rollback.is_some() {
            self.queued = !self.queued;
            self.staged = None;
        }
        self.rollback.is_some()
    }

    /// What starts next runs.
    pub fn restart(&mut self) {
        match self.staged.take().filter(|staged| !staged.locked) {
            Some(staged) => {
                let old = std::mem::replace(&mut self.booted, staged);
                let older = self.rollback.replace(old);
                self.others.extend(older.filter(|older| older.pinned));
            }
            None => {
                if let Some(rollback) = self.rollback.as_mut().filter(|_| self.queued) {
                    std::mem::swap(&mut self.booted, rollback);
                }
            }
        }
        self.queued = false;
        self.open = false;
        self.next_root = false;
    }
}
