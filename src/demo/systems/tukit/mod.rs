//! transactional-update, zypper and rpm on openSUSE Aeon; its snapshots are those of snapperd.

mod content;
mod updater;
mod zypper;

use super::snapper::disk::{Disk, STATE as SNAPSHOTS, Snapshot, mount};
use super::snapper::{service, service_file};
use super::{Program, Stage, System};
use content::{Content, Packages, STATE, Zypp};
use std::collections::BTreeMap;
use std::io;

const PROGRAMS: &[(&str, Program)] =
    &[("transactional-update", updater::play), ("zypper", zypper::play), ("rpm", zypper::rpm)];

pub const SYSTEMS: [System; 1] = [System {
    name: "aeon",
    title: "openSUSE Aeon",
    engine: "tukit",
    btrfs: true,
    lay_out,
    restart,
    programs: PROGRAMS,
    services: &[service::serve],
}];

/// Name, summary, and the version in each of the four states: two that ran before, what runs, what is on offer.
const BASE: [(&str, &str, [&str; 4]); 16] = [
    ("Mesa", "System for rendering 3-D graphics", ["26.1.5-1.1", "26.1.6-1.1", "26.2.0-1.1", "26.2.1-1.1"]),
    (
        "NetworkManager",
        "Standard Linux network configuration tool suite",
        ["1.54.1-1.1", "1.54.1-1.1", "1.56.0-1.1", "1.56.0-1.1"],
    ),
    ("Aeon-release", "openSUSE Aeon", ["20260829-1.1", "20260905-1.1", "20260912-1.1", "20260919-1.1"]),
    ("bash", "The GNU Bourne-Again Shell", ["5.3.3-1.1", "5.3.3-1.1", "5.3.3-1.1", "5.3.3-1.1"]),
    (
        "distrobox",
        "Use any linux distribution inside your terminal",
        ["1.8.2-1.1", "1.8.2-1.1", "1.8.2-1.1", "1.8.3-1.1"],
    ),
    (
        "flatpak",
        "OSTree based application bundles management",
        ["1.18.3-1.1", "1.18.3-1.1", "1.18.4-1.1", "1.18.4-1.1"],
    ),
    ("glibc", "Standard Shared Libraries", ["2.43-1.1", "2.43-1.1", "2.43-2.1", "2.43-2.1"]),
    ("gnome-shell", "GNOME Shell", ["50.3-1.1", "50.3-1.1", "50.4-1.1", "51.0-1.1"]),
    ("gtk4-tools", "GTK+ toolkit version 4", ["4.24.1-1.1", "4.24.1-1.1", "4.24.1-1.1", "4.24.2-1.1"]),
    ("kernel-default", "The Standard Kernel", ["7.0.3-1.1", "7.0.5-1.1", "7.0.6-1.1", "7.0.8-1.1"]),
    ("mutter", "Window and compositing manager", ["50.3-1.1", "50.3-1.1", "50.4-1.1", "51.0-1.1"]),
    (
        "openssl-3",
        "Secure Sockets and Transport Layer Security",
        ["3.5.2-1.1", "3.5.2-1.1", "3.5.2-2.1", "3.5.3-1.1"],
    ),
    ("pipewire", "A Multimedia Framework", ["1.6.2-1.1", "1.6.3-1.1", "1.6.3-1.1", "1.6.4-1.1"]),
    ("podman", "Daemon-less container engine", ["5.6.1-1.1", "5.6.1-1.1", "5.6.2-1.1", "5.6.2-1.1"]),
    ("systemd", "A System and Session Manager", ["261.1-1.1", "261.2-1.1", "261.2-1.1", "262.1-1.1"]),
    (
        "zypper",
        "Command line software manager using libzypp",
        ["1.14.95-1.1", "1.14.95-1.1", "1.14.95-1.1", "1.14.96-1.1"],
    ),
];

/// What can be added; the first one is.
const EXTRA: [(&str, &str, &str); 6] = [
    ("fish", "The friendly interactive shell", "4.3.1-1.1"),
    ("gnome-boxes", "A GNOME 3 application to access virtual systems", "50.1-1.1"),
    ("htop", "An interactive process viewer", "3.5.0-1.1"),
    ("libvirt-daemon", "The libvirtd monolithic daemon", "11.7.0-1.1"),
    ("tailscale", "The easiest, most secure way to use WireGuard and 2FA", "1.96.2-1.1"),
    ("vim", "Vi IMproved", "9.2.110-1.1"),
];

/// Numbers of the snapshots of the first three states, and when they were made.
const MADE: [(u32, i64); 3] = [(50, 1_788_054_000), (51, 1_788_658_800), (52, 1_789_263_600)];

fn state(at: usize, with_fish: bool) -> Content {
    let version = |versions: &[&str; 4]| versions.get(at).copied().unwrap_or_default().to_owned();
    let mut packages: Packages =
        BASE.iter().map(|(name, _, versions)| (name.to_string(), version(versions))).collect();
    let release = packages.get("Aeon-release").cloned().unwrap_or_default();
    if let Some((name, _, version)) = EXTRA.first().filter(|_| with_fish) {
        packages.insert((*name).into(), (*version).into());
    }
    Content { version: release.split('-').next().unwrap_or_default().into(), packages }
}

fn lay_out(stage: &Stage) -> io::Result<()> {
    stage.write("/usr/sbin/transactional-update", "")?;
    stage.write("/usr/sbin/tukit", "")?;
    stage.write("/run/stand-in", "")?;
    service_file(stage)?;
    let mut zypp = Zypp { repository: state(3, false), ..Zypp::default() };
    for (name, summary, version) in EXTRA {
        zypp.repository.packages.insert(name.into(), version.into());
        zypp.summaries.insert(name.into(), summary.into());
    }
    zypp.summaries.extend(BASE.iter().map(|(name, summary, _)| (name.to_string(), summary.to_string())));
    let mut snapshots = Vec::new();
    for (at, (number, date)) in MADE.into_iter().enumerate() {
        let content = state(at, number >= 51);
        content::write(stage, number, &content)?;
        zypp.contents.insert(number, content);
        let note = BTreeMap::from([("cairn-packages".to_owned(), "fish".to_owned())]);
        snapshots.push(Snapshot {
            number,
            date,
            description: format!("Snapshot Update of #{}", number - 1),
            cleanup: "number".into(),
            userdata: if number >= 51 { note } else { BTreeMap::new() },
            ..Snapshot::default()
        });
    }
    let running = snapshots.last().map(|s| s.number);
    stage.change(STATE, |old: &mut Zypp| *old = zypp)?;
    stage.change(SNAPSHOTS, |disk: &mut Disk| {
        *disk = Disk {
            configs: BTreeMap::from([("root".into(), "/".into())]),
            snapshots,
            active: running,
            default: running,
            ..Disk::default()
        };
    })?;
    started(stage)
}

fn restart(stage: &Stage) -> io::Result<()> {
    Disk::restart(stage)?;
    stage.remove("/run/reboot-needed")?;
    started(stage)
}

/// What of the running system can be read as files.
fn started(stage: &Stage) -> io::Result<()> {
    let (number, content) = content::base(stage, false)?;
    mount(stage, Some(number))?;
    let entry = format!("root=UUID=7c1e rootflags=subvol=@/.snapshots/{number}/snapshot quiet\n");
    stage.write("/proc/cmdline", &entry)?;
    stage.write("/etc/os-release", &content::os_release(&content.version))
}
