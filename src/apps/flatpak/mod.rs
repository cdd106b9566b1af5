//! libflatpak, wrapped so that none of its types and none of its traps leave this folder.
//!
//! Its objects cannot be sent between threads and cache what they read, so each lives only inside one call. Umask and
//! panics matter: see [`prepare`] and [`signal`].

pub(crate) mod catalogs;
pub(crate) mod damage;
mod ffi;
pub(crate) mod history;
pub(crate) mod installed;
pub(crate) mod masks;
pub(crate) mod operation;
pub(crate) mod problem;
pub(crate) mod reach;
pub(crate) mod remotes;
pub(crate) mod running;
pub(crate) mod scratch;
mod signal;
pub(crate) mod space;
pub(crate) mod transaction;

use cairn_model::app::{Ref, RefKind, Scope};
use cairn_model::{Problem, text};
use libflatpak::gio::Cancellable;
use libflatpak::glib::{LogLevels, log_set_handler};
use libflatpak::prelude::*;
use libflatpak::{Installation, InstalledRef};
use std::path::PathBuf;
use std::sync::{Mutex, Once, PoisonError};

pub(crate) use problem::problem;

pub(crate) const SCOPES: [Scope; 2] = [Scope::User, Scope::System];

/// flatpak wants files that everybody can read, also when the session's umask is narrower; it belongs to the whole
/// process, so it is set before this crate has a thread.
pub(crate) fn prepare() {
    static ONCE: Once = Once::new();
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    // What libflatpak says by the way belongs into the log, not between the lines of a command.
    ONCE.call_once(|| {
        let levels = LogLevels::LEVEL_MESSAGE | LogLevels::LEVEL_INFO | LogLevels::LEVEL_DEBUG;
        log_set_handler(Some("flatpak"), levels, false, false, |_, _, words| {
            tracing::debug!("flatpak says: {}", text::line(words));
        });
    });
}

/// An installation as it is now.
pub(crate) fn open(scope: Scope, cancellable: &Cancellable) -> Result<Installation, Problem> {
    // Whoever comes first makes the repository; a second one would find it half made.
    static OPENING: Mutex<()> = Mutex::new(());
    let _one = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    let opened = match scope {
        Scope::User => Installation::new_user(Some(cancellable)),
        Scope::System => Installation::new_system(Some(cancellable)),
    };
    let installation = opened.map_err(|e| problem(&e, ""))?;
    installation.drop_caches(Some(cancellable)).map_err(|e| problem(&e, ""))?;
    Ok(installation)
}

/// The installations of both scopes that can be opened; an error only where none can.
pub(crate) fn open_all(cancellable: &Cancellable) -> Result<Vec<(Scope, Installation)>, Problem> {
    let mut opened = Vec::new();
    let mut failed = None;
    for scope in SCOPES {
        match open(scope, cancellable) {
            Ok(installation) => opened.push((scope, installation)),
            Err(problem) => {
                tracing::warn!(?scope, ?problem, "an installation cannot be opened");
                failed = Some(problem);
            }
        }
    }
    match failed {
        Some(problem) if opened.is_empty() => Err(problem),
        _ => Ok(opened),
    }
}

/// What is deployed of a ref.
pub(crate) fn find(
    installation: &Installation,
    reference: &Ref,
    cancellable: &Cancellable,
) -> Result<InstalledRef, Problem> {
    installation
        .installed_ref(
            kind(reference),
            reference.id.as_str(),
            Some(&reference.arch),
            Some(&reference.branch),
            Some(cancellable),
        )
        .map_err(|e| problem(&e, reference.id.as_str()))
}

pub(crate) fn kind(reference: &Ref) -> libflatpak::RefKind {
    match reference.kind {
        RefKind::App => libflatpak::RefKind::App,
        RefKind::Runtime => libflatpak::RefKind::Runtime,
    }
}

pub(crate) fn folder(installation: &Installation) -> PathBuf {
    installation.path().and_then(|f| f.path()).unwrap_or_default()
}
