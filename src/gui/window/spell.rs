//! How long something was on the screen between other things.

use std::time::{Duration, Instant};

/// What was seen for so long had its time.
const FULL: Duration = Duration::from_secs(5);
/// Nobody expects it any more after this, however briefly it was seen.
const LONGEST: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
pub(super) struct Spell {
    began: Instant,
    seen: Duration,
    /// It is on the screen since then.
    since: Option<Instant>,
}

impl Spell {
    /// It is seen from now on.
    pub fn new(now: Instant) -> Self {
        Self { began: now, seen: Duration::ZERO, since: Some(now) }
    }

    /// Something else is seen in its place. False where it had its time and is not to come again.
    pub fn is_hidden(&mut self, now: Instant) -> bool {
        if let Some(since) = self.since.take() {
            self.seen += now.saturating_duration_since(since);
        }
        self.seen < FULL
    }

    /// What was seen in its place is gone. False where it comes too late.
    pub fn is_back(&mut self, now: Instant) -> bool {
        self.since = Some(now);
        now.saturating_duration_since(self.began) <= LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_had_its_time_does_not_come_again() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut spell = Spell::new(start);
        assert!(spell.is_hidden(at(2)), "the next words do not take it away");
        assert!(spell.is_back(at(7)));
        assert!(!spell.is_hidden(at(10)), "it was seen for its five seconds");
    }

    #[test]
    fn what_waits_behind_one_after_the_other_is_given_up() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut spell = Spell::new(start);
        assert!(spell.is_hidden(at(1)));
        assert!(spell.is_hidden(at(20)), "what is not seen has not had its time");
        assert!(!spell.is_back(at(120)));
    }
}
