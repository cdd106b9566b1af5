//! The archive repository: two versions, signed.

use super::key::Key;
use super::{BRANCH, FIRST, UPDATE, base};
use crate::product::error::At;
use crate::product::{Result, tool};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::Command;

/// What the update downloads: so many files of so many bytes, which no compressor shrinks.
const PAYLOAD: (usize, usize) = (400, 40_000);

/// Commits [`FIRST`] and [`UPDATE`] of the tree into a new repository; returns their checksums.
pub(super) fn make(folder: &Path, tree: &Path, key: &Key) -> Result<(String, String)> {
    let repo = folder.join("repo");
    tool::remove(&repo)?;
    fs::create_dir(&repo).at(&repo)?;
    let ostree =
        |arguments: &[&str]| tool::run(tool::ostree([format!("--repo={}", repo.display())]).args(arguments));
    ostree(&["init", "--mode=archive"])?;
    ostree(&["config", "set", "archive.zlib-level", "1"])?;
    ostree(&["config", "set", "core.fsync", "false"])?;
    let commit = |version: &str, day: &str| {
        ostree(&[
            "commit",
            &format!("--branch={BRANCH}"),
            &format!("--tree=dir={}", tree.display()),
            &format!("--subject=Cairn test system {version}"),
            &format!("--add-metadata-string=version={version}"),
            &format!("--timestamp={day}T00:00:00Z"),
            "--bootable",
            &format!("--gpg-sign={}", key.id),
            &format!("--gpg-homedir={}", key.home.path().display()),
        ])
    };
    mark(tree, FIRST)?;
    let first = commit(FIRST, "2026-01-01")?;
    mark(tree, UPDATE)?;
    payload(&tree.join("usr/share/cairn-test"))?;
    extend_initramfs(tree)?;
    let update = commit(UPDATE, "2026-02-01")?;
    ostree(&["summary", "--update"])?;
    Ok((first, update))
}

/// What differs by version: a file of the system and a default below /etc.
fn mark(tree: &Path, version: &str) -> Result<()> {
    tool::write(&tree.join("usr/share/cairn-test/version"), version)?;
    tool::write(&tree.join("usr/etc/cairn-test.conf"), format!("edition={version}\n"))
}

fn payload(folder: &Path) -> Result<()> {
    let mut source = File::open("/dev/urandom").at("/dev/urandom")?;
    let (count, size) = PAYLOAD;
    let mut bytes = vec![0; size];
    for index in 0..count {
        source.read_exact(&mut bytes).at("/dev/urandom")?;
        tool::write(&folder.join(format!("payload/{index}")), &bytes)?;
    }
    Ok(())
}

/// Another initramfs means another folder below /boot, as with a new kernel. A second archive at the end is legal.
fn extend_initramfs(tree: &Path) -> Result<()> {
    let image = tree.join("usr/lib/modules").join(base::kernel(tree)?).join("initramfs.img");
    let script = "cd \"$1\" && echo version | cpio -o -H newc --quiet >>\"$2\"";
    let mut command = Command::new("sh");
    command.args(["-ec", script, "extend"]).arg(tree.join("usr/share/cairn-test")).arg(image);
    tool::run(&mut command).map(|_| ())
}
