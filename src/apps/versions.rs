//! Versions that an app can go back to: what its source still has, and what was here.

use crate::engine::Engine;
use crate::flatpak::{self, find, history, installed, remotes};
use cairn_model::Problem;
use cairn_model::app::installed::PastVersion;
use cairn_model::app::{Ref, Scope};
use libflatpak::gio::Cancellable;

/// The newest first. Without network only what the journal knows.
pub(crate) fn list(
    engine: &Engine,
    scope: Scope,
    reference: &Ref,
    c: &Cancellable,
) -> Result<Vec<PastVersion>, Problem> {
    let installation = flatpak::open(scope, c)?;
    let deployed = find(&installation, reference, c)?;
    let origin = remotes::get(&installation, &installed::origin(&deployed), c);
    let fetched = origin.and_then(|r| history::fetch(&installation, &r, reference, &engine.places.data, c));
    let mut versions = match fetched {
        Ok(versions) => versions,
        Err(Problem::Network { detail }) => {
            tracing::info!(detail, "older versions as far as they are remembered");
            Vec::new()
        }
        Err(Problem::NotFound { .. } | Problem::AppNotFound { .. } | Problem::NotSupported { .. }) => {
            Vec::new()
        }
        Err(problem) => return Err(problem),
    };
    let now = installed::commit(&deployed);
    for visit in engine.journal.visits(scope, reference)? {
        match versions.iter_mut().find(|v| v.commit == visit.commit) {
            Some(known) => {
                known.was_here = true;
                known.version = visit.version;
            }
            None => versions.push(remembered(visit.commit, visit.version)),
        }
    }
    if !versions.iter().any(|v| v.commit == now) {
        versions.insert(0, remembered(now.clone(), String::new()));
    }
    for version in versions.iter_mut().filter(|v| v.commit == now) {
        version.current = true;
        version.was_here = true;
        version.version = installed::version(&deployed);
    }
    Ok(versions)
}

fn remembered(commit: String, version: String) -> PastVersion {
    PastVersion { commit, version, date: None, subject: String::new(), was_here: true, current: false }
}
