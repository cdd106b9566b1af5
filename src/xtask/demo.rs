//! The demo world, pictures and benchmarks: builds what they need and hands over.

use crate::{Outcome, steps};
use std::path::{Path, PathBuf};

/// Programs that the world needs.
const PACKAGES: [&str; 8] = ["-p", "cairn-gui", "-p", "cairn-cli", "-p", "cairn-daemon", "-p", "cairn-demo"];

pub fn run(root: &Path, arguments: &[String]) -> Outcome {
    let bin = build(root, false)?;
    tool(root, &bin, "show", arguments)
}

pub fn shots(root: &Path, folder: &str) -> Outcome {
    let bin = build(root, false)?;
    tool(root, &bin, "shots", &[folder.to_owned()])
}

pub fn bench(root: &Path, names: &[String]) -> Outcome {
    let bin = build(root, true)?;
    steps::run(root, "cargo", &["build", "--quiet", "--release", "-p", "cairn-gui", "--examples"])?;
    peers(root)?;
    tool(root, &bin, "bench", names)
}

/// Debian's gnome-software, a peer of two benchmarks, comes into the development root when it is first needed. On a host of
/// one's own nothing is installed; the benchmarks say then that they are skipped.
fn peers(root: &Path) -> Outcome {
    let own_root = std::env::var_os("CAIRN_DEV_INSIDE").is_some();
    // It does not start without the names of languages.
    let files = [
        "/usr/bin/gnome-software",
        "/usr/share/metainfo/org.gnome.Software.Plugin.Flatpak.metainfo.xml",
        "/usr/share/xml/iso-codes/iso_639.xml",
    ];
    if !own_root || files.iter().all(|file| Path::new(file).exists()) {
        return Ok(());
    }
    eprintln!("==> Installing gnome-software into the development root");
    steps::output(root, "apt-get", &["update"])?;
    steps::output(
        root,
        "apt-get",
        &[
            "install",
            "-y",
            "--no-install-recommends",
            "gnome-software",
            "gnome-software-plugin-flatpak",
            "iso-codes",
        ],
    )
    .map(|_| ())
}

fn tool(root: &Path, bin: &Path, command: &str, arguments: &[String]) -> Outcome {
    let program = bin.join("cairn-demo").display().to_string();
    let (bin, data) = (bin.display().to_string(), root.join("data").display().to_string());
    let mut all = vec![command, "--bin", &bin, "--data", &data];
    all.extend(arguments.iter().map(String::as_str));
    steps::run(root, &program, &all)
}

/// Builds the programs and returns their folder.
pub fn build(root: &Path, release: bool) -> Result<PathBuf, String> {
    eprintln!("==> Building Cairn");
    let mut arguments = vec!["build", "--quiet"];
    arguments.extend(PACKAGES);
    if release {
        arguments.push("--release");
    }
    steps::run(root, "cargo", &arguments)?;
    Ok(target(root).join(if release { "release" } else { "debug" }))
}

/// Cargo's target folder.
pub fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
