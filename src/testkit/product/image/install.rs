//! Cairn itself, installed by the build system that distributions use.

use crate::product::error::At;
use crate::product::{Error, Result, tool};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `meson install` into `install/` of the folder and returns what it installed, as one word.
pub(super) fn run(folder: &Path) -> Result<String> {
    let (build, target) = (folder.join("meson"), folder.join("install"));
    tool::remove(&build)?;
    tool::remove(&target)?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().at("../..")?;
    let mut setup = Command::new("meson");
    setup.args(["setup", "--prefix=/usr", "-Dgui=false", "-Dbuildtype=debug"]);
    setup.arg(format!("-Dcargo_target_dir={}", target_folder()?.display()));
    tool::run(setup.arg(&build).arg(&source))?;
    let mut install = Command::new("meson");
    install.args(["install", "--destdir"]).arg(&target).arg("-C").arg(&build);
    // Cargo runs inside meson, and is not to believe that it builds a part of this test.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME" {
            install.env_remove(name);
        }
    }
    tool::run(&mut install)?;
    let mut hasher = DefaultHasher::new();
    digest(&target, &mut hasher)?;
    Ok(format!("{:016x}", hasher.finish()))
}

/// Where Cargo put this test: programs that are built already need not be built again.
pub(super) fn target_folder() -> Result<PathBuf> {
    let own = std::env::current_exe().at("/proc/self/exe")?;
    let profile = own.ancestors().find(|folder| folder.ends_with("deps")).and_then(Path::parent);
    profile.and_then(Path::parent).map(Path::to_owned).ok_or(Error::NoTargetFolder)
}

/// Names, modes and contents of all files, in order.
fn digest(folder: &Path, hasher: &mut impl Hasher) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder).at(folder)?.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let facts = path.symlink_metadata().at(&path)?;
        (path.file_name(), facts.permissions().mode()).hash(hasher);
        if facts.is_dir() {
            digest(&path, hasher)?;
        } else if facts.is_symlink() {
            fs::read_link(&path).at(&path)?.hash(hasher);
        } else {
            fs::read(&path).at(&path)?.hash(hasher);
        }
    }
    Ok(())
}
