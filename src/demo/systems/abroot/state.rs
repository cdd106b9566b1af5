//! What the stand-in of ABRoot knows.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

pub const IMAGE: &str = "ghcr.io/vanilla-os/desktop:main";
const KARGS: &str = "quiet splash bgrt_disable $vt_handoff lsm=integrity";
const RUNNING: &str = "sha256:7d1c09a4e2f85b36c4a90d17fe3b6825d0a1c94e77b2f3865ac0de1947b35f02";
const OLDER: &str = "sha256:e95b60d2714fac8830b5d6f2a97c1e4408d3bb5f61e27ca94f10837d6b2ca51e";
const NEWER: &str = "sha256:2af4c8173e90bd65f1a27c0498e63db5704ef2c1698ba3d50c47e9f1832db6a7";
const NVIDIA: &str = "sha256:b80e2f6d5c91473aa6f0d25e84b17c3962e5a8d0f4713bc96a2d08e57f419c3b";
const DEVELOPMENT: &str = "sha256:51c7a3f90e84d2b6658f1c0ad39e7b24f8065dce91a24b703f6ed5187c0a92be";

/// Everything that is not in a file which ABRoot itself keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The label of the root that runs.
    pub present: String,
    /// The label of the root that GRUB starts.
    pub default: String,
    /// By label.
    pub roots: BTreeMap<String, Root>,
    /// `registry/name:tag` → what it offers.
    pub registry: BTreeMap<String, Offered>,
    /// Whoever asks is not root.
    pub unprivileged: bool,
    /// The boot partition cannot be mounted.
    pub boot_broken: bool,
    /// The registry cannot be reached.
    pub offline: bool,
    /// The service that compares images knows nothing.
    pub uncompared: bool,
    /// Building fails after it has begun to write.
    pub breaks: bool,
    /// It is cut off by a power failure at that point, which nothing comes after.
    pub dies: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Root {
    pub digest: String,
    pub timestamp: String,
    pub image: String,
    /// What its packages differ in from the image.
    pub summary: String,
    /// What its boot entry tells the kernel.
    pub kargs: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Offered {
    pub digest: String,
    /// Name, version before, version after.
    pub upgraded: Vec<(String, String, String)>,
    pub added: Vec<(String, String)>,
    pub removed: Vec<(String, String)>,
}

impl Default for State {
    fn default() -> Self {
        let root = |digest: &str, timestamp: &str, summary: &str| Root {
            digest: digest.into(),
            timestamp: timestamp.into(),
            image: IMAGE.into(),
            summary: summary.into(),
            kargs: KARGS.into(),
        };
        let plain = |digest: &str| Offered { digest: digest.into(), ..Offered::default() };
        Self {
            present: "vos-a".into(),
            default: "vos-a".into(),
            roots: BTreeMap::from([
                ("vos-a".into(), root(RUNNING, "2026-10-19T18:42:07.318265401+02:00", "+ tmux\n")),
                ("vos-b".into(), root(OLDER, "2026-09-28T09:15:33.902417655+02:00", "")),
            ]),
            registry: BTreeMap::from([
                (IMAGE.into(), offered()),
                ("ghcr.io/vanilla-os/desktop:dev".into(), plain(DEVELOPMENT)),
                ("ghcr.io/vanilla-os/nvidia:main".into(), plain(NVIDIA)),
                ("ghcr.io/vanilla-os/nvidia:dev".into(), plain(DEVELOPMENT)),
            ]),
            unprivileged: false,
            boot_broken: false,
            offline: false,
            uncompared: false,
            breaks: false,
            dies: false,
        }
    }
}

fn offered() -> Offered {
    let upgraded = [
        ("gnome-shell", "47.4-1", "47.5-1"),
        ("linux-image-amd64", "6.12.41-1", "6.12.48-1"),
        ("mesa-vulkan-drivers", "25.0.7-2", "25.0.7-3"),
        ("openssl", "3.5.1-1", "3.5.4-1"),
        ("systemd", "257.7-1", "257.9-1"),
        ("vanilla-apx-gui", "2.4.1-1", "2.5.0-1"),
    ];
    Offered {
        digest: NEWER.into(),
        upgraded: upgraded.map(|(name, old, new)| (name.into(), old.into(), new.into())).into(),
        added: vec![("libdisplay-info2".into(), "0.2.0-2".into())],
        removed: vec![("libdisplay-info1".into(), "0.1.1-1".into())],
    }
}

impl State {
    /// The label of the root that is not this one.
    pub fn other(&self, label: &str) -> String {
        self.roots.keys().find(|other| *other != label).cloned().unwrap_or_default()
    }

    pub fn running(&self) -> Root {
        self.roots.get(&self.present).cloned().unwrap_or_default()
    }
}

/// The time as Go writes it, RFC 3339.
pub fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (day, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // The calendar begins its years in March, so that the day of a leap year comes last.
    let day = day + 719_468;
    let (era, day_of_era) = (day / 146_097, day % 146_097);
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.{:09}Z", since.subsec_nanos())
}
