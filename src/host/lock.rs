//! Whether somebody holds a file's lock, without taking it: that could make its user fail.

use crate::Host;
use rustix::fs::{major, minor, stat};
use rustix::process::{Flock, FlockType, fcntl_getlk};
use std::fs::File;

impl Host {
    /// True while another process has a record lock (fcntl(2)) on the file that keeps others from writing.
    pub fn record_locked(&self, path: &str) -> bool {
        let Ok(file) = File::open(self.path(path)) else { return false };
        fcntl_getlk(&file, &Flock::from(FlockType::WriteLock)).is_ok_and(|holder| holder.is_some())
    }

    /// True while a process has the file locked, as /proc/locks tells (proc_locks(5)). False where that cannot be told.
    pub fn locked(&self, path: &str) -> bool {
        let Ok(file) = stat(self.path(path)) else { return false };
        let id = format!("{:02x}:{:02x}:{}", major(file.st_dev), minor(file.st_dev), file.st_ino);
        let locks = self.read("/proc/locks").ok().flatten().unwrap_or_default();
        // A line with an arrow is somebody who waits for it.
        locks.lines().any(|line| !line.contains("->") && line.split_whitespace().nth(5) == Some(&id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{FlockOperation, flock};

    #[test]
    fn a_lock_that_is_held_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let file = std::fs::File::create(dir.path().join("lock")).unwrap();
        let host = Host::real();
        let path = dir.path().join("lock").to_string_lossy().into_owned();
        assert!(!host.locked(&path));
        flock(&file, FlockOperation::LockExclusive).unwrap();
        assert!(host.locked(&path));
        assert!(!host.locked("/none"));
    }
}
