//! When the machine restarts.

use crate::{fill, moment};
use cairn_model::Seconds;
use cairn_model::restart::{RestartSchedule, RestartState};
use gettextrs::gettext;

/// The restart that is set, in a sentence.
pub fn sentence(schedule: &RestartSchedule, now: Seconds) -> String {
    let Some(due) = schedule.due else { return gettext("The update is put in place when you shut down.") };
    let time = moment::date_and_clock(due, now);
    match &schedule.state {
        RestartState::Waiting => fill(&gettext("Restarts {time}."), &[("time", &time)]),
        RestartState::Missed => fill(
            &gettext("The restart {time} was missed because the computer slept or was off."),
            &[("time", &time)],
        ),
        RestartState::Blocked { by } => {
            let who = by.iter().map(|i| i.who.as_str()).collect::<Vec<_>>().join(", ");
            fill(&gettext("The restart waits for: {who}"), &[("who", &who)])
        }
    }
}
