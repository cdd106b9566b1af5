//! Catalogues that remotes have brought to this computer. Reading them needs no network.

use cairn_model::app::{CatalogSource, Scope, Source};
use libflatpak::Remote;
use libflatpak::prelude::*;
use std::fs;

/// The catalogue of a remote, if one is deployed. `active` is a link to a folder named by the commit's checksum.
pub(crate) fn read(scope: Scope, remote: &Remote) -> Option<CatalogSource> {
    let active = remote.appstream_dir(None)?.path()?;
    let commit = fs::read_link(&active).ok()?.file_name()?.to_str()?.to_owned();
    let xml = ["appstream.xml", "appstream.xml.gz"]
        .map(|name| active.join(name))
        .into_iter()
        .find(|path| fs::metadata(path).is_ok_and(|m| m.len() > 0))?;
    let source = Source { scope, remote: remote.name()?.into() };
    Some(CatalogSource { source, xml, icons: active.join("icons"), commit })
}
