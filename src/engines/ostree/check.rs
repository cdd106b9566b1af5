//! What the origin offers.
//!
//! Only the newest commit object is fetched, so that version, size, packages and signature are known before the
//! download. No ref has moved afterwards: another tool sees nothing of it.

use super::commit::Commit;
use super::{Ostree, failure, open, status, verify};
use crate::packages;
use cairn_model::change::Changes;
use cairn_model::{Problem, Update};
use ostree::gio::Cancellable;
use ostree::glib::{self, VariantDict};
use ostree::{Repo, RepoPullFlags, Sysroot};

pub(super) fn run(engine: &Ostree, cancellable: &Cancellable) -> Result<Option<Update>, Problem> {
    let locked = open::locked(engine)?;
    let sysroot = &locked.0;
    let repo = sysroot.repo();
    let running = sysroot.require_booted_deployment().map_err(|e| failure::of(&e))?;
    let origin = configured(&running)?;
    let (remote, branch) = ostree::parse_refspec(&origin).map_err(|e| failure::of(&e))?;
    let remote = remote.ok_or_else(|| Problem::NoOrigin { detail: origin.clone() })?;
    let checksum = newest(&repo, &remote, &branch, cancellable)?;
    if checksum == running.csum().as_str() {
        return Ok(None);
    }
    let commit = Commit::load(&repo, &checksum)?;
    let current = Commit::load(&repo, running.csum().as_str())?;
    let sizes = commit.sizes(&repo);
    let staged = next_is(sysroot, &checksum);
    // What was prepared and dropped again is here still.
    let downloaded = !staged && sizes.is_some_and(|(fetch, _)| fetch == 0);
    let changes = match (current.packages(), commit.packages()) {
        (Some(a), Some(b)) => {
            Some(Changes { by_package: true, packages: packages::compare(&a, &b), ..Changes::default() })
        }
        _ => None,
    };
    Ok(Some(Update {
        older: matches!((commit.timestamp, current.timestamp), (Some(new), Some(old)) if new < old),
        staged,
        downloaded,
        verification: verify::commit(engine, &repo, Some(remote.as_str()), &checksum),
        version: commit.version,
        checksum,
        origin,
        timestamp: commit.timestamp,
        download: sizes.map(|s| s.0).filter(|_| !downloaded),
        installed: sizes.map(|s| s.1),
        changes,
        skipped: false,
    }))
}

/// Whether that commit starts next.
fn next_is(sysroot: &Sysroot, checksum: &str) -> bool {
    let next = sysroot.deployments().into_iter().find(|d| !(d.is_staged() && d.is_finalization_locked()));
    next.is_some_and(|d| d.csum().as_str() == checksum)
}

/// The refspec of a deployment, unless its maker says that it cannot be updated yet.
pub(super) fn configured(deployment: &ostree::Deployment) -> Result<String, Problem> {
    let unconfigured =
        deployment.origin().and_then(|o| o.string("origin", "unconfigured-state").ok()).map(String::from);
    if let Some(words) = unconfigured {
        return Err(Problem::NoOrigin { detail: cairn_model::text::line(&words) });
    }
    status::origin(deployment).ok_or(Problem::NoOrigin { detail: String::new() })
}

/// The newest commit of the branch; its commit object is in the repository afterwards.
///
/// Fetching a branch moves the local ref, which is put back under the same lock. (The summary would tell without, but
/// the binding of `ostree_repo_remote_fetch_summary` aborts where a remote has no signed summary.)
fn newest(repo: &Repo, remote: &str, branch: &str, cancellable: &Cancellable) -> Result<String, Problem> {
    let refspec = format!("{remote}:{branch}");
    let before = repo.resolve_rev(&refspec, true).map_err(|e| failure::of(&e))?;
    let pulled = pull_commit(repo, remote, branch, cancellable);
    let found = repo.resolve_rev(&refspec, true).map_err(|e| failure::of(&e))?;
    if found != before {
        repo.set_ref_immediate(Some(remote), branch, before.as_deref(), Cancellable::NONE)
            .map_err(|e| failure::of(&e))?;
    }
    pulled?;
    found.map(|c| c.to_string()).ok_or(Problem::NoOrigin { detail: refspec })
}

fn pull_commit(repo: &Repo, remote: &str, what: &str, cancellable: &Cancellable) -> Result<(), Problem> {
    let options = VariantDict::new(None);
    options.insert("refs", vec![what]);
    options.insert("flags", i32::try_from(RepoPullFlags::COMMIT_ONLY.bits()).unwrap_or_default());
    let context = glib::MainContext::new();
    context
        .with_thread_default(|| repo.pull_with_options(remote, &options.end(), None, Some(cancellable)))
        .map_err(|e| Problem::EngineFailed { detail: e.to_string() })?
        .map_err(|e| failure::of(&e))
}
