//! Room for what a transaction brings, looked at before it begins.

use cairn_model::Problem;
use cairn_model::app::Operation;
use cairn_model::app::plan::OperationKind;
use libflatpak::Installation;
use libflatpak::prelude::*;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Refuses what cannot fit. An install needs its whole size. An update shares most of its files with what it
/// replaces; what it fetches is the nearest that is known, and no more than its whole size. What OSTree always leaves
/// free counts, for it would stop there.
pub(crate) fn check(installation: &Installation, operations: &[Operation]) -> Result<(), Problem> {
    let bytes: u64 = operations.iter().map(need).sum();
    if bytes == 0 {
        return Ok(());
    }
    let folder = super::folder(installation);
    let Some((mount, free)) = room(&folder) else { return Ok(()) };
    let reserve = installation.min_free_space_bytes().unwrap_or(0);
    let needed = bytes.saturating_add(reserve);
    if needed > free {
        return Err(full(&mount, needed, free));
    }
    Ok(())
}

/// Puts the facts of the file system into a [`Problem::NoSpace`] that came without.
pub(crate) fn explain(problem: Problem, installation: &Installation, operations: &[Operation]) -> Problem {
    let Problem::NoSpace { needed: 0, .. } = problem else { return problem };
    let Some((mount, free)) = room(&super::folder(installation)) else { return problem };
    let reserve = installation.min_free_space_bytes().unwrap_or(0);
    let needed = operations.iter().map(need).sum::<u64>().saturating_add(reserve);
    full(&mount, needed.max(free + 1), free)
}

fn full(mount: &Path, needed: u64, free: u64) -> Problem {
    let mount = mount.to_string_lossy().into_owned();
    Problem::NoSpace { mount, needed, free, missing: needed.saturating_sub(free) }
}

fn need(operation: &Operation) -> u64 {
    match operation.kind {
        OperationKind::Install => operation.installed_bytes,
        OperationKind::Update => operation.download_bytes.min(operation.installed_bytes),
        OperationKind::Remove => 0,
    }
}

/// Where the file system of a folder is mounted, and the bytes that are free there for everybody.
fn room(folder: &Path) -> Option<(PathBuf, u64)> {
    let existing = folder.ancestors().find(|p| fs::metadata(p).is_ok())?;
    let stat = rustix::fs::statvfs(existing).ok()?;
    let device = fs::metadata(existing).ok()?.dev();
    let same = |p: &&Path| fs::metadata(p).is_ok_and(|m| m.dev() == device);
    let mount = existing.ancestors().take_while(same).last()?;
    Some((mount.into(), stat.f_bavail.saturating_mul(stat.f_frsize)))
}
