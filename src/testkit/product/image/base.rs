//! The Debian below the product: the plain tree and the initramfs, which change with their recipe only.

use super::hash;
use crate::product::{Error, Result, tool};
use std::fs;
use std::path::Path;
use std::process::Command;

const SUITE: &str = "trixie";
const PACKAGES: &str = "systemd,systemd-sysv,dbus,udev,kmod,iproute2,polkitd,zstd,cpio,linux-image-cloud-amd64,\
    dracut,ostree,ostree-boot,libostree-1-1,libflatpak0,libsqlite3-0,gpg,tzdata";
const INITRAMFS: &str = include_str!("initramfs.sh");
const INIT: &str = include_str!("init.sh");

/// Makes `root/` and `initramfs.img` unless they are there; returns what they were made of.
pub(super) fn make(folder: &Path, say: &impl Fn(&str)) -> Result<String> {
    let debian = hash(&(SUITE, PACKAGES));
    let stamp = folder.join("root.stamp");
    if !is(&stamp, &debian) {
        say(&format!("a small Debian {SUITE} (mmdebstrap)"));
        let _ = fs::remove_file(&stamp);
        tool::remove(&folder.join("root"))?;
        let mut command = Command::new("mmdebstrap");
        // The kernel package need not make an initramfs: ours is smaller and starts in half the time.
        command.env("INITRD", "No").args(["--quiet", "--variant=minbase", "--skip=check/qemu"]);
        command.arg(format!("--include={PACKAGES}")).arg("--aptopt=Apt::Install-Recommends \"false\"");
        command.args(
            ["doc", "man", "info", "locale"].map(|d| format!("--dpkgopt=path-exclude=/usr/share/{d}/*")),
        );
        tool::run(command.arg(SUITE).arg(folder.join("root")))?;
        tool::write(&stamp, &debian)?;
    }
    let recipe = hash(&(&debian, INITRAMFS, INIT));
    let stamp = folder.join("initramfs.stamp");
    if !is(&stamp, &recipe) {
        say("an initramfs");
        let _ = fs::remove_file(&stamp);
        initramfs(folder)?;
        tool::write(&stamp, &recipe)?;
    }
    Ok(recipe)
}

fn is(stamp: &Path, wanted: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found == wanted)
}

/// Runs the recipe in the Debian tree, since it takes that system's programs.
fn initramfs(folder: &Path) -> Result<()> {
    let root = folder.join("root");
    let work = folder.join("initramfs.part");
    tool::remove(&work)?;
    tool::write(&work.join("init"), INIT)?;
    tool::write(&work.join("make"), INITRAMFS)?;
    // The mounts vanish with the namespace.
    let enter = "mkdir -p \"$1/run/work\"; mount -t tmpfs tmpfs \"$1/run\"; mount -t tmpfs tmpfs \"$1/tmp\"; \
        mkdir \"$1/run/work\"; mount --bind \"$2\" \"$1/run/work\"; mount -t proc proc \"$1/proc\"; \
        mount --rbind /dev \"$1/dev\"; \
        exec chroot \"$1\" env -i PATH=/usr/sbin:/usr/bin LANG=C.UTF-8 sh -e /run/work/make \"$3\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-ec", enter, "initramfs"]);
    tool::run(command.arg(&root).arg(&work).arg(kernel(&root)?))?;
    fs::rename(work.join("initramfs.img"), folder.join("initramfs.img"))
        .map_err(|source| Error::File { path: work.clone(), source })?;
    tool::remove(&work)
}

/// The version of the kernel in a tree.
pub(super) fn kernel(tree: &Path) -> Result<String> {
    let mut found = fs::read_dir(tree.join("usr/lib/modules")).into_iter().flatten().flatten();
    found.next().and_then(|entry| entry.file_name().into_string().ok()).ok_or(Error::NoKernel)
}
