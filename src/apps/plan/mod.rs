//! From a wish to exactly what would be done. Dry runs of flatpak's own transaction; nothing is changed, nobody is
//! asked, and what needs no network is planned without.

mod file;
pub(crate) mod updates;
mod warnings;

use crate::engine::Engine;
use crate::flatpak::scratch::Scratch;
use crate::flatpak::transaction::{Item, Resolved, Setup, resolve};
use crate::flatpak::{self, damage, find, installed, reach};
use crate::{apply, check, permissions};
use cairn_model::app::plan::{AppWarning, OperationKind};
use cairn_model::app::{AppPlan, AppWish, Operation, Ref, Scope};
use cairn_model::{Problem, text};
use libflatpak::Installation;
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;
use std::collections::BTreeSet;

pub(crate) fn make(engine: &Engine, wish: &AppWish, c: &Cancellable) -> Result<AppPlan, Problem> {
    match wish {
        AppWish::Update { refs, allow_permissions } => {
            updates::plan(engine, wish, refs, *allow_permissions, c)
        }
        AppWish::InstallFile { path, scope } => file::plan(engine, wish, path, *scope, c),
        AppWish::RemoveUnused {} => unused(wish, c),
        AppWish::Hold { scope, reference } | AppWish::Release { scope, reference } => {
            let installation = flatpak::open(*scope, c)?;
            let name = name(&installation, reference, c)?;
            Ok(AppPlan { name, ..empty(wish) })
        }
        AppWish::Repair { scope } => repair(engine, wish, *scope, c),
        AppWish::Install { source, .. } => single(engine, wish, source.scope, c),
        AppWish::Remove { scope, .. }
        | AppWish::GoBack { scope, .. }
        | AppWish::Rebase { scope, .. }
        | AppWish::ChangeSource { scope, .. } => single(engine, wish, *scope, c),
    }
}

/// A wish about one ref of one installation.
fn single(engine: &Engine, wish: &AppWish, scope: Scope, c: &Cancellable) -> Result<AppPlan, Problem> {
    let installation = flatpak::open(scope, c)?;
    let items = apply::items(&installation, wish, c)?;
    let reinstall = matches!(wish, AppWish::ChangeSource { .. });
    refuse(&installation, wish, c)?;
    let setup = Setup { items, quiet: true, reinstall, sources: Vec::new() };
    let resolved = if matches!(wish, AppWish::GoBack { .. }) {
        let scratch = Scratch::unmasked(&installation, &engine.places.data, c)?;
        resolve(scope, &scratch.installation, &setup, c)
    } else {
        resolve(scope, &installation, &setup, c)
    };
    let resolved = resolved.map_err(|problem| explain(problem, wish, scope, c))?;
    if resolved.operations.is_empty() {
        return Err(Problem::NoUpdate);
    }
    let reference = wish.refs().first().copied().cloned();
    let named = reference.as_ref().map(|r| name(&installation, r, c).unwrap_or_else(|_| r.id.to_string()));
    let mut plan = assemble(wish, &installation, resolved, c);
    plan.name = named.unwrap_or_default();
    Ok(plan)
}

/// What a dry run's problem means for a wish.
fn explain(problem: Problem, wish: &AppWish, scope: Scope, c: &Cancellable) -> Problem {
    match (problem, wish) {
        (Problem::Corrupt { .. } | Problem::AppNotFound { .. }, AppWish::GoBack { commit, .. }) => {
            Problem::VersionGone { commit: commit.clone() }
        }
        (problem, AppWish::Install { source, .. }) => reach::doubt(problem, scope, Some(&source.remote), c),
        (problem, AppWish::ChangeSource { remote, .. }) => reach::doubt(problem, scope, Some(remote), c),
        (problem, _) => reach::doubt(problem, scope, None, c),
    }
}

/// What flatpak would accept, but makes no sense or names what is not there.
fn refuse(installation: &Installation, wish: &AppWish, c: &Cancellable) -> Result<(), Problem> {
    match wish {
        AppWish::ChangeSource { reference, remote, .. } => {
            flatpak::remotes::get(installation, remote, c)?;
            let origin = installed::origin(&find(installation, reference, c)?);
            if origin == *remote {
                Err(Problem::AppInstalled { id: reference.id.to_string() })
            } else {
                Ok(())
            }
        }
        AppWish::Install { source, .. } => flatpak::remotes::get(installation, &source.remote, c).map(|_| ()),
        AppWish::GoBack { commit, .. } => {
            let valid = commit.len() == 64 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            if valid { Ok(()) } else { Err(Problem::InvalidArgument { what: text::line(commit) }) }
        }
        _ => Ok(()),
    }
}

/// Totals and warnings of operations that are resolved.
fn assemble(wish: &AppWish, installation: &Installation, resolved: Resolved, c: &Cancellable) -> AppPlan {
    let mut plan = empty(wish);
    plan.disk_bytes = resolved.operations.iter().map(|o| grows(installation, o, c)).sum();
    plan.download_bytes = resolved.operations.iter().map(|o| o.download_bytes).sum();
    plan.warnings = warnings::of(installation, wish, &resolved, c);
    plan.operations = resolved.operations;
    plan
}

/// Bytes that the disk holds more afterwards.
fn grows(installation: &Installation, operation: &Operation, c: &Cancellable) -> i64 {
    let signed = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let now = find(installation, &operation.reference, c).map(|d| d.installed_size()).unwrap_or(0);
    match operation.kind {
        OperationKind::Remove => -signed(now),
        OperationKind::Install | OperationKind::Update => signed(operation.installed_bytes) - signed(now),
    }
}

fn empty(wish: &AppWish) -> AppPlan {
    AppPlan {
        wish: wish.clone(),
        name: String::new(),
        operations: Vec::new(),
        download_bytes: 0,
        disk_bytes: 0,
        warnings: Vec::new(),
    }
}

/// What an installed ref calls itself.
fn name(installation: &Installation, reference: &Ref, c: &Cancellable) -> Result<String, Problem> {
    let deployed = find(installation, reference, c)?;
    let name = deployed.appdata_name().map(|n| text::line(&n)).filter(|n| !n.is_empty());
    Ok(name.unwrap_or_else(|| reference.id.to_string()))
}

/// Adds what is planned in another installation.
fn join(into: &mut AppPlan, other: AppPlan) {
    into.operations.extend(other.operations);
    into.download_bytes += other.download_bytes;
    into.disk_bytes += other.disk_bytes;
    for warning in other.warnings {
        if !into.warnings.contains(&warning) {
            into.warnings.push(warning);
        }
    }
}

fn unused(wish: &AppWish, c: &Cancellable) -> Result<AppPlan, Problem> {
    let mut plan = empty(wish);
    for (scope, installation) in flatpak::open_all(c)? {
        let refs = installation.list_unused_refs(None, Some(c)).map_err(|e| flatpak::problem(&e, ""))?;
        let items: Vec<_> = refs
            .iter()
            .filter_map(installed::reference)
            .map(|reference| Item::Uninstall { reference })
            .collect();
        if items.is_empty() {
            continue;
        }
        let setup = Setup { items, quiet: true, reinstall: false, sources: Vec::new() };
        let resolved = resolve(scope, &installation, &setup, c)?;
        join(&mut plan, assemble(wish, &installation, resolved, c));
    }
    Ok(plan)
}

/// What is damaged comes anew, which may be a newer version: flatpak installs the newest. One that cannot be had keeps no
/// other from being repaired.
fn repair(engine: &Engine, wish: &AppWish, scope: Scope, c: &Cancellable) -> Result<AppPlan, Problem> {
    let installation = flatpak::open(scope, c)?;
    let damaged = damage::find(&installation, c)?;
    if damaged.is_empty() {
        return Ok(empty(wish));
    }
    let setup = |damaged: Vec<(Ref, String)>| {
        let items = damaged.into_iter().map(|(reference, remote)| Item::Install { remote, reference });
        Setup { items: items.collect(), quiet: true, reinstall: true, sources: Vec::new() }
    };
    let mut resolved = match resolve(scope, &installation, &setup(damaged.clone()), c) {
        Err(problem) if problem != Problem::Cancelled && damaged.len() > 1 => {
            one_by_one(damaged, |one| resolve(scope, &installation, &setup(vec![one]), c), problem)?
        }
        resolved => resolved?,
    };
    let mut seen = BTreeSet::new();
    resolved.operations.retain(|o| seen.insert(o.reference.clone()));
    let wider = |o: &&Operation| !permissions::added(&o.before, &o.after).is_empty();
    let widened = resolved.operations.iter().filter(wider).map(|o| check::update(engine, o));
    let widened: Vec<AppWarning> = widened
        .map(|u| AppWarning::MorePermissions { reference: u.reference, name: u.name, added: u.added })
        .collect();
    let mut plan = assemble(wish, &installation, resolved, c);
    plan.warnings.extend(widened);
    Ok(plan)
}

/// What can be worked out of several; the first problem where that is nothing.
fn one_by_one(
    damaged: Vec<(Ref, String)>,
    work_out: impl Fn((Ref, String)) -> Result<Resolved, Problem>,
    first: Problem,
) -> Result<Resolved, Problem> {
    let mut all = Resolved::default();
    for one in damaged {
        match work_out(one) {
            Ok(resolved) => all.operations.extend(resolved.operations),
            Err(Problem::Cancelled) => return Err(Problem::Cancelled),
            Err(problem) => tracing::warn!(?problem, "something damaged cannot be had anew"),
        }
    }
    if all.operations.is_empty() { Err(first) } else { Ok(all) }
}

/// Shown where everybody gets what one person asks for.
fn everybody(operations: &[Operation]) -> Option<AppWarning> {
    operations.iter().any(|o| o.scope == Scope::System).then_some(AppWarning::Everybody)
}
