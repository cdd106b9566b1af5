//! flatpak's transaction: what is asked for in, what happens out. One runs wholly inside one call on one thread.

use super::signal::Guard;
use super::{ffi, operation, problem};
use cairn_model::app::{Operation, Ref, Scope};
use cairn_model::{Problem, text};
use libflatpak::gio::{self, Cancellable};
use libflatpak::prelude::*;
use libflatpak::{Installation, Transaction, TransactionOperation, TransactionProgress, glib};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

/// One thing that a transaction is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Install {
        remote: String,
        reference: Ref,
    },
    /// To the newest, or to one commit, older or newer.
    Update {
        reference: Ref,
        commit: Option<String>,
    },
    Uninstall {
        reference: Ref,
    },
    RefFile(Vec<u8>),
    Bundle(PathBuf),
    Rebase {
        remote: String,
        old: Ref,
        new: Ref,
    },
}

/// What a dry run found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) operations: Vec<Operation>,
    /// Refs at their end with their sources' reasons.
    pub(crate) ends: Vec<(Ref, String)>,
    /// Names and addresses of remotes that would become known.
    pub(crate) remotes: Vec<(String, String)>,
}

/// How a transaction is run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setup {
    pub(crate) items: Vec<Item>,
    /// Nobody is asked for a password.
    pub(crate) quiet: bool,
    /// Fetch and deploy also what is installed, from whichever remote.
    pub(crate) reinstall: bool,
    /// Installations whose runtimes count as there, besides those that flatpak looks at anyway.
    pub(crate) sources: Vec<Installation>,
}

/// What happens, in order. Handlers answer with a yes or a no; see each.
pub(crate) enum Event<'a> {
    /// Everything is resolved. Yes: go on.
    Ready(&'a [Operation]),
    /// A remote must become known. Yes: add it.
    NewRemote { name: String, url: String },
    /// The source says that a ref is at its end. The answer does not matter.
    EndOfLife { reference: Ref, reason: String },
    /// The answer does not matter.
    Begun(&'a Operation),
    /// Bytes fetched of the running operation, and its percentage. The answer does not matter.
    Moved { bytes: u64, percent: i32 },
    /// The answer does not matter.
    Done { operation: &'a Operation, changed: bool },
    /// Yes: go on with the others.
    Failed { operation: &'a Operation, problem: Problem, optional: bool },
}

/// Signal handlers must own what they call, so what they gather is shared with the caller.
pub(crate) type Handler = Box<dyn FnMut(Event<'_>) -> bool>;

/// Milliseconds between two reports of progress; flatpak allows no less than 100.
const PACE: u32 = 100;

/// Builds and runs a transaction. Nobody's answer to [`Event::Ready`] but yes lets it change anything, except that a
/// file brings its remote along.
///
/// # Errors
/// What stopped it. Stopped by the handler's no, that is [`Problem::PlanOutdated`]: the handler knows better.
pub(crate) fn run(
    scope: Scope,
    installation: &Installation,
    setup: &Setup,
    cancellable: &Cancellable,
    handler: Handler,
) -> Result<(), Problem> {
    let transaction =
        Transaction::for_installation(installation, Some(cancellable)).map_err(|e| problem(&e, ""))?;
    transaction.set_no_interaction(setup.quiet);
    transaction.set_reinstall(setup.reinstall);
    // An add-on or a runtime that comes along is not something that a person wants kept for ever.
    transaction.set_disable_auto_pin(true);
    // The person's own apps may use runtimes that everybody has.
    transaction.add_default_dependency_sources();
    setup.sources.iter().for_each(|source| transaction.add_dependency_source(source));
    for item in &setup.items {
        // Adding looks at the remote already and cannot be cancelled.
        if cancellable.is_cancelled() {
            return Err(Problem::Cancelled);
        }
        add(&transaction, installation, item)?;
    }
    let guard = Guard::new(cancellable);
    let shared = Rc::new(Shared::new(scope, handler));
    connect(&transaction, &guard, &shared);
    let result = transaction.run(Some(cancellable));
    let first = shared.problem.take();
    if guard.panicked() {
        return Err(Problem::EngineFailed { detail: "a handler failed".into() });
    }
    match result {
        Ok(()) => Ok(()),
        Err(_) if cancellable.is_cancelled() => Err(Problem::Cancelled),
        Err(error) if error.matches(libflatpak::Error::Aborted) => {
            Err(first.unwrap_or(Problem::PlanOutdated))
        }
        Err(error) => Err(problem(&error, about(&setup.items).as_str())),
    }
}

/// A dry run: the operations that the items come to, and what else was said on the way. It stops before passwords and
/// tokens, changes nothing and asks nobody.
pub(crate) fn resolve(
    scope: Scope,
    installation: &Installation,
    setup: &Setup,
    cancellable: &Cancellable,
) -> Result<Resolved, Problem> {
    let gathered = Rc::new(RefCell::new((false, Resolved::default())));
    let setup = Setup { quiet: true, ..setup.clone() };
    let gather = gathered.clone();
    let handler = Box::new(move |event: Event<'_>| {
        let (ready, resolved) = &mut *gather.borrow_mut();
        match event {
            Event::Ready(operations) => {
                resolved.operations = operations.to_vec();
                *ready = true;
                return false;
            }
            Event::EndOfLife { reference, reason } => resolved.ends.push((reference, reason)),
            Event::NewRemote { name, url } => {
                resolved.remotes.push((name, url));
                return true;
            }
            Event::Begun(_) | Event::Moved { .. } | Event::Done { .. } | Event::Failed { .. } => {}
        }
        false
    });
    let result = run(scope, installation, &setup, cancellable, handler);
    let (ready, resolved) = gathered.take();
    match result {
        _ if ready && !cancellable.is_cancelled() => Ok(resolved),
        Err(problem) => Err(problem),
        Ok(()) => Ok(resolved),
    }
}

fn about(items: &[Item]) -> String {
    match items {
        [
            Item::Install { reference, .. } | Item::Update { reference, .. } | Item::Uninstall { reference },
        ]
        | [Item::Rebase { new: reference, .. }] => reference.id.to_string(),
        _ => String::new(),
    }
}

fn add(transaction: &Transaction, installation: &Installation, item: &Item) -> Result<(), Problem> {
    let added = match item {
        Item::Install { remote, reference } => {
            let parts = parts(installation, reference);
            let parts: Vec<&str> = parts.iter().map(glib::GString::as_str).collect();
            transaction.add_install(remote, &reference.to_string(), &parts)
        }
        Item::Update { reference, commit } => {
            ffi::add_update(transaction, &reference.to_string(), commit.as_deref())
        }
        Item::Uninstall { reference } => transaction.add_uninstall(&reference.to_string()),
        Item::RefFile(bytes) => transaction.add_install_flatpakref(&glib::Bytes::from(bytes)),
        Item::Bundle(path) => transaction.add_install_bundle(&gio::File::for_path(path), None),
        Item::Rebase { remote, old, new } => ffi::add_rebase_and_uninstall(transaction, remote, new, old),
    };
    added.map_err(|e| problem(&e, about(std::slice::from_ref(item)).as_str()))
}

/// The languages that are there of what is fetched again; none means all.
fn parts(installation: &Installation, reference: &Ref) -> Vec<glib::GString> {
    let deployed = super::find(installation, reference, &Cancellable::new());
    deployed.map(|d| d.subpaths()).unwrap_or_default()
}

/// What the handlers of one transaction share.
struct Shared {
    scope: Scope,
    handler: RefCell<Handler>,
    /// What failed first, where the transaction itself only says that it stopped.
    problem: RefCell<Option<Problem>>,
}

impl Shared {
    fn new(scope: Scope, handler: Handler) -> Self {
        Self { scope, handler: RefCell::new(handler), problem: RefCell::default() }
    }

    fn tell(&self, event: Event<'_>) -> bool {
        (self.handler.borrow_mut())(event)
    }

    fn keep(&self, problem: Problem) {
        self.problem.borrow_mut().get_or_insert(problem);
    }

    fn operation(&self, value: Option<&glib::Value>) -> Option<(TransactionOperation, Operation)> {
        let object = value?.get::<TransactionOperation>().ok()?;
        let facts = operation::read(&object, self.scope).ok()?;
        Some((object, facts))
    }

    fn ready(&self, transaction: &Transaction) -> Option<bool> {
        let operations = transaction.operations();
        let read = operations.iter().filter(|o| !o.is_skipped()).map(|o| operation::read(o, self.scope));
        match read.collect::<Result<Vec<_>, _>>() {
            Ok(operations) => Some(self.tell(Event::Ready(&operations))),
            Err(problem) => {
                self.keep(problem);
                Some(false)
            }
        }
    }
}

fn connect(transaction: &Transaction, guard: &Guard, shared: &Rc<Shared>) {
    for signal in ["ready-pre-auth", "ready"] {
        let s = shared.clone();
        guard.on(transaction, signal, false, move |v| s.ready(&v.first()?.get::<Transaction>().ok()?));
    }
    let s = shared.clone();
    guard.on(transaction, "add-new-remote", false, move |v| {
        let name = text::line(&v.get(3)?.get::<Option<String>>().ok()??);
        let url = text::line(&v.get(4)?.get::<Option<String>>().ok()??);
        Some(s.tell(Event::NewRemote { name, url }))
    });
    // flatpak has sorted them by the person's own priorities; the first is what its command line takes, too.
    guard.on(transaction, "choose-remote-for-ref", -1_i32, |v| {
        let offered = v.get(3)?.get::<Vec<String>>().ok()?;
        Some(if offered.is_empty() { -1 } else { 0 })
    });
    let s = shared.clone();
    guard.on(transaction, "end-of-lifed-with-rebase", false, move |v| {
        let reference = v.get(2)?.get::<Option<String>>().ok()??.parse().ok()?;
        let reason = v.get(3)?.get::<Option<String>>().ok()?.map(|r| text::line(&r)).unwrap_or_default();
        s.tell(Event::EndOfLife { reference, reason });
        Some(false)
    });
    connect_operations(transaction, guard, shared);
}

fn connect_operations(transaction: &Transaction, guard: &Guard, shared: &Rc<Shared>) {
    let (s, g) = (shared.clone(), guard.clone());
    guard.hear(transaction, "new-operation", move |v| {
        if let Some((_, operation)) = s.operation(v.get(1)) {
            s.tell(Event::Begun(&operation));
        }
        let Some(progress) = v.get(2).and_then(|p| p.get::<TransactionProgress>().ok()) else { return };
        progress.set_update_frequency(PACE);
        let s = s.clone();
        g.hear(&progress, "changed", move |v| {
            let Some(progress) = v.first().and_then(|p| p.get::<TransactionProgress>().ok()) else { return };
            s.tell(Event::Moved { bytes: progress.bytes_transferred(), percent: progress.progress() });
        });
    });
    let s = shared.clone();
    // The typed binding of this signal borrows the commit, which is NULL after a removal.
    guard.hear(transaction, "operation-done", move |v| {
        let Some((_, operation)) = s.operation(v.get(1)) else { return };
        let flags = v.get(3).and_then(|f| f.get::<i32>().ok()).unwrap_or(0);
        let no_change = libflatpak::TransactionResult::CHANGE.bits();
        let changed = u32::try_from(flags).unwrap_or(0) & no_change == 0;
        s.tell(Event::Done { operation: &operation, changed });
    });
    let s = shared.clone();
    guard.on(transaction, "operation-error", false, move |v| {
        let (object, operation) = s.operation(v.get(1))?;
        let error = v.get(2)?.get::<glib::Error>().ok()?;
        let optional = v.get(3).and_then(|f| f.get::<i32>().ok()).is_some_and(|f| f & 1 != 0);
        let problem = operation::describe(&error, &object);
        if !optional {
            s.keep(problem.clone());
        }
        Some(s.tell(Event::Failed { operation: &operation, problem, optional }))
    });
}
