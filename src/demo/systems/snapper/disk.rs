//! What snapperd knows of the played disk.

use crate::systems::Stage;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

/// The name of the state; a played system whose updater stands on snapper shares it.
pub(crate) const STATE: &str = "snapper";
/// snapper: snapper/Snapshot.h, `SnapshotType`.
pub(crate) const SINGLE: u16 = 0;
pub(crate) const PRE: u16 = 1;
pub(crate) const POST: u16 = 2;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Snapshot {
    pub(crate) number: u32,
    pub(crate) kind: u16,
    pub(crate) pre: u32,
    pub(crate) date: i64,
    pub(crate) description: String,
    pub(crate) cleanup: String,
    pub(crate) userdata: BTreeMap<String, String>,
    pub(crate) writable: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Disk {
    /// Configuration → subvolume.
    pub(crate) configs: BTreeMap<String, String>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) active: Option<u32>,
    /// The snapshot that the default subvolume is.
    pub(crate) default: Option<u32>,
    /// Methods that this version of snapperd does not have yet.
    pub(crate) lacks: BTreeSet<String>,
    /// That many snapshots of a timeline are there, too.
    pub(crate) timeline: u32,
    /// What differs between any two, as snapper/File.h has the bits.
    pub(crate) files: Vec<(String, u32)>,
    /// Comparisons that are open.
    pub(crate) compared: BTreeSet<(u32, u32)>,
    pub(crate) no_quota: bool,
}

impl Disk {
    pub(crate) fn find(&mut self, number: u32) -> Option<&mut Snapshot> {
        self.snapshots.iter_mut().find(|s| s.number == number)
    }

    /// Adds one and gives its number.
    pub(crate) fn make(&mut self, of: Snapshot) -> u32 {
        let number = self.snapshots.iter().map(|s| s.number).max().unwrap_or(0) + 1;
        self.snapshots.push(Snapshot { number, date: now(), ..of });
        number
    }

    /// Keeps the two newest of those that an algorithm looks after, and all that are important.
    pub(crate) fn clean_up(&mut self, algorithm: &str) {
        let special = [self.active, self.default];
        let mut left = 2;
        let mut gone = Vec::new();
        for s in self.snapshots.iter().rev().filter(|s| s.cleanup == algorithm) {
            let stays = special.contains(&Some(s.number)) || s.userdata.contains_key("important") || left > 0;
            left -= usize::from(left > 0);
            if !stays {
                gone.push(s.number);
            }
        }
        self.snapshots.retain(|s| !gone.contains(&s.number));
    }

    /// snapper: client/snapper/cmd-rollback.cc with a number.
    pub(crate) fn roll_back(&mut self, number: u32, classic: bool) -> Option<()> {
        self.find(number)?;
        if !classic {
            self.find(number)?.cleanup.clear();
            self.default = Some(number);
            return Some(());
        }
        let of = self.default.map(|n| format!(" of #{n}")).unwrap_or_default();
        self.make(Snapshot {
            description: format!("rollback backup{of}"),
            cleanup: "number".into(),
            userdata: BTreeMap::from([("important".into(), "yes".into())]),
            ..Snapshot::default()
        });
        let copy = self.make(Snapshot {
            description: format!("writable copy of #{number}"),
            writable: true,
            ..Snapshot::default()
        });
        if let Some(before) = self.default.and_then(|n| self.find(n)).filter(|s| s.cleanup.is_empty()) {
            before.cleanup = "number".into();
        }
        self.default = Some(copy);
        Some(())
    }

    /// The starting loader takes the default subvolume. Writes what the kernel says of it then.
    pub(crate) fn restart(stage: &Stage) -> io::Result<()> {
        let number = stage.change(STATE, |disk: &mut Self| {
            disk.active = disk.default.or(disk.active);
            disk.active
        })?;
        mount(stage, number)
    }
}

/// proc_pid_mountinfo(5)
pub(crate) fn mount(stage: &Stage, number: Option<u32>) -> io::Result<()> {
    let subvolume = number.map_or_else(|| "/@".to_owned(), |n| format!("/@/.snapshots/{n}/snapshot"));
    let line = format!(
        "22 1 0:19 {subvolume} / rw,relatime shared:1 - btrfs /dev/vda2 rw,space_cache=v2,subvol={subvolume}\n"
    );
    stage.mount_next(subvolume.trim_start_matches('/'))?;
    stage.write("/proc/self/mountinfo", &line)
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}
