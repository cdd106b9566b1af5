//! What is installed, read from what is deployed; no network.

use crate::file::keys::Keys;
use crate::permissions;
use cairn_model::app::installed::InstalledApp;
use cairn_model::app::{Ref, RefKind, Scope};
use cairn_model::{Problem, text};
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;
use libflatpak::{Installation, InstalledRef};
use std::fs;
use std::path::{Path, PathBuf};

use super::problem;

/// Extensions that flatpak brings along by itself; they are no add-ons that a person chose.
const ALONG: [&str; 3] = [".Locale", ".Debug", ".Sources"];

/// Every installed ref with where it came from and its commit.
pub(crate) struct Deployed {
    pub(crate) reference: Ref,
    pub(crate) remote: String,
    pub(crate) commit: String,
}

/// Apps and add-ons of one installation. What runs, what is held and sizes of data are not known here.
pub(crate) fn read(
    scope: Scope,
    installation: &Installation,
    cancellable: &Cancellable,
) -> Result<(Vec<InstalledApp>, Vec<Deployed>), Problem> {
    let refs = installation.list_installed_refs(Some(cancellable)).map_err(|e| problem(&e, ""))?;
    let mut apps = Vec::new();
    let mut deployed = Vec::new();
    for installed in &refs {
        let Some(reference) = reference(installed) else { continue };
        apps.extend(app(scope, installed, &reference, cancellable));
        deployed.push(Deployed { reference, remote: origin(installed), commit: commit(installed) });
    }
    Ok((apps, deployed))
}

/// The ref of a flatpak object, unless its name breaks flatpak's own rules.
pub(crate) fn reference(of: &impl IsA<libflatpak::Ref>) -> Option<Ref> {
    of.format_ref().and_then(|r| r.parse().ok())
}

pub(crate) fn origin(of: &InstalledRef) -> String {
    of.origin().map(String::from).unwrap_or_default()
}

pub(crate) fn commit(of: &impl IsA<libflatpak::Ref>) -> String {
    of.commit().map(String::from).unwrap_or_default()
}

/// The version as its metainfo says it; empty if it says none.
pub(crate) fn version(of: &InstalledRef) -> String {
    of.appdata_version().map(|v| text::line(&v)).unwrap_or_default()
}

/// The metadata of what is deployed, as text.
pub(crate) fn metadata(of: &InstalledRef, cancellable: &Cancellable) -> String {
    let bytes = of.load_metadata(Some(cancellable)).ok();
    bytes.map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default()
}

fn app(
    scope: Scope,
    installed: &InstalledRef,
    reference: &Ref,
    cancellable: &Cancellable,
) -> Option<InstalledApp> {
    let metadata = metadata(installed, cancellable);
    let extends = extends(&metadata, reference);
    if reference.kind == RefKind::Runtime && extends.is_none() {
        return None;
    }
    let shown = |text: Option<libflatpak::glib::GString>| text.map(|t| text::line(&t)).unwrap_or_default();
    let name = shown(installed.appdata_name());
    let deploy = installed.deploy_dir().map(PathBuf::from).unwrap_or_default();
    Some(InstalledApp {
        reference: reference.clone(),
        scope,
        remote: origin(installed),
        name: if name.is_empty() { reference.id.to_string() } else { name },
        summary: shown(installed.appdata_summary()),
        version: version(installed),
        commit: commit(installed),
        icon: icon(&deploy, reference),
        installed_bytes: installed.installed_size(),
        data_bytes: None,
        permissions: match reference.kind {
            RefKind::App => permissions::read(&metadata, reference.id.as_str()),
            _ => Vec::new(),
        },
        end_of_life: installed.eol().map(|t| text::line(&t)),
        end_of_life_rebase: installed.eol_rebase().and_then(|r| r.parse().ok()),
        held: None,
        running: false,
        extends,
    })
}

/// `[ExtensionOf] ref=` of flatpak-metadata(5), where that is an app.
fn extends(metadata: &str, reference: &Ref) -> Option<Ref> {
    if reference.kind == RefKind::App || ALONG.iter().any(|end| reference.id.as_str().ends_with(end)) {
        return None;
    }
    let keys = Keys::parse(metadata.as_bytes()).ok()?;
    let of: Ref = keys.get("ExtensionOf", "ref")?.parse().ok()?;
    (of.kind == RefKind::App).then_some(of)
}

/// The picture that flatpak exports for the menu, or the one made for catalogues.
fn icon(deploy: &Path, reference: &Ref) -> Option<PathBuf> {
    let name = format!("{}.png", reference.id);
    let of_catalogue = ["128x128", "64x64"]
        .map(|size| deploy.join("files/share/app-info/icons/flatpak").join(size).join(&name));
    let exported = ["128x128", "256x256", "64x64", "512x512", "48x48"]
        .map(|size| deploy.join("export/share/icons/hicolor").join(size).join("apps").join(&name));
    let drawn = deploy.join(format!("export/share/icons/hicolor/scalable/apps/{}.svg", reference.id));
    of_catalogue.into_iter().chain(exported).chain([drawn]).find(|path| fs::metadata(path).is_ok())
}
