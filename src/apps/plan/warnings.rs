//! What deserves a look before it is done.

use super::everybody;
use crate::flatpak::transaction::Resolved;
use crate::flatpak::{find, remotes, running};
use cairn_model::app::plan::{AppWarning, OperationKind};
use cairn_model::app::{AppWish, Operation, RefKind};
use cairn_model::text;
use libflatpak::Installation;
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;

pub(super) fn of(i: &Installation, wish: &AppWish, resolved: &Resolved, c: &Cancellable) -> Vec<AppWarning> {
    let mut warnings = running(i, &resolved.operations, c);
    warnings.extend(not_signed(i, &resolved.operations, c));
    for (name, url) in &resolved.remotes {
        warnings.push(AppWarning::NewRemote { name: name.clone(), url: url.clone() });
    }
    for (reference, reason) in &resolved.ends {
        let installs = resolved.operations.iter().any(|o| o.reference == *reference);
        // Translations end with their app, which is told by itself.
        if installs && !reference.id.as_str().ends_with(".Locale") {
            warnings.push(AppWarning::EndOfLife { reference: reference.clone(), reason: reason.clone() });
        }
    }
    // Everybody's updates need no password and surprise nobody.
    if !matches!(wish, AppWish::Update { .. }) {
        warnings.extend(everybody(&resolved.operations));
    }
    warnings
}

fn running(i: &Installation, operations: &[Operation], c: &Cancellable) -> Vec<AppWarning> {
    let running = running::read();
    let changes = |o: &&Operation| o.kind != OperationKind::Install && o.reference.kind == RefKind::App;
    operations
        .iter()
        .filter(changes)
        .filter(|o| running::is_running(&running, o.reference.id.as_str(), o.scope))
        .map(|o| {
            let name = find(i, &o.reference, c).ok().and_then(|d| d.appdata_name()).map(|n| text::line(&n));
            let name = name.filter(|n| !n.is_empty()).unwrap_or_else(|| o.reference.id.to_string());
            AppWarning::Running { reference: o.reference.clone(), name }
        })
        .collect()
}

fn not_signed(i: &Installation, operations: &[Operation], c: &Cancellable) -> Vec<AppWarning> {
    let mut names: Vec<&str> = operations
        .iter()
        .filter(|o| o.kind != OperationKind::Remove)
        .map(|o| o.remote.as_str())
        .filter(|name| remotes::get(i, name, c).is_ok_and(|r| !r.is_gpg_verify()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| AppWarning::NotSigned { remote: name.into() }).collect()
}
