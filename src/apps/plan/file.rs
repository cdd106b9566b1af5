//! What a `.flatpakref` or `.flatpak` file would bring. Looked at in a scratch installation, so that the real one does
//! not get the file's remote before the person has said yes.

use super::assemble;
use crate::apply;
use crate::engine::Engine;
use crate::flatpak::scratch::Scratch;
use crate::flatpak::transaction::{Setup, resolve};
use crate::flatpak::{self, find};
use cairn_model::Problem;
use cairn_model::app::plan::{AppWarning, OperationKind};
use cairn_model::app::{AppPlan, AppWish, RefKind, Scope};
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;
use std::path::Path;

pub(super) fn plan(
    engine: &Engine,
    wish: &AppWish,
    path: &Path,
    scope: Scope,
    c: &Cancellable,
) -> Result<AppPlan, Problem> {
    let kind = crate::file::read(path)?;
    let real = flatpak::open(scope, c)?;
    let scratch = Scratch::empty(&real, &engine.places.data, c)?;
    let items = apply::items(&real, wish, c)?;
    // What the real installation has, such as the runtime, is not fetched again.
    let setup = Setup { items, quiet: true, reinstall: false, sources: vec![real.clone()] };
    let resolved = resolve(scope, &scratch.installation, &setup, c)?;
    let installed = |o: &&cairn_model::app::Operation| {
        o.kind == OperationKind::Install
            && o.reference.kind == RefKind::App
            && find(&real, &o.reference, c).is_ok()
    };
    if let Some(there) = resolved.operations.iter().find(installed) {
        return Err(Problem::AppInstalled { id: there.reference.id.to_string() });
    }
    let mut plan = assemble(wish, &scratch.installation, resolved, c);
    plan.name = kind.title();
    add_remotes(&mut plan, &real, &scratch, c);
    Ok(plan)
}

/// Remotes that only the scratch installation has would become known.
fn add_remotes(plan: &mut AppPlan, real: &libflatpak::Installation, scratch: &Scratch, c: &Cancellable) {
    for operation in &plan.operations {
        if real.remote_by_name(&operation.remote, Some(c)).is_ok() {
            continue;
        }
        let remote = scratch.installation.remote_by_name(&operation.remote, Some(c));
        let url = remote.ok().and_then(|r| r.url()).map(|u| cairn_model::text::line(&u)).unwrap_or_default();
        let warning = AppWarning::NewRemote { name: operation.remote.clone(), url };
        let is_it =
            |w: &AppWarning| matches!(w, AppWarning::NewRemote { name, .. } if *name == operation.remote);
        if !plan.warnings.iter().any(is_it) {
            plan.warnings.push(warning);
        }
    }
}
