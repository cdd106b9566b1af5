//! The machine's disk as a folder: two deployments, their /etc, and the /var that they share.

use super::history::{FIRST, RUNNING};
use super::{BRANCH, REMOTE, STATEROOT};
use crate::error::At;
use crate::{Error, Result, tool};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

const KERNEL_ARGUMENTS: [&str; 3] = ["--karg=root=UUID=ca1204f3-demo", "--karg=rw", "--karg=quiet"];

/// Deploys 43.4, then 44.1 over it.
pub(super) fn make(folder: &Path, versions: &BTreeMap<String, String>) -> Result<()> {
    let (sysroot, repo) = (folder.join("sysroot"), folder.join("sysroot/ostree/repo"));
    crate::world::wipe(&sysroot)?;
    fs::create_dir_all(&sysroot).at(&sysroot)?;
    let path = sysroot.to_string_lossy().into_owned();
    let admin = |arguments: &[&str]| {
        tool::run(tool::ostree(["admin"]).arg(format!("--sysroot={path}")).args(arguments))
    };
    let repository =
        |arguments: &[&str]| tool::run(tool::ostree([format!("--repo={}", repo.display())]).args(arguments));
    tool::run(&mut tool::ostree(["admin", "init-fs", "--modern", &path]))?;
    admin(&["stateroot-init", STATEROOT])?;
    // As on current systems. The world mounts /sysroot writable all the same: libostree would otherwise remount
    // the file system below it, which is this computer's own.
    repository(&["config", "set", "sysroot.readonly", "true"])?;
    repository(&["config", "set", "sysroot.bootloader", "none"])?;
    let key = format!("--gpg-import={}", folder.join("key.gpg").display());
    // The world writes its own server's address here.
    repository(&["remote", "add", "--set=gpg-verify=true", &key, REMOTE, "http://127.0.0.1:1", BRANCH])?;
    let source = folder.join("repo").to_string_lossy().into_owned();
    for name in [FIRST, RUNNING] {
        let checksum = versions.get(name).ok_or_else(|| Error::NoVersion(name.to_owned()))?;
        let remote = format!("--remote={REMOTE}");
        repository(&["pull-local", "--disable-fsync", &remote, &source, checksum])?;
        let reference = format!("{REMOTE}:{BRANCH}");
        repository(&["refs", "--force", &format!("--create={reference}"), checksum])?;
        let mut arguments = vec!["deploy", "--os", STATEROOT];
        arguments.extend(KERNEL_ARGUMENTS);
        arguments.push(&reference);
        admin(&arguments)?;
    }
    for name in [FIRST, RUNNING] {
        let checksum = versions.get(name).map(String::as_str).unwrap_or_default();
        configure(&sysroot.join(format!("ostree/deploy/{STATEROOT}/deploy/{checksum}.0/etc")))?;
    }
    variable(&sysroot.join(format!("ostree/deploy/{STATEROOT}/var")))
}

/// What an installer and a person leave in /etc.
fn configure(etc: &Path) -> Result<()> {
    let append = |name: &str, line: &str| {
        let path = etc.join(name);
        let text = fs::read_to_string(&path).at(&path)?;
        fs::write(&path, text + line).at(&path)
    };
    append("passwd", "demo:x:1000:1000:Demo:/home/demo:/bin/bash\n")?;
    append("group", "demo:x:1000:\n")?;
    append("shadow", "demo:!:20000:0:99999:7:::\n")?;
    append("motd", "This computer belongs to the demo.\n")?;
    for (name, text) in [
        ("machine-id", "0c1a17d0c1a17d0c1a17d0c1a17d0c1a\n"),
        ("hostname", "basecamp\n"),
        ("fstab", "# The boot loader names the disk.\n"),
    ] {
        fs::write(etc.join(name), text).at(etc.join(name))?;
    }
    Ok(())
}

fn variable(var: &Path) -> Result<()> {
    for (name, mode) in [
        ("home", 0o755),
        ("home/demo", 0o700),
        ("roothome", 0o700),
        ("lib", 0o755),
        ("log", 0o755),
        ("cache", 0o755),
        ("tmp", 0o1777),
        ("mnt", 0o755),
        ("opt", 0o755),
        ("srv", 0o755),
        ("usrlocal", 0o755),
        ("lib/dbus", 0o755),
        ("lib/systemd", 0o755),
    ] {
        let path = var.join(name);
        fs::create_dir_all(&path).at(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).at(&path)?;
    }
    chown(var.join("home/demo"), Some(1000), Some(1000)).at(var)?;
    let diary = var.join("home/demo/diary.txt");
    fs::write(&diary, "My files stay when the system changes.\n").at(&diary)
}
