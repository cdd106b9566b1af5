//! What one version has that the Debian tree lacks, or has in other words.

use super::history::{HISTORY, Version};
use super::packages::{Package, version_at};
use crate::Result;
use crate::error::At;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// How many firmware files there are, and their size before and since 44.2.
const FIRMWARE: (usize, usize, usize) = (220, 24 << 10, 74 << 10);
const MODULES: &str = "usr/lib/modules/6.12.0";

/// Writes the layer of the version at `index` to `layer`; `tree` has the newest programs.
pub(super) fn write(layer: &Path, tree: &Path, packages: &[Package], index: usize) -> Result<()> {
    let Some(version) = HISTORY.get(index) else { return Ok(()) };
    for package in packages {
        let number = version_at(package, index);
        if number == package.version {
            continue;
        }
        for path in &package.binaries {
            older(&tree.join(path), &layer.join(path), &format!("{} {number}", package.name))?;
        }
    }
    identity(layer, version)?;
    let own = |name: &str| version.own.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    if let Some(number) = own("cairn-os-firmware") {
        let (count, small, large) = FIRMWARE;
        let size = if number < "20251021" { small } else { large };
        for i in 0..count {
            // Only the size and the date decide, so two versions with the same package share the files.
            put(layer, &format!("usr/lib/firmware/cairn/device-{i:03}.bin"), &noise(number, i, size), 0o644)?;
        }
    }
    if own("cairn-os-wallpapers").is_some() {
        for i in 0..6 {
            put(
                layer,
                &format!("usr/share/backgrounds/cairn/{i}.jxl"),
                &noise("wallpaper", i, 300 << 10),
                0o644,
            )?;
        }
    }
    if own("cairn-os-first-steps").is_some() {
        put(layer, "usr/share/cairn-os/first-steps.md", b"# Welcome to Cairn OS\n", 0o644)?;
    }
    let kernel = own("linux-image-6.12.0-cairn").unwrap_or_default();
    put(layer, &format!("{MODULES}/vmlinuz"), format!("a kernel, played: {kernel}\n").as_bytes(), 0o644)?;
    let initramfs = format!("an initramfs, played: {}\n", version.initramfs);
    put(layer, &format!("{MODULES}/initramfs.img"), initramfs.as_bytes(), 0o644)
}

fn identity(layer: &Path, version: &Version) -> Result<()> {
    let name = version.name;
    let release = format!(
        "PRETTY_NAME=\"Cairn OS {name}\"\nNAME=\"Cairn OS\"\nID=cairnos\nID_LIKE=debian\nVERSION_ID=\"{name}\"\n\
         VERSION=\"{name}\"\nVARIANT_ID=desktop\nOSTREE_VERSION='{name}'\nHOME_URL=\"https://cairn.invalid/\"\n"
    );
    put(layer, "usr/lib/os-release", release.as_bytes(), 0o644)?;
    put(layer, "usr/etc/issue", format!("Cairn OS {name} \\n \\l\n").as_bytes(), 0o644)?;
    let login = format!("# The login screen's settings\n[login]\nedition={name}\ntheme=stone\n");
    put(layer, "usr/etc/cairn-os/login.conf", login.as_bytes(), 0o644)?;
    let check = if version.healthy {
        "#!/bin/sh\n# Exits 0 if the login screen starts.\nexit 0\n"
    } else {
        "#!/bin/sh\n# Exits 0 if the login screen starts.\n\
         echo 'The login screen did not start: cairn-login has no theme named stone.' >&2\nexit 1\n"
    };
    put(layer, "usr/lib/cairn/health.d/50-login-screen", check.as_bytes(), 0o755)
}

/// An older build of a program: the loader ignores what follows the last section.
fn older(program: &Path, target: &Path, mark: &str) -> Result<()> {
    let mut bytes = fs::read(program).at(program)?;
    bytes.extend_from_slice(format!("\n{mark}\n").as_bytes());
    let mode = program.metadata().at(program)?.permissions().mode();
    write_file(target, &bytes, mode & 0o7777)
}

fn put(layer: &Path, path: &str, bytes: &[u8], mode: u32) -> Result<()> {
    write_file(&layer.join(path), bytes, mode)
}

fn write_file(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).at(parent)?;
    }
    fs::write(path, bytes).at(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).at(path)
}

/// Bytes that no compressor shrinks, the same in each build (splitmix64).
pub(super) fn noise(seed: &str, index: usize, size: usize) -> Vec<u8> {
    let start = seed.bytes().fold(index as u64 + 1, |s, b| s.wrapping_mul(0x100_0000_01b3) ^ u64::from(b));
    let mut state = start;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend_from_slice(&(z ^ (z >> 31)).to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}
