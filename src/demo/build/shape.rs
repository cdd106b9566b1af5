//! Turns a Debian root into the tree of an OSTree system.

use super::remove;
use crate::error::At;
use crate::{Result, tool};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

const TMPFILES: &str = "d /var/roothome 0700 root root -\nd /var/home 0755 root root -\nd /var/mnt 0755 root root -\n\
    d /var/opt 0755 root root -\nd /var/srv 0755 root root -\nd /var/usrlocal 0755 root root -\n";

/// Of no use in the world, and a third of the size.
const DROPPED: [&str; 9] = [
    "usr/share/doc",
    "usr/share/man",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/bash-completion",
    "usr/share/zsh",
    "usr/share/bug",
    "usr/share/lintian",
    "usr/lib/systemd/boot",
];
const REPLACED: [&str; 18] = [
    "boot",
    "dev",
    "home",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "usr/local",
    "etc/resolv.conf",
    "etc/machine-id",
    "etc/hostname",
    "etc/apt",
    "etc/issue",
];
const LINKS: [(&str, &str); 8] = [
    ("var/home", "home"),
    ("var/mnt", "mnt"),
    ("var/opt", "opt"),
    ("var/srv", "srv"),
    ("var/roothome", "root"),
    ("run/media", "media"),
    ("../var/usrlocal", "usr/local"),
    ("sysroot/ostree", "ostree"),
];
/// In a container they fail or only cost time.
const MASKED: [&str; 6] = [
    "systemd-firstboot.service",
    "systemd-hwdb-update.service",
    "ldconfig.service",
    "e2scrub_reap.service",
    "systemd-pstore.service",
    "dpkg-db-backup.timer",
];

/// Copies `root` to `tree` and shapes the copy.
pub(super) fn shape(root: &Path, tree: &Path) -> Result<()> {
    remove(tree)?;
    tool::run(Command::new("cp").args(["-a", "--reflink=auto"]).arg(root).arg(tree))?;
    // The package database moves to where an OSTree system may have one: /var starts empty.
    let database = tree.join("usr/lib/sysimage/dpkg");
    fs::create_dir_all(&database).at(&database)?;
    fs::copy(tree.join("var/lib/dpkg/status"), database.join("status")).at(&database)?;
    remove(&tree.join("var"))?;
    for path in DROPPED.iter().chain(&REPLACED) {
        delete(&tree.join(path))?;
    }
    for name in ["boot", "dev", "proc", "run", "sys", "sysroot", "tmp", "var"] {
        let path = tree.join(name);
        fs::create_dir_all(&path).at(&path)?;
    }
    fs::set_permissions(tree.join("tmp"), fs::Permissions::from_mode(0o1777)).at(tree)?;
    for (target, link) in LINKS {
        symlink(target, tree.join(link)).at(tree.join(link))?;
    }
    let units = tree.join("etc/systemd/system");
    for unit in MASKED {
        let _ = fs::remove_file(units.join(unit));
        symlink("/dev/null", units.join(unit)).at(&units)?;
    }
    for folder in ["usr/lib/cairn/health.d", "usr/libexec/cairn-bin"] {
        fs::create_dir_all(tree.join(folder)).at(tree.join(folder))?;
    }
    // systemd fills the machine id in on the first start; the stand-in for the boot has its own.
    for (path, text) in [
        ("usr/lib/tmpfiles.d/cairn-os.conf", TMPFILES),
        ("etc/machine-id", ""),
        ("etc/hostname", "cairn-demo\n"),
        ("etc/motd", "Welcome to Cairn OS.\n"),
    ] {
        fs::write(tree.join(path), text).at(tree.join(path))?;
    }
    fs::rename(tree.join("etc"), tree.join("usr/etc")).at(tree.join("etc"))
}

fn delete(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Ok(m) if m.is_dir() => fs::remove_dir_all(path).at(path),
        Ok(_) => fs::remove_file(path).at(path),
        Err(_) => Ok(()),
    }
}
