//! A transaction as it happens: held against its plan, counted, written down.

use super::meter::Meter;
use super::run::Run;
use crate::engine::{Engine, now};
use crate::flatpak::transaction::Event;
use crate::flatpak::{self, find, installed, space};
use crate::journal::Entry;
use cairn_model::Problem;
use cairn_model::app::plan::AppWarning;
use cairn_model::app::task::Outcome;
use cairn_model::app::{Operation, Ref, RefKind, Scope};
use libflatpak::Installation;
use libflatpak::gio::Cancellable;
use std::sync::Arc;

pub(super) struct Live {
    engine: Arc<Engine>,
    installation: Installation,
    scope: Scope,
    id: u64,
    asked: &'static str,
    planned: Vec<Operation>,
    /// What the plan has warned of.
    named: Vec<AppWarning>,
    whole: bool,
    lenient: bool,
    meter: Meter,
    /// Commit and version of what is being changed, before.
    before: (String, String),
    /// flatpak knew what to do.
    pub(super) ready: bool,
    /// Why it was stopped from here.
    pub(super) stopped: Option<Problem>,
}

impl Live {
    pub(super) fn new(run: &Run<'_>, whole: bool, lenient: bool) -> Self {
        Self {
            engine: run.engine.clone(),
            installation: run.installation.clone(),
            scope: run.scope,
            id: run.job.id,
            asked: run.job.plan.wish.word(),
            planned: run.operations.to_vec(),
            named: run.job.plan.warnings.clone(),
            whole,
            lenient,
            meter: Meter::new(run.job.id, &run.job.sink, &run.job.plan, run.scope),
            before: Default::default(),
            ready: false,
            stopped: None,
        }
    }

    pub(super) fn hear(&mut self, event: Event<'_>) -> bool {
        match event {
            Event::Ready(operations) => self.ready(operations),
            // Only what the plan has named, at the address that was shown.
            Event::NewRemote { name, url } => self
                .named
                .iter()
                .any(|w| matches!(w, AppWarning::NewRemote { name: n, url: u } if *n == name && *u == url)),
            Event::EndOfLife { .. } => false,
            Event::Begun(operation) => {
                self.before = self.present(&operation.reference);
                self.meter.begun(operation, &self.engine.keeper);
                false
            }
            Event::Moved { bytes, percent } => {
                self.meter.moved(bytes, percent, &self.engine.keeper);
                false
            }
            Event::Done { operation, changed } => {
                self.done(operation, changed);
                false
            }
            Event::Failed { operation, problem, optional } => self.failed(operation, problem, optional),
        }
    }

    fn ready(&mut self, operations: &[Operation]) -> bool {
        if !self.agrees(operations) {
            tracing::info!(id = self.id, ?operations, "the plan is outdated");
            self.stopped = Some(Problem::PlanOutdated);
            return false;
        }
        if let Err(problem) = space::check(&self.installation, operations) {
            self.stopped = Some(problem);
            return false;
        }
        self.ready = true;
        true
    }

    /// Nothing but what was planned; and all of it, unless only a part was asked for. What has come to be as planned
    /// meanwhile, such as a runtime that another task has brought, is not missed.
    fn agrees(&self, operations: &[Operation]) -> bool {
        let now: Vec<Key> = operations.iter().map(key).collect();
        let planned: Vec<Key> = self.planned.iter().map(key).collect();
        let is_there = |o: &Operation| now.contains(&key(o)) || self.present(&o.reference).0 == o.commit;
        now.iter().all(|k| planned.contains(k)) && (!self.whole || self.planned.iter().all(is_there))
    }

    fn done(&mut self, operation: &Operation, changed: bool) {
        self.meter.ended(&self.engine.keeper);
        self.note(&operation.reference, None);
        if !changed {
            return;
        }
        let (commit_after, version_after) = self.present(&operation.reference);
        let (commit_before, version_before) = std::mem::take(&mut self.before);
        let entry = Entry {
            time: now(),
            remote: operation.remote.clone(),
            commit_before,
            commit_after,
            version_before,
            version_after,
            permissions: operation.after.clone(),
            asked: self.asked.into(),
        };
        if let Err(problem) = self.engine.journal.done(self.scope, &operation.reference, &entry) {
            tracing::error!(?problem, "what was done is not written down");
        }
    }

    fn failed(&mut self, operation: &Operation, problem: Problem, optional: bool) -> bool {
        self.meter.ended(&self.engine.keeper);
        tracing::warn!(reference = %operation.reference, ?problem, optional, "an operation failed");
        if optional {
            return true;
        }
        if problem == Problem::Cancelled {
            return false;
        }
        let problem = space::explain(problem, &self.installation, std::slice::from_ref(operation));
        self.note(&operation.reference, Some(problem.clone()));
        if !self.lenient {
            self.stopped = Some(problem);
        }
        self.lenient
    }

    /// Parts that nobody asked for by name, such as translations, are only worth a word where they fail.
    fn note(&self, reference: &Ref, problem: Option<Problem>) {
        let app = self.engine.keeper.app(self.scope, reference);
        if problem.is_none() && reference.kind == RefKind::Runtime && app.is_none() {
            return;
        }
        let name = app.map_or_else(|| reference.id.to_string(), |a| a.name);
        let outcome = Outcome { reference: reference.clone(), name, problem };
        self.engine.keeper.task(self.id, |t| t.outcomes.push(outcome));
    }

    /// Commit and version of a ref as it is deployed now; empty where it is not.
    fn present(&self, reference: &Ref) -> (String, String) {
        let cancellable = Cancellable::new();
        let fresh = flatpak::open(self.scope, &cancellable);
        let deployed = fresh.and_then(|i| find(&i, reference, &cancellable));
        deployed.map(|d| (installed::commit(&d), installed::version(&d))).unwrap_or_default()
    }
}

/// What is compared between the plan and what flatpak is about to do.
type Key = (u8, Ref, String, String);

fn key(operation: &Operation) -> Key {
    let (kind, commit) = (operation.kind as u8, operation.commit.clone());
    (kind, operation.reference.clone(), operation.remote.clone(), commit)
}
