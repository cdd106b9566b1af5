//! Makes the parts of every demo world, once.
//!
//! [`build`] leaves in its folder: `root/` (a plain Debian tree), `repo/` (an archive repository with every version,
//! signed), `published/VERSION/` (refs and summary of the moment when that version is the newest), `key.gpg`,
//! `sysroot/` (44.1 deployed over 43.4), `parts.json`, and in `apps/` what [`apps`] says. A second call with the same inputs
//! does nothing.

pub mod apps;
mod commits;
mod history;
mod key;
mod packages;
mod payload;
mod shape;
mod sysroot;

use crate::error::At;
use crate::{Error, Result, tool};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

pub use history::{BAD, FIRST, GOOD, RUNNING, UPDATE};

pub const BRANCH: &str = "cairn-os/stable";
pub const STATEROOT: &str = "cairn-os";
pub const REMOTE: &str = "cairn-os";

/// Raised when the making changes in a way that its inputs do not show.
const RECIPE: u32 = 1;
const SUITE: &str = "trixie";
const PACKAGES: &str = "ostree,ostree-boot,libostree-1-1,libsqlite3-0,dbus,polkitd,systemd,systemd-sysv,gpg";

/// What was built, and where.
#[derive(Clone, Debug)]
pub struct Parts {
    pub folder: PathBuf,
    /// Version → checksum of its commit.
    pub versions: BTreeMap<String, String>,
    /// What flatpak has.
    pub apps: apps::Apps,
}

impl Parts {
    pub fn repo(&self) -> PathBuf {
        self.folder.join("repo")
    }

    pub fn sysroot(&self) -> PathBuf {
        self.folder.join("sysroot")
    }

    /// The folder with refs and summary that the server lays over the repository.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn published(&self, version: &str) -> Result<PathBuf> {
        let known = self.versions.contains_key(version);
        known.then(|| self.folder.join("published").join(version)).ok_or(Error::NoVersion(version.to_owned()))
    }
}

/// Where the parts are unless somebody says otherwise: the folder that `./dev` keeps, or the user's cache.
pub fn default_folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let cache = variable("CAIRN_DEV_CACHE").or_else(|| variable("XDG_CACHE_HOME").map(|c| c.join("cairn")));
    let cache = cache.or_else(|| variable("HOME").map(|h| h.join(".cache/cairn")));
    cache.unwrap_or_else(|| PathBuf::from("/var/tmp/cairn")).join("demo")
}

#[derive(Serialize, Deserialize)]
struct Stamp {
    inputs: String,
    versions: BTreeMap<String, String>,
}

/// What the parts depend on. The sources of this folder are part of it, so that nobody has to remember [`RECIPE`].
fn inputs() -> String {
    let sources = [
        include_str!("mod.rs"),
        include_str!("commits.rs"),
        include_str!("history.rs"),
        include_str!("packages.rs"),
        include_str!("payload.rs"),
        include_str!("shape.rs"),
        include_str!("sysroot.rs"),
    ];
    let mut hash = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(&(RECIPE, sources), &mut hash);
    format!("{:016x}", std::hash::Hasher::finish(&hash))
}

/// Builds what is missing in `folder`, says on `say` what it does, and returns the parts.
///
/// # Errors
/// When it is not run as root, a tool is missing or fails, or the Debian mirror cannot be reached.
pub fn build(folder: &Path, say: &mut dyn FnMut(&str)) -> Result<Parts> {
    fs::create_dir_all(folder).at(folder)?;
    let folder = folder.canonicalize().at(folder)?;
    let lock = fs::File::create(folder.join(".lock")).at(&folder)?;
    lock.lock().at(&folder)?;
    let start = Instant::now();
    let mut told = |what: &str| say(&format!("[{:5.1} s] {what}", start.elapsed().as_secs_f32()));
    let versions = system(&folder, &mut told)?;
    let apps = apps::build(&folder.join("apps"), &mut told)?;
    Ok(Parts { folder, versions, apps })
}

/// The repository and the sysroot.
fn system(folder: &Path, told: &mut dyn FnMut(&str)) -> Result<BTreeMap<String, String>> {
    let stamp_path = folder.join("parts.json");
    let known = fs::read(&stamp_path).ok().and_then(|b| serde_json::from_slice::<Stamp>(&b).ok());
    if let Some(stamp) = known.filter(|s| s.inputs == inputs()) {
        return Ok(stamp.versions);
    }
    if !rustix::process::geteuid().is_root() {
        return Err(Error::NotRoot);
    }
    let _ = fs::remove_file(&stamp_path);
    debian(folder, told)?;
    told("a key to sign with");
    let key = key::Key::make(folder)?;
    told("the tree of Cairn OS");
    shape::shape(&folder.join("root"), &folder.join("tree"))?;
    told("five versions");
    let versions = commits::commit_all(folder, &key, told)?;
    told("a sysroot that runs 44.1 and keeps 43.4");
    sysroot::make(folder, &versions)?;
    remove(&folder.join("tree"))?;
    let stamp = Stamp { inputs: inputs(), versions };
    fs::write(&stamp_path, serde_json::to_vec_pretty(&stamp)?).at(&stamp_path)?;
    told("done");
    Ok(stamp.versions)
}

fn debian(folder: &Path, say: &mut dyn FnMut(&str)) -> Result<()> {
    let (root, stamp) = (folder.join("root"), folder.join("root.stamp"));
    let inputs = format!("{SUITE} {PACKAGES}");
    if fs::read_to_string(&stamp).is_ok_and(|s| s == inputs) {
        return Ok(());
    }
    say(&format!("a small Debian {SUITE} (mmdebstrap)"));
    let _ = fs::remove_file(&stamp);
    remove(&root)?;
    // Variant essential leaves out apt; ostree-boot would run dracut without INITRD=No.
    let mut command = Command::new("mmdebstrap");
    command.env("INITRD", "No").args(["--quiet", "--variant=essential", "--skip=check/qemu"]);
    command.arg(format!("--include={PACKAGES}")).arg("--aptopt=Apt::Install-Recommends \"false\"");
    command
        .args(["doc", "man", "info", "locale"].map(|d| format!("--dpkgopt=path-exclude=/usr/share/{d}/*")));
    tool::run(command.arg(SUITE).arg(&root))?;
    fs::write(&stamp, inputs).at(&stamp)
}

/// Removes a folder that may not exist.
fn remove(folder: &Path) -> Result<()> {
    if folder.exists() { fs::remove_dir_all(folder).at(folder) } else { Ok(()) }
}
