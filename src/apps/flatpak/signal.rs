//! Handlers of a transaction's signals that cannot bring the process down.
//!
//! A panic that left a handler would cross C, which aborts. It is caught, the transaction is cancelled, and whoever
//! runs it learns of it from [`Guard::panicked`].

use libflatpak::gio::Cancellable;
use libflatpak::gio::prelude::*;
use libflatpak::glib::{self, Value};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

#[derive(Clone)]
pub(super) struct Guard {
    panicked: Rc<Cell<bool>>,
    cancellable: Cancellable,
}

impl Guard {
    pub(super) fn new(cancellable: &Cancellable) -> Self {
        Self { panicked: Rc::default(), cancellable: cancellable.clone() }
    }

    pub(super) fn panicked(&self) -> bool {
        self.panicked.get()
    }

    /// Runs what must not panic into C; `None` if it did.
    pub(super) fn call<T>(&self, run: impl FnOnce() -> T) -> Option<T> {
        let result = catch_unwind(AssertUnwindSafe(run));
        if result.is_err() {
            self.panicked.set(true);
            self.cancellable.cancel();
        }
        result.ok()
    }

    /// Connects a signal. `answer` is what the signal wants back, if it wants anything, when the handler panics or
    /// cannot read its arguments.
    pub(super) fn on<T: ToValue + Clone + 'static>(
        &self,
        object: &impl IsA<glib::Object>,
        signal: &str,
        answer: T,
        handler: impl Fn(&[Value]) -> Option<T> + 'static,
    ) {
        let guard = self.clone();
        object.connect_local(signal, false, move |values| {
            let answer = guard.call(|| handler(values)).flatten().unwrap_or_else(|| answer.clone());
            Some(answer.to_value())
        });
    }

    /// Connects a signal that wants nothing back.
    pub(super) fn hear(
        &self,
        object: &impl IsA<glib::Object>,
        signal: &str,
        handler: impl Fn(&[Value]) + 'static,
    ) {
        let guard = self.clone();
        object.connect_local(signal, false, move |values| {
            guard.call(|| handler(values));
            None
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_panic_stays_inside_and_cancels() {
        let cancellable = Cancellable::new();
        let guard = Guard::new(&cancellable);
        let object = libflatpak::gio::SimpleAction::new("x", None);
        guard.hear(&object, "activate", |_| panic!("on purpose"));
        object.activate(None);
        assert!(guard.panicked());
        assert!(cancellable.is_cancelled());
    }
}
