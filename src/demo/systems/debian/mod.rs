//! A computer that keeps no versions: Debian as most people install it. Nothing of it is played but its disk, since
//! nothing of it is asked.

use super::{Stage, System};
use std::io;

pub const SYSTEMS: [System; 1] = [System {
    name: "debian",
    title: "Debian without versions",
    engine: "",
    btrfs: false,
    lay_out,
    restart: |_| Ok(()),
    programs: &[],
    services: &[],
}];

const OS_RELEASE: &str = "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"
NAME=\"Debian GNU/Linux\"
VERSION_ID=\"13\"
VERSION=\"13 (trixie)\"
VERSION_CODENAME=trixie
DEBIAN_VERSION_FULL=13.5
ID=debian
";

fn lay_out(stage: &Stage) -> io::Result<()> {
    stage.write("/etc/os-release", OS_RELEASE)?;
    stage.write("/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz-6.12.48+deb13-amd64 root=UUID=3f0c quiet\n")
}
