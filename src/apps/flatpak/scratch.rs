//! Installations that nothing is ever installed to, for looking at what would be done where looking at the real one
//! would change it, or would not tell.

use super::{masks, problem};
use cairn_model::Problem;
use cairn_model::text;
use libflatpak::Installation;
use libflatpak::gio::{self, Cancellable};
use libflatpak::glib;
use libflatpak::prelude::*;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Goes away, with all that is in it, when it is dropped.
pub(crate) struct Scratch {
    pub(crate) installation: Installation,
    /// After the installation, which has files open in it.
    _folder: Folder,
}

impl Scratch {
    /// One that knows the remotes and languages of a real installation, and has nothing: flatpak sets up the remote of
    /// a file before it tells what the file would bring.
    pub(crate) fn empty(real: &Installation, below: &Path, c: &Cancellable) -> Result<Self, Problem> {
        let folder = Folder::make(below)?;
        // Listing makes the repository.
        open(&folder, c)?.list_remotes(Some(c)).map_err(|e| problem(&e, ""))?;
        copy(&super::folder(real).join("repo"), &folder.0.join("repo")).map_err(|e| failed(&e))?;
        Ok(Self { installation: open(&folder, c)?, _folder: folder })
    }

    /// One that has all that a real installation has, but no masks: for flatpak there is nothing newer or older of
    /// what is masked. Only for dry runs: what is in it is the real thing, by links.
    pub(crate) fn unmasked(real: &Installation, below: &Path, c: &Cancellable) -> Result<Self, Problem> {
        let folder = Folder::make(below)?;
        let from = super::folder(real);
        let link = || -> io::Result<()> {
            fs::create_dir(folder.0.join("repo"))?;
            for name in ["app", "runtime", "repo/objects", "repo/refs"] {
                if from.join(name).exists() {
                    symlink(from.join(name), folder.0.join(name))?;
                }
            }
            for name in ["repo/tmp", "repo/state", "repo/extensions"] {
                fs::create_dir(folder.0.join(name))?;
            }
            copy(&from.join("repo"), &folder.0.join("repo"))
        };
        link().map_err(|e| failed(&e))?;
        let installation = open(&folder, c)?;
        masks::clear(&installation, c)?;
        Ok(Self { installation, _folder: folder })
    }
}

fn open(folder: &Folder, c: &Cancellable) -> Result<Installation, Problem> {
    let file = gio::File::for_path(&folder.0);
    Installation::for_path(&file, true, Some(c)).map_err(|e| problem(&e, ""))
}

/// Configuration and keys.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        let wanted = name == "config" || name.to_string_lossy().ends_with(".trustedkeys.gpg");
        if wanted {
            fs::copy(from.join(&name), to.join(&name))?;
        }
    }
    Ok(())
}

/// A folder that goes away.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn make(below: &Path) -> Result<Self, Problem> {
        fs::create_dir_all(below).map_err(|e| failed(&e))?;
        let made = glib::mkdtemp(below.join("look-XXXXXX"));
        made.map(Self).ok_or_else(|| failed(&io::Error::last_os_error()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Links are taken away as links.
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a folder stays behind");
        }
    }
}

fn failed(error: &io::Error) -> Problem {
    Problem::EngineFailed { detail: text::line(&error.to_string()) }
}
