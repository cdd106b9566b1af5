//! Makes what flatpak has in every demo world, once.
//!
//! [`build`] leaves in its folder: `site/` (what the server shows: `apps/`, the remote of everything installable;
//! `debian/`, a remote to look at; `pictures/`, the screenshots), `flatpak/system` and `flatpak/user` (installations
//! with apps in them), `home/` (the person's data of apps), `debian/` (the Debian catalogue as plain files) and the key.
//! Two stamps: a change of the shop does not fetch the Debian catalogue again.

mod debian;
mod grown;
mod installation;
mod metainfo;
mod mock;
mod picture;
mod publish;
mod remote;
mod repository;
mod runtime;
mod shop;
mod tree;

use super::key::Key;
use crate::Result;
use crate::error::At;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

pub use grown::grown;
pub(crate) use installation::environment;
pub use publish::publish;
pub use shop::{App, Release, all};

/// The remote of everything installable.
pub const APPS: &str = "cairn-apps";
/// The remote to look at.
pub const DEBIAN: &str = "debian-catalog";
/// The runtime of every app.
pub const RUNTIME: &str = "org.cairn.Platform";
/// The branch of every app.
pub const BRANCH: &str = "stable";
/// Where the screenshots are, in every world: catalogues are signed, so the address in them cannot follow a world's own
/// port. All worlds answer there, with the same pictures.
pub const PICTURES: &str = "127.0.0.1:27631";
const TITLE: &str = "Cairn Apps";
const DEBIAN_TITLE: &str = "Debian 13 (to look at)";

/// What was built, and where.
#[derive(Clone, Debug)]
pub struct Apps {
    pub folder: PathBuf,
    /// What the server lacks in a new world, as paths below the remote.
    pub broken: Vec<String>,
}

impl Apps {
    /// What the server shows.
    pub fn site(&self) -> PathBuf {
        self.folder.join("site")
    }

    /// The Debian catalogue as flatpak deploys it: `appstream.xml` and `icons/64x64`.
    pub fn debian(&self) -> PathBuf {
        self.folder.join("debian")
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Stamp {
    debian: String,
    shop: String,
    broken: Vec<String>,
}

/// The folder of a remote below the site.
pub(crate) fn folder_of(remote: &str) -> &'static str {
    if remote == DEBIAN { "debian" } else { "apps" }
}

fn hash(value: &impl std::hash::Hash) -> String {
    let mut hash = std::hash::DefaultHasher::new();
    value.hash(&mut hash);
    format!("{:016x}", std::hash::Hasher::finish(&hash))
}

/// What the remote depends on.
fn shop_inputs() -> String {
    let sources = [
        include_str!("mod.rs"),
        include_str!("installation.rs"),
        include_str!("metainfo.rs"),
        include_str!("mock.rs"),
        include_str!("picture.rs"),
        include_str!("remote.rs"),
        include_str!("repository.rs"),
        include_str!("runtime.rs"),
        include_str!("tree.rs"),
    ];
    hash(&(sources, shop::fingerprint(), debian::inputs()))
}

/// Builds what is missing in `folder`, says on `say` what it does, and returns the parts. The caller holds the lock.
///
/// # Errors
/// When a tool is missing or fails, or the Debian mirror cannot be reached.
pub(super) fn build(folder: &Path, say: &mut dyn FnMut(&str)) -> Result<Apps> {
    fs::create_dir_all(folder).at(folder)?;
    let stamp_path = folder.join("stamp.json");
    let known = fs::read(&stamp_path).ok().and_then(|b| serde_json::from_slice::<Stamp>(&b).ok());
    let mut stamp = known.unwrap_or_default();
    let (debian_inputs, shop_inputs) = (debian::inputs(), shop_inputs());
    if stamp.debian == debian_inputs && stamp.shop == shop_inputs {
        return Ok(Apps { folder: folder.to_owned(), broken: stamp.broken });
    }
    let save = |stamp: &Stamp| fs::write(&stamp_path, serde_json::to_vec_pretty(stamp)?).at(&stamp_path);
    let key = key(folder)?;
    stamp.shop.clear();
    if stamp.debian != debian_inputs {
        stamp.debian.clear();
        save(&stamp)?;
        debian::make(folder, &key, say)?;
        stamp.debian = debian_inputs;
    }
    save(&stamp)?;
    stamp.broken = remote::make(folder, &shop::all()?, &key, say)?;
    stamp.shop = shop_inputs;
    save(&stamp)?;
    Ok(Apps { folder: folder.to_owned(), broken: stamp.broken })
}

/// The key that signs everything here, kept because a world may publish more.
fn key(folder: &Path) -> Result<Key> {
    let kept = folder.join("key");
    if kept.exists() && folder.join("key.gpg").exists() {
        return Key::open(&kept);
    }
    let key = Key::make(folder)?;
    key.keep(&kept)?;
    Ok(key)
}
