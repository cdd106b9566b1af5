//! A device with RAUC, played: an operator panel of a maker called Acme, with two slots for the system and the application
//! beside it.
//!
//! - [`state`]: the slots and the boot loader
//! - `installer`: the service

mod installer;
pub mod state;

use super::{Stage, System};
use serde_json::json;
use state::Device;
use std::io;

pub const SYSTEMS: [System; 1] = [System {
    name: "rauc",
    title: "Acme Panel OS",
    engine: "rauc",
    btrfs: false,
    lay_out,
    restart,
    programs: &[("rauc", state::tool)],
    services: &[installer::serve],
}];

const CONFIGURATION: &str = r"[system]
compatible=acme-panel-x2
bootloader=grub
grubenv=/boot/grub/grubenv
statusfile=/data/rauc/status
bundle-formats=-plain

[keyring]
path=/etc/rauc/acme-release.pem

[slot.rootfs.0]
device=/dev/disk/by-partlabel/rootfs-a
type=ext4
bootname=A

[slot.rootfs.1]
device=/dev/disk/by-partlabel/rootfs-b
type=ext4
bootname=B

[slot.appfs.0]
device=/dev/disk/by-partlabel/appfs-a
type=ext4
parent=rootfs.0

[slot.appfs.1]
device=/dev/disk/by-partlabel/appfs-b
type=ext4
parent=rootfs.1
";

fn lay_out(stage: &Stage) -> io::Result<()> {
    let device: Device = stage.state(state::NAME)?;
    stage.write("/etc/rauc/system.conf", CONFIGURATION)?;
    stage.write("/etc/rauc/acme-release.pem", "")?;
    bundle(stage, "acme-panel-x2-2026.10.1", "2026.10.1", "20261019", state::RUNNING)?;
    bundle(stage, "acme-panel-x2-2026.11.0", "2026.11.0", "20261116", state::OFFERED)?;
    device.note(stage)?;
    describe(stage, &device)
}

/// Puts a bundle into the folder where Cairn looks for them.
///
/// # Errors
/// What the file system says.
pub fn bundle(stage: &Stage, name: &str, version: &str, build: &str, hash: &str) -> io::Result<()> {
    let words = json!({
        "compatible": "acme-panel-x2", "version": version, "build": build, "hash": hash, "trusted": true,
        "sizes": [734_003_200_u64, 104_857_600_u64],
    });
    stage.write(&format!("/var/lib/cairn/bundles/{name}.raucb"), &words.to_string())
}

/// What os-release says of the version that runs.
fn describe(stage: &Stage, device: &Device) -> io::Result<()> {
    let version = device.version();
    let words = format!(
        "ID=acme-panel\nNAME=\"Acme Panel OS\"\nPRETTY_NAME=\"Acme Panel OS {version}\"\nVERSION_ID={version}\n\
         IMAGE_VERSION={version}\n"
    );
    stage.write("/etc/os-release", &words)
}

/// The boot loader takes the primary slot unless it is bad, and the new system says that it works.
fn restart(stage: &Stage) -> io::Result<()> {
    let device = stage.change(state::NAME, |device: &mut Device| {
        device.start();
        device.clone()
    })?;
    describe(stage, &device)
}
