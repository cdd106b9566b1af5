//! Does what was planned, in one installation at a time.

mod live;
mod meter;
mod run;
mod trash;
mod updates;

use crate::engine::{Engine, now};
use crate::flatpak::transaction::Item;
use crate::flatpak::{self, damage, find, installed, masks};
use crate::journal::Held;
use crate::queue::Job;
use cairn_model::app::installed::Hold;
use cairn_model::app::plan::OperationKind;
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppWish, Operation, Ref, Scope};
use cairn_model::{Problem, text};
use libflatpak::Installation;
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;
use run::Run;
use std::sync::Arc;

/// Runs the part of a plan that is about one installation.
///
/// # Errors
/// What stopped it as a whole. Parts that failed stand in the task's outcomes.
pub(crate) fn run(engine: &Arc<Engine>, job: &Job, scope: Scope) -> Result<(), Problem> {
    let cancellable = &job.cancellable;
    let installation = flatpak::open(scope, cancellable)?;
    let operations: Vec<Operation> =
        job.plan.operations.iter().filter(|o| o.scope == scope).cloned().collect();
    let run = Run { engine, job, scope, installation: &installation, operations: &operations };
    match &job.plan.wish {
        AppWish::Hold { reference, .. } => {
            hold(engine, scope, &installation, reference, Hold::Released, cancellable)
        }
        AppWish::Release { reference, .. } => release(engine, scope, &installation, reference, cancellable),
        AppWish::Update { .. } => updates::run(&run),
        AppWish::GoBack { reference, commit, .. } => go_back(&run, reference, commit),
        AppWish::Remove { reference, data, .. } => {
            run.strictly(&[Item::Uninstall { reference: reference.clone() }], false)?;
            forget_hold(engine, scope, &installation, reference, cancellable);
            if *data == DataFate::Trash {
                trash::data(&engine.places, reference, cancellable)
            } else {
                Ok(())
            }
        }
        AppWish::RemoveUnused {} => {
            let items = still_unused(&installation, removals(&operations), cancellable)?;
            if items.is_empty() { Ok(()) } else { run.leniently(&items) }
        }
        AppWish::Repair { .. } => {
            damage::clear(&installation, &operations, cancellable)?;
            let items: Vec<_> = operations.iter().map(install).collect();
            if items.is_empty() { Ok(()) } else { run.strictly(&items, true) }
        }
        wish => run.strictly(
            &items(&installation, wish, cancellable)?,
            matches!(wish, AppWish::ChangeSource { .. }),
        ),
    }
}

/// Goes back and holds there. flatpak moves nothing that is masked, not even when it is told the commit, so that a mask
/// is taken away for as long as it takes; it comes back whatever happens.
fn go_back(run: &Run<'_>, reference: &Ref, commit: &str) -> Result<(), Problem> {
    let (i, c) = (run.installation, &run.job.cancellable);
    let before = run.engine.journal.held(run.scope, reference)?;
    // Asked before anything changes: without it there would be no hold, and the next update would undo what was done.
    let after = match &before {
        // Whoever went back does not take back that it stays until they allow it.
        Some(Held { hold: Hold::Released, .. }) => Hold::Released,
        _ => Hold::NewerThan { commit: newest(i, reference, c)? },
    };
    let was_masked = masks::read(i, c).contains(&reference.to_string());
    masks::remove(i, reference, c)?;
    let item = Item::Update { reference: reference.clone(), commit: Some(commit.to_owned()) };
    let gone = run.strictly(&[item], false);
    // The job may be cancelled by now; the mask is put back nevertheless.
    let masked = if was_masked { masks::add(i, reference, &Cancellable::new()) } else { Ok(()) };
    gone?;
    let kept =
        masked.and_then(|()| hold(run.engine, run.scope, i, reference, after.clone(), &Cancellable::new()));
    kept.or_else(|problem| {
        // The mask is for other tools; ours is what the journal says. A mask of ours goes with its hold as before.
        tracing::warn!(?problem, "an app that went back is not masked");
        let masked = before.is_some_and(|held| held.masked);
        let held = Held { scope: run.scope, reference: reference.clone(), hold: after, masked };
        run.engine.journal.hold(&held, now())
    })
}

/// Leaves out what has come into use since the plan was made.
fn still_unused(i: &Installation, items: Vec<Item>, c: &Cancellable) -> Result<Vec<Item>, Problem> {
    let unused = i.list_unused_refs(None, Some(c)).map_err(|e| flatpak::problem(&e, ""))?;
    let unused: Vec<Ref> = unused.iter().filter_map(installed::reference).collect();
    let is_unused = |item: &Item| matches!(item, Item::Uninstall { reference } if unused.contains(reference));
    Ok(items.into_iter().filter(is_unused).collect())
}

fn removals(operations: &[Operation]) -> Vec<Item> {
    let removed = operations.iter().filter(|o| o.kind == OperationKind::Remove);
    removed.map(|o| Item::Uninstall { reference: o.reference.clone() }).collect()
}

fn install(operation: &Operation) -> Item {
    Item::Install { remote: operation.remote.clone(), reference: operation.reference.clone() }
}

/// What flatpak is asked for, the same in a dry run and in earnest.
pub(crate) fn items(i: &Installation, wish: &AppWish, c: &Cancellable) -> Result<Vec<Item>, Problem> {
    Ok(vec![match wish {
        AppWish::Install { source, reference } => {
            Item::Install { remote: source.remote.clone(), reference: reference.clone() }
        }
        AppWish::ChangeSource { reference, remote, .. } => {
            Item::Install { remote: remote.clone(), reference: reference.clone() }
        }
        AppWish::InstallFile { path, .. } => match path.extension().and_then(|e| e.to_str()) {
            Some("flatpak") => Item::Bundle(path.clone()),
            _ => Item::RefFile(crate::file::load(path)?),
        },
        AppWish::Rebase { reference, .. } => {
            let deployed = find(i, reference, c)?;
            let new = deployed.eol_rebase().and_then(|r| r.parse().ok());
            let new = new.ok_or_else(|| Problem::NotFound { what: text::line(reference.id.as_str()) })?;
            Item::Rebase { remote: installed::origin(&deployed), old: reference.clone(), new }
        }
        AppWish::GoBack { reference, commit, .. } => {
            Item::Update { reference: reference.clone(), commit: Some(commit.clone()) }
        }
        AppWish::Remove { reference, .. } => Item::Uninstall { reference: reference.clone() },
        AppWish::Update { .. }
        | AppWish::RemoveUnused {}
        | AppWish::Hold { .. }
        | AppWish::Release { .. }
        | AppWish::Repair { .. } => return Ok(Vec::new()),
    }])
}

/// What the remote has now; only something newer than that ends the hold.
fn newest(i: &Installation, reference: &Ref, c: &Cancellable) -> Result<String, Problem> {
    let remote = installed::origin(&find(i, reference, c)?);
    let kind = flatpak::kind(reference);
    let id = reference.id.as_str();
    let found =
        i.fetch_remote_ref_sync(&remote, kind, id, Some(&reference.arch), Some(&reference.branch), Some(c));
    found.map(|r| installed::commit(&r)).map_err(|e| flatpak::problem(&e, id))
}

/// Holds a ref, for Cairn and, by a mask, for everybody else.
fn hold(
    engine: &Engine,
    scope: Scope,
    installation: &Installation,
    reference: &Ref,
    hold: Hold,
    cancellable: &Cancellable,
) -> Result<(), Problem> {
    find(installation, reference, cancellable)?;
    let before = engine.journal.held(scope, reference)?;
    let there = masks::read(installation, cancellable).contains(&reference.to_string());
    let masked = !there || before.is_some_and(|h| h.masked);
    masks::add(installation, reference, cancellable)?;
    let held = Held { scope, reference: reference.clone(), hold, masked };
    engine.journal.hold(&held, now())
}

/// Ends a hold of ours, and exactly the mask that was set for it.
pub(crate) fn release(
    engine: &Engine,
    scope: Scope,
    installation: &Installation,
    reference: &Ref,
    cancellable: &Cancellable,
) -> Result<(), Problem> {
    let Some(held) = engine.journal.held(scope, reference)? else {
        return Err(Problem::NotFound { what: text::line(reference.id.as_str()) });
    };
    if held.masked {
        masks::remove(installation, reference, cancellable)?;
    }
    engine.journal.release(scope, reference)
}

/// What is removed needs no hold; that it cannot be taken away is no reason to say that the removal failed.
fn forget_hold(engine: &Engine, scope: Scope, i: &Installation, reference: &Ref, c: &Cancellable) {
    match release(engine, scope, i, reference, c) {
        Ok(()) | Err(Problem::NotFound { .. }) => {}
        Err(problem) => tracing::warn!(?problem, "a hold stays behind"),
    }
}
