//! Looking for updates. One remote that does not answer hides nothing of the others.

use crate::engine::{Engine, now};
use crate::flatpak::scratch::Scratch;
use crate::flatpak::transaction::{Item, Resolved, Setup, resolve as dry_run};
use crate::flatpak::{self, installed, masks, reach, remotes};
use crate::journal::Held;
use crate::{apply, permissions, reader};
use cairn_model::Problem;
use cairn_model::app::installed::Hold;
use cairn_model::app::plan::OperationKind;
use cairn_model::app::shelf::AppCheck;
use cairn_model::app::{AppUpdate, Operation, Ref, RefKind, Scope};
use libflatpak::Installation;
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What dry runs of updates came to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) resolved: Resolved,
    /// Refs, with their remotes, for which it could be worked out.
    pub(crate) asked: Vec<(Ref, String)>,
    /// Remotes or ids for which it could not.
    pub(crate) failed: Vec<(String, Problem)>,
}

/// Looks at everything that is installed, and brings catalogues up to date.
pub(crate) fn run(engine: &Engine, c: &Cancellable) -> Result<(), Problem> {
    let before = engine.journal.check();
    let mut check = AppCheck { time: now(), ..AppCheck::default() };
    for (scope, installation) in flatpak::open_all(c)? {
        installation.set_no_interaction(true);
        let Refreshed { silent, failed } = refresh(scope, &installation, c)?;
        let refs = installation.list_installed_refs(Some(c)).map_err(|e| flatpak::problem(&e, ""))?;
        let refs = refs.iter().filter_map(|r| Some((installed::reference(r)?, installed::origin(r))));
        let (unasked, asked): (Vec<(Ref, String)>, Vec<_>) =
            refs.partition(|(_, remote)| silent.iter().any(|(name, _)| name == remote));
        // What was found before still holds for what could not be asked now.
        let known = before.iter().flat_map(|b| &b.updates);
        let known = known.filter(|u| u.scope == scope && unasked.iter().any(|(r, _)| *r == u.reference));
        check.updates.extend(known.cloned());
        let masked = masked(engine, scope, &installation, &asked, c)?;
        end_holds(engine, scope, &installation, &masked, c);
        let found = resolve(scope, &installation, asked, c)?;
        let seen = |o: &&Operation| found.resolved.operations.iter().any(|f| f.reference == o.reference);
        check.updates.extend(masked.iter().filter(|o| !seen(o)).map(|o| update(engine, o)));
        let updates = found.resolved.operations.iter().filter(|o| o.kind == OperationKind::Update);
        check.updates.extend(updates.map(|o| update(engine, o)));
        check.failed.extend(silent.into_iter().chain(failed).chain(found.failed));
    }
    check.failed.dedup();
    check.updates.sort_by_cached_key(|u| (u.runtime, u.name.to_lowercase(), u.scope));
    if let Err(problem) = engine.journal.keep_check(&check) {
        tracing::error!(?problem, "what was found is not written down");
    }
    engine.keeper.put_check(check);
    reader::read(engine);
    Ok(())
}

/// What bringing catalogues up to date came to, by the names of remotes.
#[derive(Debug, Default)]
pub(crate) struct Refreshed {
    /// They do not answer at all.
    pub(crate) silent: Vec<(String, Problem)>,
    /// They answer, but their catalogue could not be had.
    pub(crate) failed: Vec<(String, Problem)>,
}

/// Brings the catalogues of all enabled remotes up to date.
pub(crate) fn refresh(scope: Scope, i: &Installation, c: &Cancellable) -> Result<Refreshed, Problem> {
    let Refreshed { mut silent, mut failed } = Refreshed::default();
    for remote in remotes::list(i, c)?.iter().filter(|r| !r.is_disabled()) {
        let Some(name) = remote.name() else { continue };
        // Fetching the catalogue says of a remote that is silent only that it has none.
        if let Some(problem) = reach::silence(scope, &name, c)? {
            silent.push((name.into(), problem));
            continue;
        }
        let Err(error) = i.update_appstream_sync(&name, None, Some(c)) else { continue };
        match flatpak::problem(&error, &name) {
            Problem::Cancelled => return Err(Problem::Cancelled),
            // Remotes of single apps have no catalogue.
            Problem::AppNotFound { .. } => {}
            Problem::Corrupt { .. } if error.matches(libflatpak::gio::IOErrorEnum::NotFound) => {}
            problem => failed.push((name.into(), problem)),
        }
    }
    Ok(Refreshed { silent, failed })
}

/// What there is for refs that are masked: flatpak itself would say that there is nothing.
fn masked(
    engine: &Engine,
    scope: Scope,
    i: &Installation,
    asked: &[(Ref, String)],
    c: &Cancellable,
) -> Result<Vec<Operation>, Problem> {
    let patterns = masks::read(i, c);
    let is_masked = |r: &Ref| patterns.iter().any(|p| masks::matches(p, r));
    let asked: Vec<_> = asked.iter().filter(|(r, _)| is_masked(r)).cloned().collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let scratch = Scratch::unmasked(i, &engine.places.data, c)?;
    let wanted: Vec<Ref> = asked.iter().map(|(r, _)| r.clone()).collect();
    let mut operations = resolve(scope, &scratch.installation, asked, c)?.resolved.operations;
    operations.retain(|o| o.kind == OperationKind::Update && wanted.contains(&o.reference));
    Ok(operations)
}

/// Works out updates: all at once; where that fails, each remote by itself, and then by halves.
pub(crate) fn resolve(
    scope: Scope,
    i: &Installation,
    asked: Vec<(Ref, String)>,
    c: &Cancellable,
) -> Result<Found, Problem> {
    let mut found = Found::default();
    if asked.is_empty() || attempt(scope, i, &asked, c, &mut found)?.is_none() {
        return Ok(found);
    }
    let mut by_remote: BTreeMap<String, Vec<(Ref, String)>> = BTreeMap::new();
    for (reference, remote) in asked {
        by_remote.entry(remote.clone()).or_default().push((reference, remote));
    }
    for (remote, part) in by_remote {
        narrow(scope, i, &remote, &part, c, &mut found)?;
    }
    unite(scope, i, &mut found, c)?;
    Ok(found)
}

fn narrow(
    scope: Scope,
    i: &Installation,
    remote: &str,
    part: &[(Ref, String)],
    c: &Cancellable,
    found: &mut Found,
) -> Result<(), Problem> {
    let Some(problem) = attempt(scope, i, part, c, found)? else { return Ok(()) };
    let (left, right) = part.split_at(part.len() / 2);
    if matches!(problem, Problem::Network { .. }) {
        found.failed.push((remote.to_owned(), problem));
        return Ok(());
    }
    if left.is_empty() {
        let id = right.first().map(|(r, _)| r.id.to_string()).unwrap_or_default();
        found.failed.push((id, problem));
        return Ok(());
    }
    narrow(scope, i, remote, left, c, found)?;
    narrow(scope, i, remote, right, c, found)
}

/// Parts may bring the same runtime; what was asked in parts and works is asked once more as a whole.
fn unite(scope: Scope, i: &Installation, found: &mut Found, c: &Cancellable) -> Result<(), Problem> {
    let asked = std::mem::take(&mut found.asked);
    let mut whole = Found::default();
    if !asked.is_empty() && attempt(scope, i, &asked, c, &mut whole)?.is_none() {
        found.resolved = whole.resolved;
    } else {
        let mut seen = BTreeSet::new();
        found.resolved.operations.retain(|o| seen.insert(o.reference.clone()));
    }
    found.asked = asked;
    Ok(())
}

/// One dry run. What stopped it, if anything did; cancelling stops everything.
fn attempt(
    scope: Scope,
    i: &Installation,
    part: &[(Ref, String)],
    c: &Cancellable,
    found: &mut Found,
) -> Result<Option<Problem>, Problem> {
    let items = part.iter().map(|(r, _)| Item::Update { reference: r.clone(), commit: None }).collect();
    match dry_run(scope, i, &Setup { items, quiet: true, reinstall: false, sources: Vec::new() }, c) {
        Ok(resolved) => {
            found.resolved.operations.extend(resolved.operations);
            found.resolved.ends.extend(resolved.ends);
            found.asked.extend_from_slice(part);
            Ok(None)
        }
        Err(Problem::Cancelled) => Err(Problem::Cancelled),
        Err(problem) => Ok(Some(problem)),
    }
}

/// An operation as an update that is offered.
pub(crate) fn update(engine: &Engine, operation: &Operation) -> AppUpdate {
    let app = engine.keeper.app(operation.scope, &operation.reference);
    AppUpdate {
        reference: operation.reference.clone(),
        scope: operation.scope,
        name: app.as_ref().map_or_else(|| operation.reference.id.to_string(), |a| a.name.clone()),
        version: String::new(),
        commit: operation.commit.clone(),
        download_bytes: operation.download_bytes,
        added: permissions::added(&operation.before, &operation.after),
        runtime: operation.reference.kind == RefKind::Runtime && app.is_none(),
    }
}

/// A hold until something newer ends when that has come.
fn end_holds(engine: &Engine, scope: Scope, i: &Installation, operations: &[Operation], c: &Cancellable) {
    let newer = |held: &Held| {
        let offered = operations.iter().find(|o| o.reference == held.reference).map(|o| &o.commit);
        match (&held.hold, offered) {
            (Hold::NewerThan { commit }, Some(offered)) => offered != commit,
            _ => false,
        }
    };
    for held in engine.journal.holds().unwrap_or_default().iter().filter(|h| h.scope == scope) {
        if newer(held)
            && let Err(problem) = apply::release(engine, scope, i, &held.reference, c)
        {
            tracing::warn!(?problem, reference = %held.reference, "a hold does not end");
        }
    }
}
