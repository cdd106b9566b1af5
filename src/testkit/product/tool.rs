//! Programs of the host.

use super::error::At;
use super::{Error, Result};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs it to its end and returns what it wrote; the error has what it said on both streams.
pub(super) fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|source| Error::Start { program: program.clone(), source })?;
    let words = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    if output.status.success() {
        return Ok(words);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(Error::Failed { program, output: format!("{words}\n{} ({})", complaint.trim(), output.status) })
}

/// An `ostree` command whose deployments stay deletable.
pub(super) fn ostree<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new("ostree");
    command.args(arguments).env("OSTREE_SYSROOT_DEBUG", "mutable-deployments").env("LC_ALL", "C.UTF-8");
    command
}

/// Why these programs cannot be used here; `None` where root has them all.
pub(super) fn missing(programs: &[&str]) -> Option<String> {
    if fs::metadata("/proc/self").map_or(1, |m| m.uid()) != 0 {
        return Some("needs root".into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let known = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).exists());
    let absent: Vec<&str> = programs.iter().copied().filter(|name| !known(name)).collect();
    (!absent.is_empty()).then(|| format!("needs {}", absent.join(", ")))
}

/// Removes a folder that may not exist.
pub(super) fn remove(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).at(folder) } else { Ok(()) }
}

/// Writes a file and the folders above it.
pub(super) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).at(parent)?;
    }
    fs::write(path, bytes).at(path)
}
