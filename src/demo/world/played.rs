//! Another family's system, played on top of the demo's own tree: its files, its programs, its services.

use super::BINARIES;
use crate::Result;
use crate::error::At;
use crate::systems::stage::SUBVOLUME;
use crate::systems::{Presence, Stage, System, program};
use std::path::{Path, PathBuf};

/// The root of the world as this process sees it.
pub(super) fn stage(pid: i32) -> Stage {
    Stage::at(PathBuf::from(format!("/proc/{pid}/root")))
}

/// Lays the system out at its first start; afterwards does what a restart does.
pub(super) fn set_up(system: &System, pid: i32, first: bool) -> Result<()> {
    let stage = stage(pid);
    if first {
        program::lay_out(system, &stage, &Path::new(BINARIES).join("cairn-demo"))
    } else {
        (system.restart)(&stage).at(stage.root())
    }
}

/// Whether the boot loader would have mounted another subvolume as the root than the one that was there before its system
/// was asked.
pub(super) fn moved(work: &Path, var: &Path) -> bool {
    let read = |path: PathBuf| std::fs::read_to_string(path).map(|text| text.trim().to_owned()).ok();
    let wanted = read(var.join("lib/stand-in").join(SUBVOLUME));
    wanted.is_some() && wanted != read(work.join("played/mounted"))
}

/// Starts its services on the bus at that socket.
pub(super) async fn serve(system: Option<&System>, pid: i32, socket: &Path) -> Result<Vec<Presence>> {
    let mut services = Vec::new();
    for service in system.iter().flat_map(|system| system.services) {
        services.push(Presence::start(*service, stage(pid), socket.to_owned()).await?);
    }
    Ok(services)
}
