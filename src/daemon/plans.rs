//! Plans that wait for a yes: each belongs to one sender, runs once and is forgotten after ten minutes.

use crate::caller::Caller;
use cairn_model::{Plan, Problem};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const LIFE: Duration = Duration::from_secs(600);
/// A client shows one plan at a time; more than this is a flood.
const PER_SENDER: usize = 8;
/// A user may have several connections, but cannot leave others without room.
const PER_USER: usize = 16;
const IN_ALL: usize = 128;

#[derive(Debug, Default)]
pub struct Plans {
    waiting: Mutex<HashMap<String, Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    sender: String,
    uid: u32,
    made: Instant,
    plan: Plan,
}

impl Plans {
    /// Keeps a plan and returns its token, 128 random bits in hexadecimal.
    ///
    /// # Errors
    /// [`Problem::TooMany`] if plans of other users fill the table; a user's own oldest plan gives way.
    pub fn keep(&self, caller: &Caller, plan: Plan) -> Result<String, Problem> {
        self.keep_at(Instant::now(), caller, plan)
    }

    fn keep_at(&self, now: Instant, caller: &Caller, plan: Plan) -> Result<String, Problem> {
        let token = random()?;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, w| now.duration_since(w.made) < LIFE);
        let sender = caller.name.to_string();
        let full = oldest_beyond(&waiting, PER_SENDER, |w| w.sender == sender)
            .or_else(|| oldest_beyond(&waiting, PER_USER, |w| w.uid == caller.uid));
        match full {
            Some(oldest) => drop(waiting.remove(&oldest)),
            None if waiting.len() >= IN_ALL => return Err(Problem::TooMany),
            None => {}
        }
        waiting.insert(token.clone(), Waiting { sender, uid: caller.uid, made: now, plan });
        Ok(token)
    }

    /// Takes a plan out, so that no token works twice, whatever comes of it.
    ///
    /// # Errors
    /// [`Problem::TokenInvalid`] for a token that is unknown, used, too old or another sender's.
    pub fn take(&self, caller: &Caller, token: &str) -> Result<Plan, Problem> {
        self.take_at(Instant::now(), caller, token)
    }

    fn take_at(&self, now: Instant, caller: &Caller, token: &str) -> Result<Plan, Problem> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let known = waiting.get(token).ok_or(Problem::TokenInvalid)?;
        if known.sender != caller.name.as_str() {
            return Err(Problem::TokenInvalid);
        }
        let taken = waiting.remove(token).ok_or(Problem::TokenInvalid)?;
        if now.duration_since(taken.made) >= LIFE { Err(Problem::TokenInvalid) } else { Ok(taken.plan) }
    }

    /// Forgets the plans of a sender that has left the bus.
    pub fn forget(&self, sender: &str) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, w| w.sender != sender);
    }
}

/// The oldest of those plans, if there are `limit` or more.
fn oldest_beyond(
    waiting: &HashMap<String, Waiting>,
    limit: usize,
    counted: impl Fn(&Waiting) -> bool,
) -> Option<String> {
    let own: Vec<_> = waiting.iter().filter(|(_, w)| counted(w)).collect();
    if own.len() < limit {
        return None;
    }
    own.into_iter().min_by_key(|(_, w)| w.made).map(|(token, _)| token.clone())
}

fn random() -> Result<String, Problem> {
    let mut bytes = [0_u8; 16];
    cairn_host::random::fill(&mut bytes).map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::Wish;
    use zbus::names::OwnedUniqueName;

    fn caller(name: &str) -> Caller {
        Caller { name: OwnedUniqueName::try_from(name).unwrap(), uid: 1000, interactive: true }
    }

    fn plan() -> Plan {
        Plan::new(Wish::GoBack {}, "2", "1")
    }

    #[test]
    fn a_token_works_once_and_only_for_its_sender() {
        let plans = Plans::default();
        let (a, b) = (caller(":1.1"), caller(":1.2"));
        let token = plans.keep(&a, plan()).unwrap();
        assert_eq!(plans.take(&b, &token), Err(Problem::TokenInvalid));
        assert_eq!(plans.take(&a, &token), Ok(plan()));
        assert_eq!(plans.take(&a, &token), Err(Problem::TokenInvalid));
        assert_eq!(plans.take(&a, "made up"), Err(Problem::TokenInvalid));
    }

    #[test]
    fn a_token_ends_after_ten_minutes_and_with_its_sender() {
        let plans = Plans::default();
        let a = caller(":1.1");
        let start = Instant::now();
        let old = plans.keep_at(start, &a, plan()).unwrap();
        assert_eq!(plans.take_at(start + LIFE, &a, &old), Err(Problem::TokenInvalid));
        let gone = plans.keep(&a, plan()).unwrap();
        plans.forget(":1.1");
        assert_eq!(plans.take(&a, &gone), Err(Problem::TokenInvalid));
    }

    #[test]
    fn a_user_with_many_connections_leaves_room_for_others() {
        let plans = Plans::default();
        for connection in 1..200 {
            plans.keep(&caller(&format!(":1.{connection}")), plan()).unwrap();
        }
        let other = Caller { uid: 1001, ..caller(":1.900") };
        let token = plans.keep(&other, plan()).unwrap();
        assert!(plans.take(&other, &token).is_ok());
    }

    #[test]
    fn a_flood_pushes_out_only_its_own_plans() {
        let plans = Plans::default();
        let other = plans.keep(&caller(":1.9"), plan()).unwrap();
        let flood = caller(":1.1");
        let first = plans.keep(&flood, plan()).unwrap();
        for _ in 0..100 {
            plans.keep(&flood, plan()).unwrap();
        }
        assert!(plans.take(&flood, &first).is_err());
        assert!(plans.take(&caller(":1.9"), &other).is_ok());
    }
}
