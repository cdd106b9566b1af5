//! Does the running version work? Asked once in each start of a version that is not known to be good.
//!
//! Checks are programs of the distribution below `/usr/lib/cairn/health.d` and of the administrator below
//! `/etc/cairn/health.d`, run in the order of their names; 0 is good. They run in the sandbox of the service.

use crate::state::State;
use cairn_host::command;
use cairn_jobs::store::decisions::Bad;
use cairn_model::{Health, text};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const FOLDERS: [&str; 2] = ["/usr/lib/cairn/health.d", "/etc/cairn/health.d"];
const LIMIT: Duration = Duration::from_secs(60);
/// The boot whose checks have run.
const CHECKED: &str = "health-checked";

pub async fn check(state: Arc<State>) {
    let running = state.status.borrow().running().cloned();
    let Some(running) = running.filter(|d| d.health == Health::Trial) else { return };
    let boot = state.host.boot_id();
    if state.store.setting(CHECKED).ok().flatten().as_deref() == Some(&boot) {
        return;
    }
    state.checking_health.store(true, Ordering::Relaxed);
    let bad = first_failure(&state).await;
    state.checking_health.store(false, Ordering::Relaxed);
    // The person may have called it good while the checks ran.
    let settled = state.store.memory().is_ok_and(|m| m.good.contains_key(&running.checksum));
    if let Some(bad) = bad.filter(|_| !settled) {
        tracing::warn!(
            cairn_target = running.version.as_str(),
            "health check {} failed: {}",
            bad.check,
            bad.detail
        );
        if let Err(problem) = state.store.set_bad(&running.checksum, &bad) {
            tracing::error!(cairn_problem = problem.code(), "cannot be remembered: {problem:?}");
        }
    }
    let _ = state.store.set_setting(CHECKED, Some(&boot));
    let _ = state.refresh().await;
}

async fn first_failure(state: &State) -> Option<Bad> {
    for folder in FOLDERS {
        for name in state.host.list(folder) {
            let path = state.host.path(&format!("{folder}/{name}"));
            let detail = match command::run(&path, &[], LIMIT).await {
                Ok(ended) if ended.success() => continue,
                Ok(ended) => ended.output,
                Err(e) => e.to_string(),
            };
            return Some(Bad { check: readable(&name), detail: text::line(&detail) });
        }
    }
    None
}

/// `50-login-screen` → `login screen`.
fn readable(name: &str) -> String {
    let name = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let name = name.strip_suffix(".sh").unwrap_or(name);
    text::line(&name.replace(['-', '_'], " "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn checks_are_named_for_people() {
        assert_eq!(super::readable("50-login-screen.sh"), "login screen");
        assert_eq!(super::readable("network"), "network");
    }
}
