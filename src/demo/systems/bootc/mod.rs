//! bootc, which only updates: a system that is one container image.

mod answer;
mod kernel;
mod machine;
mod registry;
mod told;
mod tool;

pub use machine::{Entry, Machine};

use super::{Stage, System, systemctl};
use std::fs;
use std::io;

/// Bluefin as it would be without rpm-ostree; where that is on an image as well, it comes first.
pub const SYSTEMS: [System; 1] = [System {
    name: "bluefin",
    title: "Bluefin",
    engine: "bootc",
    btrfs: false,
    lay_out,
    restart,
    programs: &[("bootc", tool::bootc), ("systemctl", systemctl::systemctl)],
    services: &[],
}];

/// What the stand-in knows is kept under this name.
pub const STATE: &str = "bootc";
const DEPLOYMENTS: &str = "/ostree/deploy/default/deploy";
const STAGED: &str = "/run/ostree/staged-deployment";

/// bootc: systemd/. The image's makers leave it to others to update by themselves.
const UNITS: [(&str, &str); 2] = [
    (
        "bootc-fetch-apply-updates.timer",
        "[Unit]\nDescription=Apply bootc updates\n\n[Timer]\nOnBootSec=1h\nOnUnitInactiveSec=8h\n\n\
         [Install]\nWantedBy=timers.target\n",
    ),
    (
        "bootc-fetch-apply-updates.service",
        "[Unit]\nDescription=Apply bootc updates\nConditionPathExists=/run/ostree-booted\n\n\
         [Service]\nType=oneshot\nExecStart=/usr/bin/bootc upgrade --apply --quiet\n",
    ),
];

fn lay_out(stage: &Stage) -> io::Result<()> {
    stage.write(
        "/etc/os-release",
        "NAME=\"Bluefin\"\nPRETTY_NAME=\"Bluefin\"\nID=bluefin\nID_LIKE=\"fedora\"\nVERSION_ID=43\n\
         HOME_URL=\"https://projectbluefin.io\"\n",
    )?;
    stage.write("/run/ostree-booted", "")?;
    stage.write("/ostree/bootc/.keep", "")?;
    for (name, text) in UNITS {
        stage.write(&format!("/usr/lib/systemd/system/{name}"), text)?;
    }
    write(stage, &stage.state(STATE)?)
}

fn restart(stage: &Stage) -> io::Result<()> {
    let machine = stage.change(STATE, |machine: &mut Machine| {
        machine.restart();
        machine.clone()
    })?;
    write(stage, &machine)
}

/// Puts on the disk what libostree keeps there of the versions.
fn write(stage: &Stage, machine: &Machine) -> io::Result<()> {
    kernel::write(stage, machine)?;
    let mut names = Vec::new();
    for entry in machine.entries() {
        let name = format!("{}.{}", entry.checksum(), entry.serial);
        let (image, version) = (&entry.image, &entry.version);
        let origin = format!("[origin]\ncontainer-image-reference=ostree-image-signed:docker://{image}\n");
        stage.write(&format!("{DEPLOYMENTS}/{name}.origin"), &origin)?;
        let words = format!("PRETTY_NAME=\"Bluefin\"\nID=bluefin\nOSTREE_VERSION='{version}'\n");
        stage.write(&format!("{DEPLOYMENTS}/{name}/usr/lib/os-release"), &words)?;
        names.push(name);
    }
    for file in fs::read_dir(stage.path(DEPLOYMENTS))?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if names.iter().any(|known| *known == name || format!("{known}.origin") == name) {
            continue;
        }
        if file.path().is_dir() { fs::remove_dir_all(file.path())? } else { fs::remove_file(file.path())? }
    }
    match &machine.staged {
        Some(staged) => stage.write(STAGED, &staged.checksum()),
        None => stage.remove(STAGED),
    }
}
