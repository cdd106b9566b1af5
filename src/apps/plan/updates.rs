//! Updates, without those that are held, and without those that want more than they may do now.

use super::{assemble, empty, join};
use crate::check::{self, Found};
use crate::engine::Engine;
use crate::flatpak::{self, installed, masks, reach};
use crate::permissions;
use cairn_model::Problem;
use cairn_model::app::plan::{AppWarning, OperationKind};
use cairn_model::app::{AppPlan, AppUpdate, AppWish, Operation, Ref, RefKind, Scope};
use libflatpak::Installation;
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;
use std::collections::BTreeSet;

pub(super) fn plan(
    engine: &Engine,
    wish: &AppWish,
    named: &[(Scope, Ref)],
    allow: bool,
    c: &Cancellable,
) -> Result<AppPlan, Problem> {
    let mut plan = empty(wish);
    let mut failed = None;
    let mut remotes = BTreeSet::new();
    for (scope, installation) in flatpak::open_all(c)? {
        let wanted = wanted(engine, scope, &installation, named, c)?;
        remotes.extend(wanted.iter().map(|(_, remote)| (scope, remote.clone())));
        let found = check::resolve(scope, &installation, wanted, c)?;
        failed = failed.or_else(|| found.failed.first().map(|(_, problem)| problem.clone()));
        let part = Part { engine, wish, scope, installation: &installation, c };
        join(&mut plan, part.settle(found, allow)?);
    }
    if plan.operations.is_empty() && plan.warnings.is_empty() {
        return Err(failed.unwrap_or_else(|| nothing(&remotes, c)));
    }
    if let [(scope, reference)] = named {
        plan.name = engine.keeper.app(*scope, reference).map(|a| a.name).unwrap_or_default();
    }
    Ok(plan)
}

/// flatpak finds no update also where nobody answers; that is something else.
fn nothing(remotes: &BTreeSet<(Scope, String)>, c: &Cancellable) -> Problem {
    let silence = |(scope, remote): &(Scope, String)| match reach::silence(*scope, remote, c) {
        Ok(silent) => silent,
        Err(problem) => Some(problem),
    };
    // A remote that is gone for good, or never was one, is no reason to call the others silent.
    let asked = remotes.iter().filter(|(_, name)| !name.is_empty());
    asked
        .filter_map(silence)
        .find(|p| matches!(p, Problem::Network { .. } | Problem::Cancelled))
        .unwrap_or(Problem::NoUpdate)
}

/// What flatpak is asked to update, with remotes, when a plan is carried out: the same as when it was made, or what it
/// comes to would differ.
pub(crate) fn again(
    engine: &Engine,
    plan: &AppPlan,
    scope: Scope,
    installation: &Installation,
    c: &Cancellable,
) -> Result<Vec<(Ref, String)>, Problem> {
    let AppWish::Update { refs, .. } = &plan.wish else { return Ok(Vec::new()) };
    let left_out = |w: &AppWarning| match w {
        AppWarning::LeftOut { update } if update.scope == scope => Some(update.reference.clone()),
        _ => None,
    };
    let out: Vec<Ref> = plan.warnings.iter().filter_map(left_out).collect();
    let out: Vec<&Ref> = out.iter().collect();
    let mut wanted = wanted(engine, scope, installation, refs, c)?;
    wanted.retain(|(r, _)| !goes_with(r, &out));
    Ok(wanted)
}

/// What a plan is called once it is carried out, and by which wish it can be told and asked for again: where something was
/// left out, that names what is updated, so that nobody takes it for everything and nobody is asked twice.
pub(crate) fn carried_out(engine: &Engine, plan: &AppPlan) -> (AppWish, String) {
    let whole = (plan.wish.clone(), plan.name.clone());
    let AppWish::Update { allow_permissions, .. } = plan.wish else { return whole };
    if !plan.warnings.iter().any(|w| matches!(w, AppWarning::LeftOut { .. })) {
        return whole;
    }
    let updates = plan.operations.iter().filter(|o| o.kind == OperationKind::Update);
    let refs: Vec<(Scope, Ref)> = updates.map(|o| (o.scope, o.reference.clone())).collect();
    if refs.is_empty() {
        return whole;
    }
    let mut apps = refs.iter().filter(|(_, r)| r.kind == RefKind::App);
    let name = match (apps.next(), apps.next()) {
        (Some((scope, reference)), None) => engine.keeper.app(*scope, reference).map(|a| a.name),
        _ => None,
    };
    (AppWish::Update { refs, allow_permissions }, name.unwrap_or_default())
}

/// What is to be updated: what is named, or everything; never what is held or masked.
fn wanted(
    engine: &Engine,
    scope: Scope,
    installation: &Installation,
    named: &[(Scope, Ref)],
    c: &Cancellable,
) -> Result<Vec<(Ref, String)>, Problem> {
    let holds = engine.journal.holds()?;
    let patterns = masks::read(installation, c);
    let refs = installation.list_installed_refs(Some(c)).map_err(|e| flatpak::problem(&e, ""))?;
    let present: Vec<(Ref, String)> =
        refs.iter().filter_map(|r| Some((installed::reference(r)?, installed::origin(r)))).collect();
    let is_held = |r: &&Ref| {
        let own = holds.iter().any(|h| h.scope == scope && h.reference == **r);
        own || patterns.iter().any(|p| masks::matches(p, r))
    };
    let held: Vec<&Ref> = present.iter().map(|(r, _)| r).filter(is_held).collect();
    let is_wanted = |r: &Ref| named.is_empty() || named.iter().any(|(s, n)| *s == scope && n == r);
    let missing = named.iter().find(|(s, n)| *s == scope && !present.iter().any(|(r, _)| r == n));
    if let Some((_, reference)) = missing {
        return Err(Problem::AppNotInstalled { id: reference.id.to_string() });
    }
    Ok(present.iter().filter(|(r, _)| is_wanted(r) && !goes_with(r, &held)).cloned().collect())
}

/// A ref itself, and what flatpak brings along with it: `org.gnome.Maps.Locale` belongs to `org.gnome.Maps`.
fn goes_with(reference: &Ref, others: &[&Ref]) -> bool {
    others.iter().any(|o| {
        let rest = reference.id.as_str().strip_prefix(o.id.as_str());
        o == &reference
            || (reference.kind == RefKind::Runtime
                && reference.branch == o.branch
                && rest.is_some_and(|r| r.starts_with('.')))
    })
}

/// Updates of one installation.
struct Part<'a> {
    engine: &'a Engine,
    wish: &'a AppWish,
    scope: Scope,
    installation: &'a Installation,
    c: &'a Cancellable,
}

impl Part<'_> {
    /// Takes out what wants more than it may do now, unless that is allowed.
    fn settle(&self, found: Found, allow: bool) -> Result<AppPlan, Problem> {
        let wider = |o: &&Operation| {
            o.kind == OperationKind::Update && !permissions::added(&o.before, &o.after).is_empty()
        };
        let widened: Vec<AppUpdate> =
            found.resolved.operations.iter().filter(wider).map(|o| check::update(self.engine, o)).collect();
        if widened.is_empty() || allow {
            let mut plan = assemble(self.wish, self.installation, found.resolved, self.c);
            plan.warnings.extend(widened.into_iter().map(|update| AppWarning::MorePermissions {
                reference: update.reference,
                name: update.name,
                added: update.added,
            }));
            return Ok(plan);
        }
        let out: Vec<&Ref> = widened.iter().map(|u| &u.reference).collect();
        let rest = found.asked.iter().filter(|(r, _)| !goes_with(r, &out)).cloned().collect();
        let again = check::resolve(self.scope, self.installation, rest, self.c)?;
        let mut plan = assemble(self.wish, self.installation, again.resolved, self.c);
        plan.warnings.extend(widened.into_iter().map(|update| AppWarning::LeftOut { update }));
        Ok(plan)
    }
}
