//! What lies at the root of a blendOS (akshara: akshara, akshara.hook).

use super::state;
use crate::systems::Stage;
use std::fs::{self, FileTimes};
use std::process::Command;
use std::io;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

pub(super) const NEXT: &str = "/.update_rootfs";
pub(super) const DONE: &str = "/.update";
pub(super) const NEW_LIB: &str = "/.new.var.lib";
pub(super) const INSTALLED: &str = "/var/lib/pacman/local";
/// 2026-03-08, when the system that runs was put together.
const BUILT: Duration = Duration::from_secs(1_772_971_380);

pub(super) fn lay_out(stage: &Stage) -> io::Result<()> {
    let release = "NAME=\"blendOS\"\nPRETTY_NAME=\"blendOS\"\nID=blendos\nID_LIKE=arch\nBUILD_ID=rolling\n\
                   HOME_URL=\"https://blendos.co/\"\n";
    stage.write("/etc/os-release", release)?;
    let system = "# This file makes the whole system: change it and update.\n\
                  repo: 'https://pkg-repo.blendos.co/'\n\n\
                  impl: 'https://github.com/blend-os/tracks/raw/main'\n\n\
                  track: 'default-gnome'\n\n\
                  packages:\n    # an editor for the terminal\n    - 'micro'\n\n\
                  services:\n    - 'bluetooth'\n";
    stage.write("/system.yaml", system)?;
    for (name, version) in state::installed() {
        install(stage, "", name, version)?;
    }
    let installed = fs::File::open(stage.path(INSTALLED))?;
    installed.set_times(FileTimes::new().set_modified(UNIX_EPOCH + BUILT))
}

/// Notes a package as installed, as pacman does.
pub(super) fn install(stage: &Stage, root: &str, name: &str, version: &str) -> io::Result<()> {
    let size = 1_000_000 + 10_000 * name.len();
    let desc = format!("%NAME%\n{name}\n\n%VERSION%\n{version}\n\n%ARCH%\nx86_64\n\n%SIZE%\n{size}\n\n");
    stage.write(&format!("{root}{INSTALLED}/{name}-{version}/desc"), &desc)
}

/// Early boot: whatever lies there is taken, and what was there before goes.
pub(super) fn restart(stage: &Stage) -> io::Result<()> {
    stage.remove("/.successful-update")?;
    stage.remove(DONE)?;
    if !stage.path(NEXT).exists() {
        return Ok(());
    }
    let fresh = stage.path(NEW_LIB);
    if fresh.exists() {
        for entry in fs::read_dir(&fresh)? {
            let entry = entry?;
            let place = stage.path("/var/lib").join(entry.file_name());
            remove(&place)?;
            // /var may be a file system of its own; times are kept.
            crate::tool::run(Command::new("mv").arg("--").arg(entry.path()).arg(place))
                .map_err(|e| io::Error::other(e.to_string()))?;
        }
        remove(&fresh)?;
    }
    remove(&stage.path(NEXT))?;
    stage.write("/.successful-update", "")
}

pub(super) fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}
