//! What the stand-ins of RAUC know.

use super::super::{Call, Reply, Stage};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io;

/// The name of the state.
pub const NAME: &str = "rauc";

/// The manifests' hashes of the versions that there are.
pub const RUNNING: &str = "5b1f0c7e9a44d2f83b6e0d1c7a95e8f24c6b30d9e17f8a52b4c3d6e9f0a1b2c3";
pub const BEFORE: &str = "c2d9e4b1a7f03865d4e2b9c8a1f7063e5d4c3b2a19087f6e5d4c3b2a1f0e9d8c";
pub const OFFERED: &str = "91e7c5a3f1d0b8e6c4a2908f7e5d3c1b0a9f8e7d6c5b4a3928170f6e5d4c3b2a";

/// Facts of a slot, as they go over the bus.
pub type Facts = BTreeMap<String, Json>;

/// The slots, the boot loader and what is being installed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Device {
    pub compatible: String,
    pub slots: BTreeMap<String, Facts>,
    /// The boot loader's first choice; empty if it does not tell.
    pub primary: String,
    pub operation: String,
    pub last_error: String,
    pub percent: i32,
    /// Whoever installs has to choose the slot, too.
    pub leaves_choice: bool,
    /// Marks are taken and change nothing.
    pub forgetful: bool,
    /// Answers as RAUC before 1.14.
    pub old: bool,
    /// Installing fails with those words once half of it is done.
    pub fails: String,
}

impl Default for Device {
    fn default() -> Self {
        let slots = [
            ("rootfs.0", slot("A", "booted", "2026.10.1", "20261019", RUNNING, "2026-10-22T04:12:09Z")),
            ("rootfs.1", slot("B", "inactive", "2026.9.3", "20260914", BEFORE, "2026-09-17T04:03:51Z")),
            ("appfs.0", part("rootfs.0", "active")),
            ("appfs.1", part("rootfs.1", "inactive")),
        ];
        Self {
            compatible: "acme-panel-x2".into(),
            slots: slots.map(|(name, facts)| (name.to_owned(), facts)).into(),
            primary: "rootfs.0".into(),
            operation: "idle".into(),
            last_error: String::new(),
            percent: 0,
            leaves_choice: false,
            forgetful: false,
            old: false,
            fails: String::new(),
        }
    }
}

fn facts<const N: usize>(facts: [(&str, Json); N]) -> Facts {
    facts.map(|(key, fact)| (key.to_owned(), fact)).into()
}

fn slot(boot: &str, state: &str, version: &str, build: &str, hash: &str, installed: &str) -> Facts {
    let mut slot = facts([
        ("class", json!("rootfs")),
        ("device", json!(format!("/dev/disk/by-partlabel/rootfs-{}", boot.to_lowercase()))),
        ("type", json!("ext4")),
        ("bootname", json!(boot)),
        ("state", json!(state)),
        ("boot-status", json!("good")),
    ]);
    fill(&mut slot, version, build, hash, installed);
    slot
}

fn part(parent: &str, state: &str) -> Facts {
    facts([
        ("class", json!("appfs")),
        ("device", json!(format!("/dev/disk/by-partlabel/{parent}-app"))),
        ("type", json!("ext4")),
        ("parent", json!(parent)),
        ("state", json!(state)),
        ("status", json!("ok")),
    ])
}

fn fill(slot: &mut Facts, version: &str, build: &str, hash: &str, installed: &str) {
    slot.extend(facts([
        ("bundle.compatible", json!("acme-panel-x2")),
        ("bundle.version", json!(version)),
        ("bundle.build", json!(build)),
        ("bundle.hash", json!(hash)),
        ("status", json!("ok")),
        ("sha256", json!(hash.chars().rev().collect::<String>())),
        ("size", json!(734_003_200_u64)),
        ("installed.timestamp", json!(installed)),
        ("installed.transaction", json!("0b2f6a0e-54f5-4c8e-9a51-6d1f3f7a9c20")),
    ]));
}

impl Device {
    fn is(&self, name: &str, key: &str, word: &str) -> bool {
        self.slots.get(name).and_then(|slot| slot.get(key)).is_some_and(|fact| fact == word)
    }

    /// The slot that runs.
    pub fn booted(&self) -> String {
        self.slots.keys().find(|name| self.is(name, "state", "booted")).cloned().unwrap_or_default()
    }

    /// The slot that is filled next.
    pub fn other(&self) -> String {
        let bootable =
            |name: &&String| self.slots.get(*name).is_some_and(|slot| slot.contains_key("bootname"));
        let other = self.slots.keys().filter(bootable).find(|name| !self.is(name, "state", "booted"));
        other.cloned().unwrap_or_default()
    }

    pub fn version(&self) -> String {
        let slot = self.slots.get(&self.booted());
        slot.and_then(|slot| slot.get("bundle.version")?.as_str()).unwrap_or("2026.10.1").to_owned()
    }

    /// Marks a slot; `active` also makes it good, as boot loaders do.
    pub fn mark(&mut self, state: &str, name: &str) -> bool {
        let Some(slot) = self.slots.get_mut(name).filter(|slot| slot.contains_key("bootname")) else {
            return false;
        };
        if self.forgetful {
            return true;
        }
        let boot = if state == "bad" { "bad" } else { "good" };
        slot.insert("boot-status".into(), json!(boot));
        if state == "active" {
            self.primary = name.to_owned();
        }
        true
    }

    /// Begins to fill the other slot, which is good for nothing until it is full.
    pub fn begin(&mut self) {
        (self.operation, self.percent) = ("installing".into(), 0);
        self.last_error.clear();
        let other = self.other();
        if let Some(slot) = self.slots.get_mut(&other) {
            slot.insert("boot-status".into(), json!("bad"));
            slot.insert("status".into(), json!("pending"));
        }
    }

    /// What a bundle brought is in the other slot, and that starts next.
    pub fn complete(&mut self, version: &str, build: &str, hash: &str) {
        let other = self.other();
        if let Some(slot) = self.slots.get_mut(&other) {
            fill(slot, version, build, hash, "2026-11-23T05:00:00Z");
            slot.insert("boot-status".into(), json!("good"));
        }
        if !self.leaves_choice {
            self.primary = other;
        }
    }

    /// What the boot loader does.
    pub fn start(&mut self) {
        let bootable =
            self.slots.contains_key(&self.primary) && !self.is(&self.primary, "boot-status", "bad");
        let chosen = if bootable { self.primary.clone() } else { self.other() };
        for (name, slot) in &mut self.slots {
            let belongs = slot.get("parent").is_some_and(|parent| *parent == json!(chosen));
            let state = if *name == chosen {
                "booted"
            } else if belongs {
                "active"
            } else {
                "inactive"
            };
            slot.insert("state".into(), json!(state));
        }
        self.mark("good", &chosen);
        self.operation = "idle".into();
        self.percent = 0;
    }

    /// Writes down what is in the slots, as RAUC does with its central status file.
    pub fn note(&self, stage: &Stage) -> io::Result<()> {
        let words = self.slots.iter().map(|(name, slot)| {
            let version = slot.get("bundle.version").and_then(Json::as_str).unwrap_or_default();
            format!("[slot.{name}]\nbundle.version={version}\n")
        });
        stage.write("/data/rauc/status", &words.collect::<String>())
    }
}

/// The program is only looked for; Cairn talks to the service.
pub fn tool(stage: &Stage, call: &Call) -> Reply {
    Reply::unknown(stage, call)
}
