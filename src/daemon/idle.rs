//! When the service itself may go: no job, no restart set, no open question, and no client that still listens.

use crate::state::State;
use futures_util::StreamExt;
use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Unique names that have called and are still on the bus.
#[derive(Debug, Default)]
pub struct Clients {
    names: Mutex<HashSet<String>>,
    calls: watch::Sender<u64>,
}

impl Clients {
    /// Notes a call. Every method and property that reads calls it.
    pub fn called(&self, name: &str) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        self.calls.send_modify(|n| *n += 1);
    }

    fn left(&self, name: &str) -> bool {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).remove(name)
    }

    fn is_empty(&self) -> bool {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn names(&self) -> Vec<String> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Returns once nothing has been going on for `patience`.
pub async fn wait(state: &State, patience: Duration) {
    let Ok(bus) = zbus::fdo::DBusProxy::new(&state.connection).await else {
        return std::future::pending().await;
    };
    let Ok(mut owners) = bus.receive_name_owner_changed_with_args(&[(2, "")]).await else {
        return std::future::pending().await;
    };
    let mut calls = state.clients.calls.subscribe();
    let mut since = Instant::now();
    loop {
        tokio::select! {
            Some(change) = owners.next() => {
                // Others come and go on a bus all the time; only a client that has called counts.
                if let Ok(args) = change.args() && state.clients.left(args.name()) {
                    state.plans.forget(args.name());
                    since = Instant::now();
                }
            }
            _ = calls.changed() => since = Instant::now(),
            () = tokio::time::sleep_until(since + patience) => {
                forget_the_gone(state, &bus).await;
                if !busy(state) {
                    return;
                }
                since = Instant::now();
            }
        }
    }
}

/// Drops clients that left before their leaving was listened for, or before their call was served.
async fn forget_the_gone(state: &State, bus: &zbus::fdo::DBusProxy<'_>) {
    for name in state.clients.names() {
        let Ok(unique) = zbus::names::BusName::try_from(name.as_str()) else { continue };
        if bus.name_has_owner(unique).await.is_ok_and(|owned| !owned) && state.clients.left(&name) {
            state.plans.forget(&name);
        }
    }
}

fn busy(state: &State) -> bool {
    !state.clients.is_empty()
        || state.jobs.any_running()
        || state.authority.is_asking()
        || state.checking_health.load(Ordering::Relaxed)
        // Without a time there is nothing to wait for; what is set stays written down.
        || state.restart.borrow().as_ref().is_some_and(|s| s.due.is_some())
}
