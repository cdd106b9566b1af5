//! What befalls a machine: a service that dies, a disk that fills up.

use crate::error::At;
use crate::{Error, Result, World};
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;

/// Kills `cairnd` inside without a word.
pub(super) fn kill_service(world: &World) -> Result<()> {
    let own = world.pid().unwrap_or_default();
    let namespace = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/mnt")).ok();
    let inside = namespace(&own.to_string());
    for entry in std::fs::read_dir("/proc").at(Path::new("/proc"))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let comm = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if comm.trim() == "cairnd"
            && namespace(&name) == inside
            && let Some(pid) = name.parse().ok().and_then(Pid::from_raw)
        {
            return kill_process(pid, Signal::KILL).map_err(|e| Error::Refused(e.to_string()));
        }
    }
    Err(Error::Refused("cairnd does not run".into()))
}

/// Leaves so many bytes on the disk that the work folder lies on.
pub(super) fn fill(work: &Path, leave: Option<u64>) -> Result<()> {
    let path = work.join("filler");
    let Some(leave) = leave else { return std::fs::remove_file(&path).at(&path) };
    let refused = |e: rustix::io::Errno| Error::Refused(format!("filling the disk: {e}"));
    let disk = statvfs(work).map_err(refused)?;
    let bytes = (disk.f_bavail * disk.f_frsize).saturating_sub(leave);
    let file = std::fs::File::create(&path).at(&path)?;
    fallocate(&file, FallocateFlags::empty(), 0, bytes).map_err(refused)
}
