//! Whether remotes answer. libflatpak takes one that does not for one that has nothing, so that what it says then is
//! looked at twice.

use super::{problem, remotes};
use cairn_model::Problem;
use cairn_model::app::Scope;
use libflatpak::RefKind;
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;

/// A ref that nobody has: asking for it fetches what the remote has, and nothing else.
const NOBODY: &str = "invalid.cairn.Probe";

/// Why a remote does not answer; `None` if it does.
pub(crate) fn silence(scope: Scope, remote: &str, c: &Cancellable) -> Result<Option<Problem>, Problem> {
    let installation = super::open(scope, c)?;
    let asked =
        installation.fetch_remote_ref_sync(remote, RefKind::App, NOBODY, None, Some("stable"), Some(c));
    match asked.map_err(|e| problem(&e, remote)) {
        Ok(_) | Err(Problem::AppNotFound { .. }) => Ok(None),
        Err(Problem::Cancelled) => Err(Problem::Cancelled),
        // There is an answer, but no summary in it.
        Err(Problem::Corrupt { detail }) => Ok(Some(Problem::Network { detail })),
        Err(problem) => Ok(Some(problem)),
    }
}

/// A problem that can come from silence alone, checked. `remote` is the one that was asked; a runtime may come from
/// any of them.
pub(crate) fn doubt(said: Problem, scope: Scope, remote: Option<&str>, c: &Cancellable) -> Problem {
    let asked: Vec<String> = match (&said, remote) {
        (Problem::AppNotFound { .. }, Some(remote)) => vec![remote.to_owned()],
        (Problem::AppNotFound { .. } | Problem::RuntimeMissing { .. }, _) => enabled(scope, c),
        _ => return said,
    };
    let silent = asked.iter().find_map(|name| match silence(scope, name, c) {
        Ok(silent) => silent,
        Err(problem) => Some(problem),
    });
    silent.unwrap_or(said)
}

fn enabled(scope: Scope, c: &Cancellable) -> Vec<String> {
    let list = super::open(scope, c).and_then(|i| remotes::list(&i, c)).unwrap_or_default();
    list.iter().filter(|r| !r.is_disabled()).filter_map(|r| r.name().map(String::from)).collect()
}
