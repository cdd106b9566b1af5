//! Taking back what was done with an app: by which wish, and for how long that makes sense.

use crate::pages::{AppAsked, Asked};
use crate::stock::Stock;
use cairn_model::app::installed::Hold;
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppPlan, AppWish, InstalledApp, Ref, Scope, Shelf, Source, Task};

/// The wish that takes a finished task back, where there is one.
pub fn undo(task: &Task, stock: &Stock) -> Option<AppWish> {
    match &task.wish {
        AppWish::Hold { scope, reference } => {
            Some(AppWish::Release { scope: *scope, reference: reference.clone() })
        }
        AppWish::Release { scope, reference } => {
            Some(AppWish::Hold { scope: *scope, reference: reference.clone() })
        }
        // What went to the trash does not come back by itself, so nothing is promised then.
        AppWish::Remove { scope, reference, data: DataFate::Keep } => {
            let card = stock.library.find(reference.id.as_str()).map(|e| stock.library.card(e))?;
            let offer = card.sources.into_iter().find(|(s, r)| s.scope == *scope && r == reference)?;
            Some(AppWish::Install { source: Source { ..offer.0 }, reference: offer.1 })
        }
        _ => None,
    }
}

/// Whether a plan changes what an offer to undo is about.
pub fn concerns(plan: &AppPlan, undo: &Asked) -> bool {
    let Asked::App(AppAsked::Wish(undo)) = undo else { return false };
    let changed = plan.wish.refs().into_iter().chain(plan.operations.iter().map(|o| &o.reference));
    let undone = undo.refs();
    changed.into_iter().any(|r| undone.contains(&r))
}

/// Whether there still is something that an offer would undo; others may have done it meanwhile.
pub fn still_undoes(undo: &Asked, shelf: &Shelf) -> bool {
    let Asked::App(AppAsked::Wish(wish)) = undo else { return true };
    let find = |scope: Scope, reference: &Ref| {
        shelf.installed.iter().find(|a| a.scope == scope && a.reference == *reference)
    };
    let is_held = |a: &InstalledApp| matches!(a.held, Some(Hold::Released | Hold::NewerThan { .. }));
    match wish {
        AppWish::Release { scope, reference } => find(*scope, reference).is_some_and(is_held),
        AppWish::Hold { scope, reference } => find(*scope, reference).is_some_and(|a| !is_held(a)),
        AppWish::Install { source, reference } => find(source.scope, reference).is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPE: Scope = Scope::User;

    fn reference(id: &str) -> Ref {
        format!("app/{id}/x86_64/stable").parse().unwrap()
    }

    fn installed(held: Option<Hold>) -> Shelf {
        let app = InstalledApp {
            reference: reference("org.a.Folio"),
            scope: SCOPE,
            remote: String::new(),
            name: "Folio".into(),
            summary: String::new(),
            version: String::new(),
            commit: String::new(),
            icon: None,
            installed_bytes: 0,
            data_bytes: None,
            permissions: Vec::new(),
            end_of_life: None,
            end_of_life_rebase: None,
            held,
            running: false,
            extends: None,
        };
        Shelf { installed: vec![app], ..Shelf::default() }
    }

    #[test]
    fn an_offer_ends_when_it_would_undo_nothing() {
        let undo = |wish| Asked::App(AppAsked::Wish(wish));
        let release = undo(AppWish::Release { scope: SCOPE, reference: reference("org.a.Folio") });
        let hold = undo(AppWish::Hold { scope: SCOPE, reference: reference("org.a.Folio") });
        let (held, free) = (installed(Some(Hold::Released)), installed(None));
        assert!(still_undoes(&release, &held) && !still_undoes(&release, &free));
        assert!(still_undoes(&hold, &free) && !still_undoes(&hold, &held));
        assert!(still_undoes(&hold, &installed(Some(Hold::Masked))), "that was not Cairn's");
        assert!(!still_undoes(&release, &Shelf::default()), "it is gone");
    }

    #[test]
    fn a_change_of_the_same_app_overtakes_an_offer() {
        let plan = |wish| AppPlan {
            wish,
            name: String::new(),
            operations: Vec::new(),
            download_bytes: 0,
            disk_bytes: 0,
            warnings: Vec::new(),
        };
        let release = AppWish::Release { scope: SCOPE, reference: reference("org.a.Folio") };
        let undo = Asked::App(AppAsked::Wish(release));
        let back = |id| AppWish::GoBack { scope: SCOPE, reference: reference(id), commit: "c".into() };
        assert!(concerns(&plan(back("org.a.Folio")), &undo));
        assert!(!concerns(&plan(back("org.a.Abacus")), &undo));
        assert!(!concerns(&plan(back("org.a.Folio")), &Asked::Check));
    }
}
