//! What happened since the service last lived: cut off changes, a start into another version.

use crate::state::{self, State};
use cairn_jobs::store::Begin;
use cairn_jobs::store::decisions::LastBoot;
use cairn_model::history::{Outcome, Record};
use cairn_model::system::Notice;
use cairn_model::{Problem, SystemStatus};

/// Looks back once, before the first client is served.
pub async fn note(state: &State) {
    let status = match state.refresh().await {
        Ok(status) => status,
        Err(problem) => {
            tracing::warn!(cairn_problem = problem.code(), "status cannot be read: {problem:?}");
            // What was cut off is closed all the same: a line that stays open would say that it still runs.
            if let Err(problem) = interrupted(state, &SystemStatus::default()) {
                tracing::error!(cairn_problem = problem.code(), "memory cannot be written: {problem:?}");
            }
            return;
        }
    };
    if let Err(problem) = interrupted(state, &status).and_then(|()| started(state, &status)) {
        tracing::error!(cairn_problem = problem.code(), "memory cannot be written: {problem:?}");
    }
    let _ = state.refresh().await;
}

fn interrupted(state: &State, status: &SystemStatus) -> Result<(), Problem> {
    let next = status.next().map(|d| d.version.clone()).unwrap_or_default();
    for Record { wish, outcome, .. } in state.store.close_interrupted(state.host.clock.now(), &next)? {
        let Outcome::Interrupted { step } = outcome else { continue };
        tracing::warn!(cairn_action = wish.as_str(), "was cut off at {step}");
        // A check changes nothing, so nobody needs to know that it was cut off.
        if wish != "check" {
            let notice = serde_json::to_string(&Notice::Interrupted { wish, step });
            state.store.set_setting(state::INTERRUPTED, notice.ok().as_deref())?;
        }
    }
    Ok(())
}

fn started(state: &State, status: &SystemStatus) -> Result<(), Problem> {
    let Some(running) = status.running() else { return Ok(()) };
    let now = state.host.clock.now();
    match state.store.boot(&state.host.boot_id(), &running.checksum, &running.version, now)? {
        LastBoot::Same => {}
        // What ran before Cairn came is taken to work: there is nothing else to compare with.
        LastBoot::None => state.store.set_good(&running.checksum, now)?,
        LastBoot::Other { checksum, .. } if checksum == running.checksum => {}
        LastBoot::Other { version, .. } => {
            let begin = Begin {
                started: now,
                wish: "started".into(),
                before: version,
                target: running.version.clone(),
                target_id: running.id.to_string(),
                ..Begin::default()
            };
            let id = state.store.begin(&begin)?;
            state.store.finish(id, now, &Outcome::Done, &running.version)?;
        }
    }
    Ok(())
}
