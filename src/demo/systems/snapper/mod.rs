//! snapperd, `snapper` and what an ordinary distribution that has them looks like.

pub(crate) mod disk;
mod program;
pub(crate) mod service;

use super::{Program, Stage, System};
use disk::{Disk, POST, PRE, STATE, Snapshot};
use std::collections::BTreeMap;
use std::io;

const PROGRAMS: &[(&str, Program)] = &[("snapper", program::play)];

pub const SYSTEMS: [System; 1] = [System {
    name: "debian-btrfs",
    title: "Debian with snapper",
    engine: "snapper",
    btrfs: true,
    lay_out,
    restart: Disk::restart,
    programs: PROGRAMS,
    services: &[service::serve],
}];

const OS_RELEASE: &str = "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"
NAME=\"Debian GNU/Linux\"
VERSION_ID=\"13\"
VERSION=\"13 (trixie)\"
VERSION_CODENAME=trixie
DEBIAN_VERSION_FULL=13.5
ID=debian
";

/// Midnight of the first of September 2026.
const SEPTEMBER: i64 = 1_788_220_800;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn lay_out(stage: &Stage) -> io::Result<()> {
    stage.write("/etc/os-release", OS_RELEASE)?;
    service_file(stage)?;
    stage.write("/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz-6.12.48+deb13-amd64 root=UUID=3f0c quiet\n")?;
    disk::mount(stage, Some(1))?;
    stage.change(STATE, |disk: &mut Disk| *disk = beginning())
}

/// What makes snapperd known on a disk.
pub(crate) fn service_file(stage: &Stage) -> io::Result<()> {
    let name = service::NAME;
    let service = format!("[D-BUS Service]\nName={name}\nExec=/usr/sbin/snapperd\nUser=root\n");
    stage.write(&format!("/usr/share/dbus-1/system-services/{name}.service"), &service)?;
    stage.write("/etc/snapper/configs/root", "SUBVOLUME=\"/\"\nFSTYPE=\"btrfs\"\nNUMBER_CLEANUP=\"yes\"\nNUMBER_LIMIT=\"2\"\n")
}

/// Some months of apt and one evening of care before a trip.
fn beginning() -> Disk {
    let words = |cleanup: &str| (cleanup.to_owned(), BTreeMap::new());
    let mut snapshots = vec![Snapshot {
        number: 1,
        date: SEPTEMBER - 120 * DAY,
        description: "first root filesystem".into(),
        writable: true,
        ..Snapshot::default()
    }];
    for (number, day) in [(34, -9), (38, 3), (42, 14)] {
        let (cleanup, userdata) = words("number");
        let date = SEPTEMBER + day * DAY + 18 * HOUR;
        let pre = Snapshot {
            number,
            kind: PRE,
            date,
            description: "apt".into(),
            cleanup,
            userdata,
            ..Snapshot::default()
        };
        let post = Snapshot { number: number + 1, kind: POST, pre: number, date: date + 240, ..pre.clone() };
        snapshots.extend([pre, post]);
    }
    snapshots.push(Snapshot {
        number: 40,
        date: SEPTEMBER + 8 * DAY + 21 * HOUR,
        description: "Before the trip".into(),
        cleanup: "number".into(),
        userdata: BTreeMap::from([("important".into(), "yes".into())]),
        ..Snapshot::default()
    });
    snapshots.sort_by_key(|s| s.number);
    let files = [
        ("/etc/fstab", 8),
        ("/usr/bin/htop", 1),
        ("/usr/share/doc/nano/changelog.gz", 2),
        ("/var/lib/dpkg/status", 8),
    ];
    Disk {
        configs: BTreeMap::from([("home".into(), "/home".into()), ("root".into(), "/".into())]),
        snapshots,
        active: Some(1),
        default: Some(1),
        files: files.map(|(path, bits)| (path.to_owned(), bits)).to_vec(),
        ..Disk::default()
    }
}
