//! The machine's disk as a folder: the first version deployed, with a boot loader's configuration by libostree.

use super::{BRANCH, REMOTE, STATEROOT};
use crate::product::error::At;
use crate::product::{Result, tool};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// The first two are what the initramfs and people need; the others make emulation a third faster.
const KERNEL_ARGUMENTS: &str = "root=/dev/vda1 console=ttyS0 rw quiet systemd.show_status=false mitigations=off nokaslr \
    audit=0 lsm=capability";

/// Deploys the commit.
pub(super) fn make(folder: &Path, first: &str) -> Result<()> {
    let (sysroot, boot) = (folder.join("sysroot"), folder.join("sysroot/boot"));
    cairn_demo::world::wipe(&sysroot)?;
    fs::create_dir_all(&sysroot).at(&sysroot)?;
    let path = sysroot.to_string_lossy().into_owned();
    let admin = |arguments: &[&str]| {
        tool::run(tool::ostree(["admin"]).arg(format!("--sysroot={path}")).args(arguments))
    };
    let repository =
        |arguments: &[&str]| tool::run(tool::ostree([format!("--repo={path}/ostree/repo")]).args(arguments));
    tool::run(&mut tool::ostree(["admin", "init-fs", "--modern", &path]))?;
    admin(&["stateroot-init", STATEROOT])?;
    // As on current systems.
    repository(&["config", "set", "sysroot.readonly", "true"])?;
    // /boot is no file system of its own.
    repository(&["config", "set", "sysroot.bootprefix", "true"])?;
    // These select libostree's syslinux backend, whose file GRUB can read.
    for folder in ["loader.0", "syslinux"] {
        fs::create_dir_all(boot.join(folder)).at(&boot)?;
    }
    symlink("loader.0", boot.join("loader")).at(&boot)?;
    tool::write(&boot.join("loader/syslinux.cfg"), "")?;
    symlink("../loader/syslinux.cfg", boot.join("syslinux/syslinux.cfg")).at(&boot)?;
    let key = format!("--gpg-import={}", folder.join("key.gpg").display());
    // Whoever runs the system writes the address of its site here.
    repository(&["remote", "add", "--set=gpg-verify=true", &key, REMOTE, "http://127.0.0.1:1", BRANCH])?;
    let source = folder.join("repo").to_string_lossy().into_owned();
    repository(&["pull-local", "--disable-fsync", &format!("--remote={REMOTE}"), &source, first])?;
    let reference = format!("{REMOTE}:{BRANCH}");
    repository(&["refs", &format!("--create={reference}"), first])?;
    let arguments: Vec<String> = KERNEL_ARGUMENTS.split_whitespace().map(|a| format!("--karg={a}")).collect();
    let mut deploy = vec!["deploy", "--os", STATEROOT];
    deploy.extend(arguments.iter().map(String::as_str));
    deploy.push(&reference);
    admin(&deploy).map(|_| ())
}
