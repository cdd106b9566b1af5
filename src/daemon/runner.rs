//! Running exactly the plan that was authorised, journalled before it starts.

use crate::caller::Caller;
use crate::jobs::{About, Handle};
use crate::state::{self, State};
use crate::{authority, awake, bus, planner};
use cairn_jobs::store::Begin;
use cairn_jobs::store::decisions::Skipped;
use cairn_model::history::Outcome;
use cairn_model::plan::Warning;
use cairn_model::{Ability, Health, Plan, Problem, Step, Update, Wish, text};
use std::sync::Arc;
use std::time::Duration;
use zbus::message::Header;

/// How long the truth after a look for updates is waited for: an upstream that is stuck would keep its end from being told.
const TRUTH: Duration = Duration::from_secs(10);

/// Asks polkit for this plan, proves that it still is what it was, and starts it.
pub async fn apply(
    state: &Arc<State>,
    header: &Header<'_>,
    caller: Caller,
    token: &str,
) -> Result<Arc<Handle>, Problem> {
    let plan = state.plans.take(&caller, token)?;
    let details = authority::details(&plan);
    let action = planner::action(&plan);
    state.authority.check(&state.connection, header, &caller, action, &details).await?;
    let about = About {
        kind: plan.wish.word().into(),
        target: plan.target.clone(),
        started: state.host.clock.now(),
        cancellable: is_long(&plan.wish) && !plan.warnings.contains(&Warning::CannotStop),
        pausable: matches!(plan.wish, Wish::Update { .. } | Wish::Rebase { .. })
            && state.status.borrow().can(Ability::Pause),
        room: !plan.space.is_empty(),
    };
    // The place is taken first: what another change does until then would not be in the plan that is made anew.
    let job = state.jobs.start(about, caller)?;
    if let Err(problem) = unchanged(state, &plan).await {
        state.jobs.withdraw(&job);
        return Err(problem);
    }
    bus::job::publish(state, &job).await;
    let record = begin(state, &job, &plan);
    let work = {
        let (state, handle) = (Arc::clone(state), Arc::clone(&job));
        async move { run_and_record(&state, &handle, &plan, record?).await }
    };
    see_through(state, &job, work);
    Ok(job)
}

async fn unchanged(state: &State, plan: &Plan) -> Result<(), Problem> {
    let now = planner::make(state, &plan.wish).await?;
    if planner::still_the_same(plan, &now) { Ok(()) } else { Err(Problem::PlanOutdated) }
}

/// Lets the work of a job go on by itself and ends the job whatever becomes of it: one that never ended would keep every
/// other change out.
pub fn see_through(
    state: &Arc<State>,
    job: &Arc<Handle>,
    work: impl Future<Output = Result<(), Problem>> + Send + 'static,
) {
    let (state, job) = (Arc::clone(state), Arc::clone(job));
    tokio::spawn(async move {
        let result = match tokio::spawn(work).await {
            Ok(result) => result,
            Err(fault) => Err(Problem::EngineFailed { detail: text::line(&fault.to_string()) }),
        };
        complete(&state, &job, result).await;
    });
}

/// Whether stopping half way is something that a person may want.
fn is_long(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::Update { .. } | Wish::Download {} | Wish::ChangePackages { .. } | Wish::Rebase { .. }
    )
}

fn begin(state: &State, job: &Handle, plan: &Plan) -> Result<i64, Problem> {
    let target = match &plan.wish {
        Wish::Name { name, .. } => name.clone(),
        Wish::ChangePackages { delta } => text::line(&delta.in_signs()),
        _ => plan.target.clone(),
    };
    state.store.begin(&Begin {
        started: job.about.started,
        wish: job.about.kind.clone(),
        uid: job.caller.uid,
        before: plan.running.clone(),
        target,
        target_id: plan.target_id.as_ref().map(ToString::to_string).unwrap_or_default(),
    })
}

async fn run_and_record(state: &State, job: &Handle, plan: &Plan, record: i64) -> Result<(), Problem> {
    tracing::info!(
        cairn_job = job.id,
        cairn_action = job.about.kind.as_str(),
        cairn_uid = job.caller.uid,
        cairn_target = plan.target.as_str(),
        "begins"
    );
    let result = run(state, job, plan, record).await;
    let outcome = match &result {
        Ok(()) => Outcome::Done,
        Err(Problem::Cancelled) => Outcome::Cancelled,
        Err(problem) => Outcome::Failed { problem: problem.clone() },
    };
    let after = match state.refresh().await {
        Ok(status) => status.next().map(|d| d.version.clone()).unwrap_or_default(),
        Err(_) => String::new(),
    };
    state.store.finish(record, state.host.clock.now(), &outcome, &after)?;
    if result.is_ok() {
        state.store.set_setting(state::INTERRUPTED, None)?;
    }
    result
}

async fn run(state: &State, job: &Handle, plan: &Plan, record: i64) -> Result<(), Problem> {
    let engine = state.engine()?;
    for step in &plan.steps {
        // What is remembered belongs to the change before it: a stop never comes between the two.
        if !step.is_memory() {
            job.ctx.checkpoint()?;
        }
        state.store.step(record, step_word(step))?;
        match step {
            _ if step.is_memory() => remember(state, step)?,
            _ if writes(step) => awake::during(&state.connection, job, engine.run(step, &job.ctx)).await?,
            _ => engine.run(step, &job.ctx).await?,
        }
        match step {
            Step::Pin { id } if !matches!(plan.wish, Wish::Keep { .. }) => {
                state.store.set_setting(state::AUTO_KEPT, Some(id.as_str()))?;
            }
            // What the person decides about that version is theirs from then on.
            Step::Pin { id } | Step::Unpin { id }
                if state.store.setting(state::AUTO_KEPT)?.as_deref() == Some(id.as_str()) =>
            {
                state.store.set_setting(state::AUTO_KEPT, None)?;
            }
            Step::Remove { id } => {
                // Another version may get its id, as snapper's numbers are given anew.
                state.store.forget_name(id.as_str())?;
                let gone = state.status.borrow().find(id).map(|gone| gone.checksum.clone());
                no_longer_here(state, |update| Some(&update.checksum) == gone.as_ref())?;
            }
            Step::Cleanup => no_longer_here(state, |_| true)?,
            _ => {}
        }
    }
    confirm(state, &plan.wish, job).await;
    Ok(())
}

/// Whether the update that was found has to be fetched again, the next look tells.
fn no_longer_here(state: &State, is_gone: impl Fn(&Update) -> bool) -> Result<(), Problem> {
    match state.update().filter(|update| update.downloaded && is_gone(update)) {
        Some(update) => state.set_update(Some(Update { downloaded: false, ..update })),
        None => Ok(()),
    }
}

/// Whoever decides about the next start hears what the person has decided about the running version. What is decided stays
/// decided where nobody listens.
async fn confirm(state: &State, wish: &Wish, job: &Handle) {
    let bad = || state.status.borrow().running().is_some_and(|d| matches!(d.health, Health::Bad { .. }));
    let good = match wish {
        Wish::MarkGood {} => true,
        Wish::GoBack {} if bad() => false,
        _ => return,
    };
    let told = async { state.engine()?.confirm(good, &job.ctx).await };
    if let Err(problem) = told.await {
        tracing::warn!(cairn_problem = problem.code(), "the boot loader does not know of it: {problem:?}");
    }
}

fn remember(state: &State, step: &Step) -> Result<(), Problem> {
    let now = state.host.clock.now();
    match step {
        Step::Name { id, name } => state.store.set_name(id.as_str(), name),
        Step::MarkGood { checksum } => state.store.set_good(checksum, now),
        Step::Skip { checksum, version } => {
            state.store.skip(&Skipped { checksum: checksum.clone(), version: version.clone() }, now)
        }
        Step::Unskip { checksum } => state.store.unskip(checksum),
        Step::PutAside { packages } => state.put_aside(packages, true),
        Step::TakeBack { packages } => state.put_aside(packages, false),
        _ => Ok(()),
    }
}

fn writes(step: &Step) -> bool {
    let harmless = matches!(
        step,
        Step::Pull { .. }
            | Step::Pin { .. }
            | Step::Unpin { .. }
            | Step::Download { .. }
            | Step::Extra { .. }
            | Step::Automatic { .. }
    );
    !step.is_memory() && !harmless
}

fn step_word(step: &Step) -> &'static str {
    match step {
        Step::Pull { .. } => "pull",
        Step::Stage { .. } => "stage",
        Step::SetDefault { .. } => "set-default",
        Step::Pin { .. } => "pin",
        Step::Unpin { .. } => "unpin",
        Step::Remove { .. } => "remove",
        Step::DropStaged => "drop-staged",
        Step::Packages { .. } => "packages",
        Step::Rebase { .. } => "rebase",
        Step::Cleanup => "cleanup",
        Step::Download { .. } => "download",
        Step::ApplyLive { .. } => "apply-live",
        Step::Unlock => "unlock",
        Step::Arguments { .. } => "arguments",
        Step::Extra { .. } => "extra",
        Step::Automatic { .. } => "automatic",
        Step::Snapshot { .. } => "snapshot",
        Step::Name { .. } => "name",
        Step::MarkGood { .. } => "mark-good",
        Step::Skip { .. } => "skip",
        Step::Unskip { .. } => "unskip",
        Step::PutAside { .. } => "put-aside",
        Step::TakeBack { .. } => "take-back",
    }
}

/// The truth is published before the job says that it is over, so that whoever waits for the job reads it.
async fn complete(state: &State, job: &Handle, result: Result<(), Problem>) {
    let word = result.as_ref().map_or_else(Problem::code, |()| "done");
    tracing::info!(
        cairn_job = job.id,
        cairn_action = job.about.kind.as_str(),
        cairn_uid = job.caller.uid,
        cairn_result = word,
        "ends: {result:?}"
    );
    let looked = job.about.kind == "check";
    let _ = tokio::time::timeout(if looked { TRUTH } else { Duration::MAX }, state.refresh()).await;
    bus::system::publish(state).await;
    job.finish(&result);
    bus::history::changed(state).await;
}
