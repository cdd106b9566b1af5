//! What an app kept of the person, after it is gone.

use crate::Places;
use crate::flatpak::{self, installed};
use cairn_model::app::Ref;
use cairn_model::{Problem, text};
use libflatpak::gio::{self, Cancellable};
use libflatpak::prelude::*;
use std::fs;
use std::io;
use std::path::Path;

/// Puts the data of an app into the trash, or deletes it where there is none on that file system. Whatever else keeps it
/// from the trash, such as a full disk, leaves it where it is. Data that another branch or installation of the same app
/// still uses stays. Links are taken away as links.
pub(super) fn data(places: &Places, reference: &Ref, cancellable: &Cancellable) -> Result<(), Problem> {
    let folder = places.data_of(reference.id.as_str());
    if fs::symlink_metadata(&folder).is_err() || is_used(reference, cancellable)? {
        return Ok(());
    }
    let Err(error) = gio::File::for_path(&folder).trash(Some(cancellable)) else { return Ok(()) };
    if error.matches(gio::IOErrorEnum::Cancelled) {
        return Err(Problem::Cancelled);
    }
    if !error.matches(gio::IOErrorEnum::NotSupported) {
        return Err(flatpak::problem(&error, reference.id.as_str()));
    }
    tracing::info!(%error, "no trash there; the data is deleted");
    delete(&folder).map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })
}

fn is_used(reference: &Ref, cancellable: &Cancellable) -> Result<bool, Problem> {
    for scope in flatpak::SCOPES {
        // What cannot be looked into may have the app.
        let installation = flatpak::open(scope, cancellable)?;
        let refs = installation.list_installed_refs(Some(cancellable));
        let refs = refs.map_err(|e| flatpak::problem(&e, reference.id.as_str()))?;
        let same = |r: &Ref| r.id == reference.id && r.kind == reference.kind;
        if refs.iter().filter_map(installed::reference).any(|r| same(&r)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn delete(folder: &Path) -> io::Result<()> {
    if fs::symlink_metadata(folder)?.is_dir() { fs::remove_dir_all(folder) } else { fs::remove_file(folder) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn links_lead_nowhere() {
        let place = tempfile::tempdir().unwrap();
        let (own, other) = (place.path().join("own"), place.path().join("other"));
        fs::create_dir_all(own.join("cache")).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("precious"), "x").unwrap();
        std::os::unix::fs::symlink(&other, own.join("cache/link")).unwrap();
        delete(&own).unwrap();
        std::os::unix::fs::symlink(&other, &own).unwrap();
        delete(&own).unwrap();
        assert!(!own.exists() && other.join("precious").exists());
    }
}
