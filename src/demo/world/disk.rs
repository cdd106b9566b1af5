//! The disk of a world: a copy of the built one.

use crate::build::{REMOTE, STATEROOT};
use crate::error::At;
use crate::{Result, tool};
use rustix::fs::{IFlags, Mode, OFlags, ioctl_getflags, ioctl_setflags, open};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A full copy: hard links within it stay, but it shares no file with the built one, so that nothing done to it,
/// corruption included, can reach the next world.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    tool::run(Command::new("cp").args(["-a", "--reflink=auto", "--"]).arg(from).arg(to)).map(|_| ())
}

/// Writes the address of the update server into the repository's configuration.
pub(super) fn set_remote(sysroot: &Path, url: &str) -> Result<()> {
    set_url(&sysroot.join("ostree/repo"), REMOTE, url)
}

/// Writes the address of a remote into the configuration of a repository.
pub(super) fn set_url(repository: &Path, remote: &str, url: &str) -> Result<()> {
    let path = repository.join("config");
    let text = fs::read_to_string(&path).at(&path)?;
    let section = format!("[remote \"{remote}\"]");
    let mut inside = false;
    let lines = text.lines().map(|line| {
        inside = if line.starts_with('[') { line == section } else { inside };
        if inside && line.starts_with("url=") { format!("url={url}\n") } else { format!("{line}\n") }
    });
    let text: String = lines.collect();
    fs::write(&path, text).at(&path)
}

/// Removes a world's folder. Deployments that libostree made inside are immutable until somebody says otherwise.
///
/// # Errors
/// When something in it cannot be removed.
pub fn wipe(work: &Path) -> Result<()> {
    if !work.exists() {
        return Ok(());
    }
    for sysroot in [work.to_owned(), work.join("sysroot")] {
        let deployments = sysroot.join("ostree/deploy").join(STATEROOT).join("deploy");
        for deployment in fs::read_dir(deployments).into_iter().flatten().flatten() {
            mutable(&deployment.path());
        }
    }
    fs::remove_dir_all(work).at(work)
}

fn mutable(path: &Path) {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    if let Ok(file) = open(path, flags, Mode::empty())
        && let Ok(attributes) = ioctl_getflags(&file)
        && attributes.contains(IFlags::IMMUTABLE)
    {
        // Where this fails, the removal says so.
        let _ = ioctl_setflags(&file, attributes - IFlags::IMMUTABLE);
    }
}
