//! Updates: what cannot even be worked out for one ref must not stop the others.

use super::run::{Failure, Run};
use crate::flatpak::reach;
use crate::flatpak::transaction::Item;
use crate::plan;
use cairn_model::Problem;
use cairn_model::app::Ref;
use cairn_model::app::plan::OperationKind;
use cairn_model::app::task::Outcome;
use std::collections::BTreeMap;

/// A ref and the remote that it comes from.
type Asked = (Ref, String);

/// Everything in one transaction. If flatpak cannot work that out, each remote by itself, and then by halves, until
/// only what is at fault has failed.
pub(super) fn run(run: &Run<'_>) -> Result<(), Problem> {
    if run.operations.is_empty() {
        return Ok(());
    }
    let c = &run.job.cancellable;
    let asked = plan::updates::again(run.engine, &run.job.plan, run.scope, run.installation, c)?;
    match run.transact(&items(&asked), false, true, true) {
        Ok(()) => Ok(()),
        Err(Failure { problem: Problem::PlanOutdated, .. }) => without_silent(run, asked),
        Err(Failure { problem, early }) if !early || is_whole(&problem) => Err(problem),
        Err(Failure { problem, .. }) if asked.len() == 1 => {
            note(run, &asked, &problem);
            Ok(())
        }
        Err(_) => by_remote(run, asked),
    }
}

/// flatpak has no update where a remote does not answer, which looks as if the plan were outdated. What was planned of
/// such a remote has failed; the rest is done.
fn without_silent(run: &Run<'_>, mut asked: Vec<Asked>) -> Result<(), Problem> {
    let mut remotes: Vec<&str> = run.operations.iter().map(|o| o.remote.as_str()).collect();
    remotes.sort_unstable();
    remotes.dedup();
    let mut some = false;
    for remote in remotes {
        if let Some(problem) = reach::silence(run.scope, remote, &run.job.cancellable)? {
            let (silent, rest) = asked.into_iter().partition::<Vec<_>, _>(|(_, r)| r == remote);
            note(run, &silent, &problem);
            asked = rest;
            some = true;
        }
    }
    if !some {
        return Err(Problem::PlanOutdated);
    }
    if asked.is_empty() { Ok(()) } else { attempt(run, &asked) }
}

/// No smaller part of it would fare better.
fn is_whole(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Cancelled | Problem::PlanOutdated | Problem::NoSpace { .. } | Problem::NotAuthorized
    )
}

fn items(asked: &[Asked]) -> Vec<Item> {
    asked.iter().map(|(r, _)| Item::Update { reference: r.clone(), commit: None }).collect()
}

fn by_remote(run: &Run<'_>, asked: Vec<Asked>) -> Result<(), Problem> {
    let mut remotes: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
    for (reference, remote) in asked {
        remotes.entry(remote.clone()).or_default().push((reference, remote));
    }
    remotes.values().try_for_each(|part| attempt(run, part))
}

fn attempt(run: &Run<'_>, asked: &[Asked]) -> Result<(), Problem> {
    let Err(failure) = run.transact(&items(asked), false, false, true) else { return Ok(()) };
    if !failure.early || is_whole(&failure.problem) {
        return Err(failure.problem);
    }
    // A remote that does not answer does not answer for a half of it either.
    if asked.len() == 1 || matches!(failure.problem, Problem::Network { .. }) {
        note(run, asked, &failure.problem);
        return Ok(());
    }
    let (left, right) = asked.split_at(asked.len() / 2);
    attempt(run, left)?;
    attempt(run, right)
}

/// Says of planned updates that they failed. What was asked along and has none is nobody's concern.
fn note(run: &Run<'_>, asked: &[Asked], problem: &Problem) {
    let planned =
        |r: &Ref| run.operations.iter().any(|o| o.reference == *r && o.kind == OperationKind::Update);
    let outcome = |(reference, _): &Asked| {
        let app = run.engine.keeper.app(run.scope, reference);
        let name = app.map_or_else(|| reference.id.to_string(), |a| a.name);
        Outcome { reference: reference.clone(), name, problem: Some(problem.clone()) }
    };
    let outcomes: Vec<_> = asked.iter().filter(|(r, _)| planned(r)).map(outcome).collect();
    run.engine.keeper.task(run.job.id, |t| t.outcomes.extend(outcomes));
}
