//! When the machine restarts into what is prepared.
//!
//! The rules, in words: a restart happens at its time and not otherwise. If the machine slept, was off or had its clock
//! set over that time, the restart is missed: it never happens at once on waking, the person is asked again. A program
//! that asks the system not to restart is waited for, for a while. The schedule survives the service, not the boot.

pub mod decide;
pub mod login;

use crate::bus;
use crate::caller::Caller;
use crate::jobs::About;
use crate::state::State;
use cairn_host::clock;
use cairn_model::restart::{RestartSchedule, RestartState, RestartWhen};
use cairn_model::{Problem, Seconds};
use decide::Decision;
use std::sync::Arc;
use std::time::Duration;

const KEY: &str = "restart";
const TICK: Duration = Duration::from_secs(5);
/// Further away than this is a mistake, not a wish.
const FARTHEST: Seconds = 31 * 24 * 3600;

/// Sets when to restart, or restarts now.
pub async fn set(state: &Arc<State>, when: RestartWhen, caller: Caller) -> Result<(), Problem> {
    let now = state.host.clock.now();
    let due = match &when {
        RestartWhen::Now { ignore_inhibitors, soft } => {
            if *soft {
                return softly(state, *ignore_inhibitors, caller).await;
            }
            return login::reboot(&state.connection, *ignore_inhibitors, false).await;
        }
        RestartWhen::At { time } if *time <= now => return Err(Problem::TimePast),
        RestartWhen::At { time } if *time - now > FARTHEST => {
            return Err(Problem::InvalidArgument { what: "time".into() });
        }
        RestartWhen::At { time } => Some(*time),
        RestartWhen::Tonight {} => Some(clock::tonight(now)),
        RestartWhen::AtShutdown {} => None,
    };
    let uid = caller.uid;
    save(state, Some(RestartSchedule { when, due, state: RestartState::Waiting, uid }))
}

/// Restarts without the firmware. What is prepared for that stays prepared, so whoever asks not to restart is heard
/// before, and no change may begin in between.
async fn softly(state: &Arc<State>, ignore_inhibitors: bool, caller: Caller) -> Result<(), Problem> {
    if !ignore_inhibitors {
        login::nobody_minds(&state.connection).await?;
    }
    let about = About {
        kind: "restart".into(),
        target: String::new(),
        started: state.host.clock.now(),
        cancellable: false,
        pausable: false,
        room: false,
    };
    let job = state.jobs.start(about, caller)?;
    bus::job::publish(state, &job).await;
    let done = async {
        state.engine()?.prepare_soft_restart().await?;
        login::reboot(&state.connection, ignore_inhibitors, true).await
    };
    let done = done.await;
    job.finish(&done);
    done
}

/// Takes the schedule back.
pub fn cancel(state: &State) -> Result<(), Problem> {
    save(state, None)
}

fn save(state: &State, schedule: Option<RestartSchedule>) -> Result<(), Problem> {
    let boot = state.host.boot_id();
    let json = schedule.as_ref().and_then(|s| serde_json::to_string(&(boot, s)).ok());
    state.store.set_setting(KEY, json.as_deref())?;
    state.restart.send_replace(schedule);
    Ok(())
}

/// What a service before this one left, if the machine has not restarted since.
fn restore(state: &State) {
    let saved = state.store.setting(KEY).ok().flatten();
    let saved: Option<(String, RestartSchedule)> = saved.and_then(|json| serde_json::from_str(&json).ok());
    match saved {
        Some((boot, schedule)) if boot == state.host.boot_id() => {
            state.restart.send_replace(Some(schedule));
        }
        Some(_) => {
            let _ = save(state, None);
        }
        None => {}
    }
}

/// Keeps the schedule for as long as the service lives.
pub async fn keep(state: Arc<State>) {
    restore(&state);
    let mut last = state.host.clock.now();
    loop {
        tokio::time::sleep(TICK).await;
        let now = state.host.clock.now();
        let schedule = state.restart.borrow().clone();
        if let Some(mut schedule) = schedule {
            match decide::at(now, last, &schedule) {
                Decision::Wait => {}
                Decision::Missed => {
                    tracing::info!(cairn_result = "missed", "the time of the restart passed while asleep");
                    schedule.state = RestartState::Missed;
                    let _ = save(&state, Some(schedule));
                }
                Decision::Restart => restart(&state, schedule).await,
            }
        }
        last = now;
    }
}

async fn restart(state: &State, mut schedule: RestartSchedule) {
    if !state.status.borrow().restart_pending() {
        tracing::info!("the restart is dropped: there is nothing to restart into any more");
        let _ = save(state, None);
        return;
    }
    let by = login::inhibitors(&state.connection).await.unwrap_or_default();
    // It may have been taken back or set anew in the meantime.
    if state.restart.borrow().as_ref() != Some(&schedule) {
        return;
    }
    if by.is_empty() {
        match login::reboot(&state.connection, false, false).await {
            Ok(()) => {
                let _ = save(state, None);
            }
            Err(problem) => tracing::error!(cairn_problem = problem.code(), "restart failed: {problem:?}"),
        }
    } else if schedule.state != (RestartState::Blocked { by: by.clone() }) {
        schedule.state = RestartState::Blocked { by };
        let _ = save(state, Some(schedule));
    }
}
