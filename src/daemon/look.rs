//! Looking without changing anything: for updates, at what was put aside, at what another program does.

use crate::caller::Caller;
use crate::jobs::{About, Handle};
use crate::runner::see_through;
use crate::state::{self, State};
use crate::{bus, overlay};
use cairn_api::names::action;
use cairn_jobs::Context;
use cairn_jobs::store::Begin;
use cairn_model::history::Outcome;
use cairn_model::system::HeldBack;
use cairn_model::{Ability, Problem};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use zbus::message::Header;

/// How long a look for updates may take to stop by itself.
const STOPPING: Duration = Duration::from_secs(5);
/// Shows what another program changes, for as long as it does.
pub async fn follow_elsewhere(state: &Arc<State>) {
    let busy = state.status.borrow().held_back.contains(&HeldBack::BusyElsewhere);
    if !busy || !state.status.borrow().can(Ability::Follow) {
        return;
    }
    let (Ok(engine), Some(name)) = (state.engine(), state.connection.unique_name()) else { return };
    let caller = Caller { name: name.clone(), uid: 0, interactive: false };
    let Some(job) = state.jobs.show_elsewhere(caller, state.host.clock.now()) else { return };
    bus::job::publish(state, &job).await;
    let ctx = job.ctx.clone();
    see_through(state, &job, async move { engine.follow(&ctx).await });
}

/// Asks the origin, or joins the question that is open already.
pub async fn check(state: &Arc<State>, header: &Header<'_>, caller: Caller) -> Result<Arc<Handle>, Problem> {
    let engine = state.engine()?;
    let none = HashMap::new();
    state.authority.check(&state.connection, header, &caller, action::CHECK, &none).await?;
    if let Some(running) = state.jobs.running().filter(|j| j.about.kind == "check") {
        return Ok(running);
    }
    let about = About {
        kind: "check".into(),
        target: String::new(),
        started: state.host.clock.now(),
        cancellable: true,
        pausable: false,
        room: false,
    };
    let job = state.jobs.start(about, caller)?;
    bus::job::publish(state, &job).await;
    let work = {
        let (state, handle) = (Arc::clone(state), Arc::clone(&job));
        async move {
            let found = tokio::select! {
                found = engine.check(&handle.ctx) => found,
                // Nothing is changed by looking, so what is stuck can simply be left.
                () = given_up(&handle.ctx) => Err(Problem::Cancelled),
            };
            let result = found.and_then(|update| remember_check(&state, update));
            if result.is_ok() {
                look_at_what_was_put_aside(&state, &handle).await;
            }
            if let Err(problem) = &result {
                record_distrust(&state, &handle, problem);
            }
            result
        }
    };
    see_through(state, &job, work);
    Ok(job)
}

/// Somebody said stop, and it had the time to.
async fn given_up(ctx: &Context) {
    ctx.cancel.cancelled().await;
    tokio::time::sleep(STOPPING).await;
}

/// What did not fit an update may fit by now. Nobody has asked for that, so what it fails with is only noted.
async fn look_at_what_was_put_aside(state: &State, job: &Handle) {
    let look = async {
        let aside = state.aside()?;
        if aside.is_empty() {
            return Ok(());
        }
        let fitting = state.engine()?.fitting(&aside, &job.ctx).await?;
        state.set_fitting(&fitting)
    };
    if let Err(problem) = look.await {
        tracing::info!(cairn_problem = problem.code(), "whether packages fit again is not known");
    }
}

/// Looking for updates changes nothing and is no history; but an update that cannot be trusted is worth remembering.
fn record_distrust(state: &State, job: &Handle, problem: &Problem) {
    let distrusted =
        matches!(problem, Problem::Unsigned { .. } | Problem::BadSignature { .. } | Problem::Corrupt { .. });
    if !distrusted {
        return;
    }
    let running = state.status.borrow().running().map(|d| d.version.clone()).unwrap_or_default();
    let begin = Begin {
        started: job.about.started,
        wish: job.about.kind.clone(),
        uid: job.caller.uid,
        before: running.clone(),
        ..Begin::default()
    };
    let outcome = Outcome::Failed { problem: problem.clone() };
    let recorded = state.store.begin(&begin);
    let recorded = recorded.and_then(|id| state.store.finish(id, state.host.clock.now(), &outcome, &running));
    if let Err(problem) = recorded {
        tracing::error!(cairn_problem = problem.code(), "history cannot be written: {problem:?}");
    }
}

fn remember_check(state: &State, update: Option<cairn_model::Update>) -> Result<(), Problem> {
    state.store.set_setting(state::LAST_CHECK, Some(&state.host.clock.now().to_string()))?;
    let memory = state.store.memory()?;
    let update = update.and_then(|u| overlay::update(u, &state.status.borrow(), &memory));
    state.set_update(update)
}
