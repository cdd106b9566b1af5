//! Remotes of an installation.

use super::{installed::Deployed, problem};
use cairn_model::app::{Remote as Facts, Scope};
use cairn_model::{Problem, text};
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;
use libflatpak::{Installation, Remote, glib};

pub(crate) fn list(installation: &Installation, cancellable: &Cancellable) -> Result<Vec<Remote>, Problem> {
    installation.list_remotes(Some(cancellable)).map_err(|e| problem(&e, ""))
}

pub(crate) fn get(installation: &Installation, name: &str, c: &Cancellable) -> Result<Remote, Problem> {
    installation.remote_by_name(name, Some(c)).map_err(|e| match problem(&e, name) {
        Problem::EngineFailed { .. } => Problem::NotFound { what: text::line(name) },
        other => other,
    })
}

/// What the shelf tells of a remote.
pub(crate) fn facts(scope: Scope, remote: &Remote, deployed: &[Deployed]) -> Option<Facts> {
    let name = remote.name()?;
    let title = remote.title().map(|t| text::line(&t)).filter(|t| !t.is_empty());
    let used = deployed.iter().filter(|d| d.remote == name).count();
    Some(Facts {
        scope,
        title: title.unwrap_or_else(|| name.to_string()),
        url: remote.url().map(|u| text::line(&u)).unwrap_or_default(),
        enabled: !remote.is_disabled(),
        signed: remote.is_gpg_verify(),
        filtered: remote.filter().is_some_and(|f| !f.is_empty()),
        used_by: u32::try_from(used).unwrap_or(u32::MAX),
        unreachable: false,
        name: name.into(),
    })
}

/// Adds a remote out of the bytes of a `.flatpakrepo`.
pub(crate) fn add(i: &Installation, name: &str, file: &[u8], c: &Cancellable) -> Result<(), Problem> {
    let remote = Remote::from_file(name, &glib::Bytes::from(file)).map_err(|e| problem(&e, name))?;
    if crate::parse_flatpakrepo(file)?.key.is_some() {
        // libflatpak keeps the key and forgets to look at signatures, those of the summary too, unless it is told.
        remote.set_gpg_verify(true);
    }
    i.add_remote(&remote, false, Some(c)).map_err(|e| match problem(&e, name) {
        Problem::AppInstalled { .. } => Problem::RemoteExists { name: name.into() },
        other => other,
    })
}

/// Removes a remote that nothing comes from.
pub(crate) fn remove(i: &Installation, name: &str, c: &Cancellable) -> Result<(), Problem> {
    get(i, name, c)?;
    let refs = i.list_installed_refs(Some(c)).map_err(|e| problem(&e, name))?;
    let used = refs.iter().filter(|r| r.origin().is_some_and(|o| o == name)).count();
    if used > 0 {
        return Err(Problem::RemoteInUse {
            name: name.into(),
            apps: u32::try_from(used).unwrap_or(u32::MAX),
        });
    }
    i.remove_remote(name, Some(c)).map_err(|e| problem(&e, name))
}

pub(crate) fn enable(i: &Installation, name: &str, enabled: bool, c: &Cancellable) -> Result<(), Problem> {
    let remote = get(i, name, c)?;
    remote.set_disabled(!enabled);
    i.modify_remote(&remote, Some(c)).map_err(|e| problem(&e, name))
}
