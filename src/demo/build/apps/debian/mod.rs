//! A catalogue of Flathub's kind and size to look at: the applications of Debian 13, as Debian's own DEP-11 data
//! describes them. Nothing of it can be installed through flatpak.

mod component;
mod convert;
mod id;
mod index;

use super::repository::Repository;
use super::{DEBIAN_TITLE, hash, tree};
use crate::build::key::Key;
use crate::build::remove;
use crate::error::At;
use crate::{Result, tool};
use std::fs;
use std::path::Path;
use std::process::Command;

pub(super) use component::Components;

pub(super) fn inputs() -> String {
    hash(&[
        include_str!("mod.rs"),
        include_str!("component.rs"),
        include_str!("convert.rs"),
        include_str!("id.rs"),
        include_str!("index.rs"),
    ])
}

/// Leaves the catalogue as plain files in `folder/debian`, and as a signed remote in `folder/site/debian`.
pub(super) fn make(folder: &Path, key: &Key, say: &mut dyn FnMut(&str)) -> Result<()> {
    let (plain, site) = (folder.join("debian"), folder.join("site/debian"));
    let packed = folder.join("debian.packed");
    for old in [&plain, &packed, &site] {
        remove(old)?;
    }
    say("Debian's catalogue (apt)");
    let index = index::fetch(&folder.join("apt"))?;
    say("the catalogue as AppStream XML");
    let count = convert::convert(&index, &plain)?;
    say(&format!("{count} components of Debian, signed"));
    let repository = Repository { path: site, key };
    repository.init()?;
    // Both forms that flatpak has known: the catalogue plain, and packed for versions before 0.9.
    repository.commit(&plain, "appstream2/x86_64")?;
    fs::create_dir_all(&packed).at(&packed)?;
    let (xml, gz) = (plain.join("appstream.xml"), packed.join("appstream.xml.gz"));
    fs::write(&gz, tree::gzip(&fs::read(&xml).at(&xml)?)?).at(&gz)?;
    tool::run(Command::new("cp").arg("-al").arg(plain.join("icons")).arg(&packed))?;
    repository.commit(&packed, "appstream/x86_64")?;
    remove(&packed)?;
    repository.update(DEBIAN_TITLE, &["--no-update-appstream", "--comment=Debian 13 as a catalogue"])
}
