//! Is it time? Pure, so that every awkward clock can be tried.

use cairn_model::Seconds;
use cairn_model::restart::{RestartSchedule, RestartState};

/// A gap between two looks that is longer than this means that the machine slept or its clock was set.
const GAP: Seconds = 60;
/// How long a restart waits for programs that ask it to.
const PATIENCE: Seconds = 15 * 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Wait,
    Restart,
    Missed,
}

/// What to do at `now`, when the look before was at `last`.
pub fn at(now: Seconds, last: Seconds, schedule: &RestartSchedule) -> Decision {
    let Some(due) = schedule.due else { return Decision::Wait };
    if schedule.state == RestartState::Missed || now < due {
        return Decision::Wait;
    }
    let jumped = now - last > GAP || now < last;
    let blocked = matches!(schedule.state, RestartState::Blocked { .. });
    let limit = if blocked { PATIENCE } else { GAP };
    if jumped || now - due > limit { Decision::Missed } else { Decision::Restart }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::restart::RestartWhen;

    fn schedule(state: RestartState) -> RestartSchedule {
        RestartSchedule { when: RestartWhen::At { time: 1000 }, due: Some(1000), state, uid: 0 }
    }

    #[test]
    fn it_happens_at_its_time() {
        let s = schedule(RestartState::Waiting);
        assert_eq!(at(999, 994, &s), Decision::Wait);
        assert_eq!(at(1003, 998, &s), Decision::Restart);
    }

    #[test]
    fn a_time_that_passed_while_asleep_is_missed() {
        let s = schedule(RestartState::Waiting);
        assert_eq!(at(1010, 500, &s), Decision::Missed, "just woken, seconds after the time");
        assert_eq!(at(90_000, 89_995, &s), Decision::Missed, "the service came back a day later");
        assert_eq!(at(90_000, 89_995, &schedule(RestartState::Missed)), Decision::Wait, "asked only once");
    }

    #[test]
    fn a_clock_set_forward_or_back_restarts_nothing() {
        let s = schedule(RestartState::Waiting);
        assert_eq!(at(400_000_000, 900, &s), Decision::Missed);
        assert_eq!(at(-400_000_000, 900, &s), Decision::Wait);
        assert_eq!(at(1005, 2000, &s), Decision::Missed, "set back over the time");
    }

    #[test]
    fn a_program_that_asks_to_wait_is_waited_for() {
        let s = schedule(RestartState::Blocked { by: Vec::new() });
        assert_eq!(at(1300, 1295, &s), Decision::Restart);
        assert_eq!(at(1000 + PATIENCE + 1, 1000 + PATIENCE - 4, &s), Decision::Missed);
    }

    #[test]
    fn at_shutdown_never_restarts_by_itself() {
        let s = RestartSchedule { due: None, ..schedule(RestartState::Waiting) };
        assert_eq!(at(90_000, 89_995, &s), Decision::Wait);
    }
}
