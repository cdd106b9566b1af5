//! Trying again what did not work: only that, and its card stays until the new change has begun.

use super::consent;
use cairn_model::Problem;
use cairn_model::app::{AppUpdate, AppWish, Ref, Scope, Shelf, Task};
use std::collections::BTreeSet;

/// A failed task that the person tries again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Retry {
    pub task: u64,
    pub wish: AppWish,
}

impl Retry {
    /// What of a failed task is still to be done.
    pub fn of(task: &Task, shelf: &Shelf) -> Self {
        let wish = failed(task, shelf).unwrap_or_else(|| task.wish.clone());
        Self { task: task.id, wish }
    }

    /// Whether a wish is this one, whatever was said to more permissions meanwhile.
    pub fn is_for(&self, wish: &AppWish) -> bool {
        consent::allowing(&self.wish) == consent::allowing(wish)
    }
}

/// The updates that failed, where every one was tried; `None` where the whole has to be repeated.
fn failed(task: &Task, shelf: &Shelf) -> Option<AppWish> {
    let AppWish::Update { refs, allow_permissions } = &task.wish else { return None };
    if !matches!(task.problem, Some(Problem::Partial { .. })) {
        return None;
    }
    let failed: BTreeSet<&Ref> = task.failures().map(|(outcome, _)| &outcome.reference).collect();
    // An outcome does not say in which installation; what failed is what still waits there.
    let named = |u: &AppUpdate| refs.iter().any(|(s, r)| *s == u.scope && *r == u.reference);
    let elsewhere = |u: &AppUpdate| !named(u) && refs.iter().any(|(_, r)| *r == u.reference);
    let waiting = shelf.check.iter().flat_map(|c| &c.updates);
    let again: Vec<(Scope, Ref)> = waiting
        .filter(|u| failed.contains(&u.reference) && !elsewhere(u))
        .map(|u| (u.scope, u.reference.clone()))
        .collect();
    let all = failed.iter().all(|f| again.iter().any(|(_, r)| r == *f));
    (all && !again.is_empty())
        .then_some(AppWish::Update { refs: again, allow_permissions: *allow_permissions })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::shelf::AppCheck;
    use cairn_model::app::task::Outcome;
    use cairn_model::job::{JobState, Progress};

    fn reference(id: &str) -> Ref {
        format!("app/{id}/x86_64/stable").parse().unwrap()
    }

    fn update(scope: Scope, id: &str) -> AppUpdate {
        AppUpdate {
            reference: reference(id),
            scope,
            name: id.into(),
            version: String::new(),
            commit: "c".into(),
            download_bytes: 1,
            added: Vec::new(),
            runtime: false,
        }
    }

    fn wish(refs: &[(Scope, &str)]) -> AppWish {
        let refs = refs.iter().map(|(scope, id)| (*scope, reference(id))).collect();
        AppWish::Update { refs, allow_permissions: false }
    }

    /// A task of which these failed, and those went well.
    fn task(wish: AppWish, bad: &[&str], good: &[&str]) -> Task {
        let outcome = |id: &str, problem| Outcome { reference: reference(id), name: id.into(), problem };
        let network = || Some(Problem::Network { detail: String::new() });
        let bad = bad.iter().map(|id| outcome(id, network()));
        Task {
            id: 7,
            wish,
            name: String::new(),
            state: JobState::Failed,
            progress: Progress::default(),
            current: None,
            started: 0,
            outcomes: bad.chain(good.iter().map(|id| outcome(id, None))).collect(),
            problem: Some(Problem::Partial { done: 1, failed: 1 }),
        }
    }

    fn shelf(updates: Vec<AppUpdate>) -> Shelf {
        Shelf { check: Some(AppCheck { updates, ..AppCheck::default() }), ..Shelf::default() }
    }

    #[test]
    fn only_what_failed_is_tried_again() {
        let shelf = shelf(vec![
            update(Scope::User, "org.a.Marquee"),
            update(Scope::System, "org.a.Marquee"),
            update(Scope::User, "org.a.Daybook"),
        ]);
        let everything = task(wish(&[]), &["org.a.Marquee"], &["org.a.Folio"]);
        let both = wish(&[(Scope::User, "org.a.Marquee"), (Scope::System, "org.a.Marquee")]);
        assert_eq!(Retry::of(&everything, &shelf), Retry { task: 7, wish: both });
        let named = wish(&[(Scope::System, "org.a.Marquee"), (Scope::User, "org.a.Folio")]);
        let one = wish(&[(Scope::System, "org.a.Marquee")]);
        assert_eq!(Retry::of(&task(named, &["org.a.Marquee"], &["org.a.Folio"]), &shelf).wish, one);
    }

    #[test]
    fn what_was_never_reached_is_tried_as_well() {
        let mut cut_off = task(wish(&[]), &["org.a.Marquee"], &["org.a.Folio"]);
        cut_off.problem = Some(Problem::PlanOutdated);
        let shelf = shelf(vec![update(Scope::User, "org.a.Marquee")]);
        assert_eq!(Retry::of(&cut_off, &shelf).wish, wish(&[]));
        let unknown = task(wish(&[]), &["org.a.Gone"], &[]);
        assert_eq!(Retry::of(&unknown, &shelf).wish, wish(&[]));
    }

    #[test]
    fn a_yes_on_the_way_leaves_it_the_same() {
        let retry = Retry { task: 7, wish: wish(&[]) };
        assert!(retry.is_for(&consent::allowing(&wish(&[]))));
        assert!(!retry.is_for(&wish(&[(Scope::User, "org.a.Folio")])));
    }
}
