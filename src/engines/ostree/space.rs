//! Is there room, on the file system of the versions and on /boot? Asked before anything is downloaded.

use super::{Ostree, failure};
use cairn_host::space::{self, Room};
use cairn_model::plan::SpaceNeed;
use cairn_model::{Problem, Update};
use ostree::Sysroot;
use std::path::Path;

/// libostree adds this on /boot, too (ostree: src/libostree/ostree-sysroot-deploy.c).
const BOOT_MARGIN: u64 = 1 << 20;

/// What an update needs where.
///
/// The kernel's size is known only after the download; the running one's stands for it. Where the package lists say
/// that no kernel changes, /boot needs nothing.
pub(super) fn needs(engine: &Ostree, sysroot: &Sysroot, update: &Update) -> Result<Vec<SpaceNeed>, Problem> {
    let repo_path = engine.host.path("/ostree/repo");
    let boot_path = engine.host.path("/boot");
    let repo_room = room(&repo_path)?;
    let boot_room = room(&boot_path)?;
    let reserve = sysroot.repo().min_free_space_bytes().unwrap_or(0);
    let system = update.installed.unwrap_or(0);
    let boot = boot_need(engine, sysroot, update);
    if boot_room.device == repo_room.device {
        let needed = system + boot + reserve;
        return Ok(vec![SpaceNeed { mount: "/".into(), needed, free: repo_room.free }]);
    }
    let freed = prunable(engine, sysroot);
    Ok(vec![
        SpaceNeed { mount: "/".into(), needed: system + reserve, free: repo_room.free },
        SpaceNeed { mount: "/boot".into(), needed: boot, free: boot_room.free + freed },
    ])
}

/// The first file system with too little room.
pub(super) fn enough(needs: &[SpaceNeed]) -> Result<(), Problem> {
    match needs.iter().find(|n| n.free < n.needed) {
        None => Ok(()),
        Some(n) => Err(Problem::NoSpace {
            mount: n.mount.clone(),
            needed: n.needed,
            free: n.free,
            missing: n.needed - n.free,
        }),
    }
}

/// Fills in the numbers that an error of libostree does not carry.
pub(super) fn explain(engine: &Ostree, sysroot: &Sysroot, problem: Problem, needed: u64) -> Problem {
    match problem {
        Problem::NoSpace { .. } => {
            let reserve = sysroot.repo().min_free_space_bytes().unwrap_or(0);
            let free = room(&engine.host.path("/ostree/repo")).map_or(0, |r| r.free);
            let needed = needed + reserve;
            Problem::NoSpace { mount: "/".into(), needed, free, missing: needed.saturating_sub(free).max(1) }
        }
        other => other,
    }
}

fn room(path: &Path) -> Result<Room, Problem> {
    space::room(path).map_err(|e| failure::io(&e))
}

fn boot_need(engine: &Ostree, sysroot: &Sysroot, update: &Update) -> u64 {
    let kernel_stays = update.changes.as_ref().is_some_and(|changes| {
        let boots =
            |name: &str| ["linux", "kernel", "initramfs", "dracut"].iter().any(|p| name.starts_with(p));
        changes.by_package && !changes.packages.iter().any(|p| boots(&p.name))
    });
    if kernel_stays {
        return 0;
    }
    let running = sysroot.booted_deployment();
    running.map_or(0, |d| space::size_of(&boot_directory(engine, &d)) + BOOT_MARGIN)
}

/// What libostree frees on /boot by itself when it must: the kernel of the version to go back to.
fn prunable(engine: &Ostree, sysroot: &Sysroot) -> u64 {
    let booted = sysroot.booted_deployment();
    let (_, rollback) = sysroot.query_deployments_for(None);
    match (rollback, booted) {
        (Some(old), Some(booted)) if !old.is_pinned() && old.bootcsum() != booted.bootcsum() => {
            space::size_of(&boot_directory(engine, &old))
        }
        _ => 0,
    }
}

fn boot_directory(engine: &Ostree, deployment: &ostree::Deployment) -> std::path::PathBuf {
    engine.host.path(&format!("/boot/ostree/{}-{}", deployment.osname(), deployment.bootcsum()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_where_is_said() {
        let needs = [
            SpaceNeed { mount: "/".into(), needed: 10, free: 20 },
            SpaceNeed { mount: "/boot".into(), needed: 30, free: 18 },
        ];
        let problem = enough(&needs).unwrap_err();
        let expected = Problem::NoSpace { mount: "/boot".into(), needed: 30, free: 18, missing: 12 };
        assert_eq!(problem, expected);
        assert!(enough(&needs[..1]).is_ok());
    }
}
