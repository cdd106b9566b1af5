//! Files from the disk.

use super::keys::invalid;
use super::{AppFile, BundleFile, LIMIT, RefFile, parse_flatpakref, parse_flatpakrepo};
use crate::file::keys::Keys;
use crate::permissions;
use cairn_model::{Problem, text};
use libflatpak::BundleRef;
use libflatpak::gio;
use libflatpak::prelude::*;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The bytes of a key file; one that is too large is refused after the limit, not after all of it.
pub(crate) fn load(path: &Path) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| refused(path, &e))?;
    if !file.metadata().is_ok_and(|m| m.is_file()) {
        return Err(invalid(&path.to_string_lossy()));
    }
    file.take(LIMIT as u64 + 1).read_to_end(&mut bytes).map_err(|e| refused(path, &e))?;
    Ok(bytes)
}

fn refused(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => Problem::InvalidArgument { what: text::line(&path.to_string_lossy()) },
        io::ErrorKind::PermissionDenied => Problem::NotAuthorized,
        _ => Problem::EngineFailed { detail: text::line(&error.to_string()) },
    }
}

/// What a file is: by its name, and it must be what the name says.
pub(crate) fn read(path: &Path) -> Result<AppFile, Problem> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("flatpakref") => parse_flatpakref(&load(path)?).map(AppFile::Ref),
        Some("flatpakrepo") => parse_flatpakrepo(&load(path)?).map(AppFile::Repo),
        Some("flatpak") => bundle(path).map(AppFile::Bundle),
        _ => Err(invalid(&path.file_name().unwrap_or_default().to_string_lossy())),
    }
}

fn bundle(path: &Path) -> Result<BundleFile, Problem> {
    // libflatpak maps the file; one that is not there or no file must not get so far.
    let is_file = std::fs::metadata(path).map_err(|e| refused(path, &e))?.is_file();
    if !is_file {
        return Err(invalid(&path.to_string_lossy()));
    }
    let bundle = BundleRef::new(&gio::File::for_path(path))
        .map_err(|e| Problem::InvalidArgument { what: text::line(e.message()) })?;
    let metadata = bundle.metadata().map(|m| String::from_utf8_lossy(&m).into_owned()).unwrap_or_default();
    let runtime =
        Keys::parse(metadata.as_bytes()).ok().and_then(|k| k.get("Application", "runtime").map(text::line));
    let address =
        |url: Option<libflatpak::glib::GString>| url.map(|u| text::line(&u)).filter(|u| !u.is_empty());
    let reference = crate::flatpak::installed::reference(&bundle).ok_or_else(|| invalid("ref"))?;
    Ok(BundleFile {
        commit: crate::flatpak::installed::commit(&bundle),
        origin: address(bundle.origin()),
        runtime_repo: address(bundle.runtime_repo_url()),
        installed_bytes: bundle.installed_size(),
        permissions: permissions::read(&metadata, reference.id.as_str()),
        reference,
        runtime,
    })
}

impl AppFile {
    /// What it is called on the screen.
    pub fn title(&self) -> String {
        match self {
            Self::Ref(RefFile { id, title, .. }) if title.is_empty() => id.to_string(),
            Self::Ref(file) => file.title.clone(),
            Self::Repo(file) => file.title.clone(),
            Self::Bundle(file) => file.reference.id.to_string(),
        }
    }
}
