//! What runs, as flatpak's instances in `$XDG_RUNTIME_DIR/.flatpak` tell.

use cairn_model::app::Scope;
use libflatpak::Instance;
use libflatpak::prelude::*;
use std::collections::BTreeSet;

/// Ids and commits of the apps that run right now, whichever installation they are of.
pub(crate) fn read() -> BTreeSet<(String, String)> {
    Instance::all()
        .iter()
        .filter(|i| i.is_running())
        .filter_map(|i| Some((i.app()?.into(), i.commit().map(String::from).unwrap_or_default())))
        .collect()
}

/// An instance does not name its installation; the same id in both scopes counts as running in both.
pub(crate) fn is_running(running: &BTreeSet<(String, String)>, id: &str, _scope: Scope) -> bool {
    running.iter().any(|(app, _)| app == id)
}
