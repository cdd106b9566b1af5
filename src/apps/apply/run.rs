//! One transaction in earnest, held against its plan.

use super::live::Live;
use crate::engine::Engine;
use crate::flatpak::transaction::{self, Event, Item, Setup};
use crate::flatpak::{reach, space};
use crate::queue::Job;
use cairn_model::Problem;
use cairn_model::app::{Operation, Scope};
use libflatpak::Installation;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// What every transaction of one job in one installation has in common.
pub(super) struct Run<'a> {
    pub(super) engine: &'a Arc<Engine>,
    pub(super) job: &'a Job,
    pub(super) scope: Scope,
    pub(super) installation: &'a Installation,
    /// The plan's operations in this installation.
    pub(super) operations: &'a [Operation],
}

/// How a transaction ended that failed.
pub(super) struct Failure {
    pub(super) problem: Problem,
    /// Nothing was begun: it failed while it was worked out what is to be done.
    pub(super) early: bool,
}

impl Run<'_> {
    /// The first failure ends it.
    pub(super) fn strictly(&self, items: &[Item], reinstall: bool) -> Result<(), Problem> {
        self.transact(items, reinstall, true, false).map_err(|f| f.problem)
    }

    /// What fails is noted, the others go on.
    pub(super) fn leniently(&self, items: &[Item]) -> Result<(), Problem> {
        self.transact(items, false, true, true).map_err(|f| f.problem)
    }

    pub(super) fn transact(
        &self,
        items: &[Item],
        reinstall: bool,
        whole: bool,
        lenient: bool,
    ) -> Result<(), Failure> {
        let setup = Setup { items: items.to_vec(), quiet: false, reinstall, sources: Vec::new() };
        let live = Rc::new(RefCell::new(Live::new(self, whole, lenient)));
        let inside = live.clone();
        let handler = Box::new(move |event: Event<'_>| inside.borrow_mut().hear(event));
        let result = transaction::run(self.scope, self.installation, &setup, &self.job.cancellable, handler);
        let live = live.borrow();
        let Err(problem) = result else { return Ok(()) };
        let (problem, early) = match (&live.stopped, problem) {
            (_, Problem::Cancelled) => (Problem::Cancelled, false),
            (Some(stopped), _) => (stopped.clone(), false),
            (None, other) => {
                let remote = self.operations.last().map(|o| o.remote.as_str());
                (reach::doubt(other, self.scope, remote, &self.job.cancellable), !live.ready)
            }
        };
        Err(Failure { problem: space::explain(problem, self.installation, self.operations), early })
    }
}
