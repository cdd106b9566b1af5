//! The system, made once: what it consists of lies in the development cache.
//!
//! [`Image::open`] leaves in its folder: `root/` (a plain Debian tree), `initramfs.img`, `install/` (what
//! `meson install` wrote), `repo/` (an archive repository with [`FIRST`] and [`UPDATE`], signed by a key made for it),
//! `sysroot/` ([`FIRST`] deployed, set up to take its updates from that repository, signatures required) and, once
//! [`Image::disk`] was asked for, `disk.img`. Each part is made anew only when what it is made of changed, so another
//! `cairnd` costs seconds and not a Debian.

mod base;
mod commits;
mod disk;
mod install;
mod key;
mod sysroot;
mod tree;

use super::error::At;
use super::{Result, tool};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Instant;

// The demo world's names: its `wipe` knows where deployments are that must be made deletable first.
pub use cairn_demo::build::{BRANCH, REMOTE, STATEROOT};

/// The version that a new system runs.
pub const FIRST: &str = "13.1";
/// The version that it is offered.
pub const UPDATE: &str = "13.2";

/// The system. Whoever has it is the only one: others wait, so two tests never run at once.
#[derive(Debug)]
pub struct Image {
    folder: PathBuf,
    /// The commit of [`FIRST`].
    pub first: String,
    /// The commit of [`UPDATE`].
    pub update: String,
    _lock: File,
}

#[derive(Serialize, Deserialize)]
struct Stamp {
    inputs: String,
    first: String,
    update: String,
}

impl Image {
    /// Makes what is missing and says on standard output what it does.
    ///
    /// # Errors
    /// When a tool is missing or fails, or the Debian mirror cannot be reached.
    pub fn open() -> Result<Self> {
        let folder = cache()?.join("product");
        fs::create_dir_all(&folder).at(&folder)?;
        let folder = folder.canonicalize().at(&folder)?;
        let lock = File::create(folder.join(".lock")).at(&folder)?;
        lock.lock().at(&folder)?;
        sweep(&folder)?;
        let start = Instant::now();
        let say = |what: &str| println!("[{:5.1} s] {what}", start.elapsed().as_secs_f32());
        let debian = base::make(&folder, &say)?;
        say("meson install");
        let installed = install::run(&folder)?;
        let inputs = inputs(&debian, &installed);
        let path = folder.join("image.json");
        let known = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Stamp>(&bytes).ok());
        let stamp = match known.filter(|stamp| stamp.inputs == inputs) {
            Some(stamp) => stamp,
            None => {
                let _ = fs::remove_file(&path);
                let (first, update) = make(&folder, &say)?;
                let stamp = Stamp { inputs, first, update };
                tool::write(&path, serde_json::to_vec_pretty(&stamp)?)?;
                stamp
            }
        };
        say("image ready");
        Ok(Self { folder, first: stamp.first, update: stamp.update, _lock: lock })
    }

    pub fn repo(&self) -> PathBuf {
        self.folder.join("repo")
    }

    /// [`FIRST`] deployed, as a folder; not to be changed.
    pub fn sysroot(&self) -> PathBuf {
        self.folder.join("sysroot")
    }

    /// The same as a raw disk with a boot loader; not to be changed.
    ///
    /// # Errors
    /// When a tool is missing or fails.
    pub fn disk(&self) -> Result<PathBuf> {
        let path = self.folder.join("disk.img");
        if !path.exists() {
            disk::make(&self.sysroot(), &path)?;
        }
        Ok(path)
    }

    /// A new empty folder beside the parts for one run. It goes with the image's next opening, if not before.
    pub(super) fn place(&self) -> Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix("run-").tempdir_in(&self.folder).at(&self.folder)
    }
}

/// The tree, the commits, the sysroot.
fn make(folder: &Path, say: &impl Fn(&str)) -> Result<(String, String)> {
    say("the tree");
    let tree = folder.join("tree");
    tree::make(folder, &tree)?;
    say("two signed commits");
    let key = key::Key::make(&folder.join("key.gpg"))?;
    let (first, update) = commits::make(folder, &tree, &key)?;
    say("the sysroot");
    sysroot::make(folder, &first)?;
    let _ = fs::remove_file(folder.join("disk.img"));
    tool::remove(&tree)?;
    Ok((first, update))
}

/// What the system is made of. The recipes are part of it.
fn inputs(debian: &str, installed: &str) -> String {
    let recipes = [
        include_str!("mod.rs"),
        include_str!("tree.rs"),
        include_str!("agent.sh"),
        include_str!("commits.rs"),
        include_str!("key.rs"),
        include_str!("sysroot.rs"),
        include_str!("disk.rs"),
    ];
    hash(&(debian, installed, recipes))
}

fn hash(what: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The folder that `./dev` keeps, or Cargo's target folder.
fn cache() -> Result<PathBuf> {
    match std::env::var_os("CAIRN_DEV_CACHE").filter(|v| !v.is_empty()) {
        Some(folder) => Ok(folder.into()),
        None => install::target_folder(),
    }
}

/// Removes what a killed run left.
fn sweep(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).at(folder)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("run-") {
            cairn_demo::world::wipe(&entry.path())?;
        }
    }
    Ok(())
}
