//! A small disk of its own, to fill up.

use std::path::PathBuf;
use std::process::Command;

/// A file system in a file; unmounted when dropped.
#[derive(Debug)]
pub struct Disk(tempfile::TempDir);

impl Disk {
    /// Makes and mounts one of that size; `None` where the kernel has no loop devices.
    pub fn new(megabytes: u64) -> std::io::Result<Option<Self>> {
        let folder = tempfile::Builder::new().prefix("cairn-disk-").tempdir_in("/var/tmp")?;
        let (image, mount) = (folder.path().join("image"), folder.path().join("mount"));
        std::fs::create_dir(&mount)?;
        std::fs::File::create(&image)?.set_len(megabytes << 20)?;
        let made = Command::new("mkfs.ext4").args(["-q", "-m", "0"]).arg(&image).status()?;
        let mounted = Command::new("mount").args(["-o", "loop"]).arg(&image).arg(&mount).status()?;
        Ok((made.success() && mounted.success()).then_some(Self(folder)))
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("mount")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A world that is just ending may still hold it; lazily, it goes with the last user.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
