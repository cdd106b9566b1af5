//! What the origin offers.
//!
//! The newest commit is found in the remote's summary and only its commit object is fetched, so that version, size,
//! packages and signature are known before the download. No ref moves: another tool sees nothing of it.

use super::commit::Commit;
use super::{Ostree, failure, open, status, verify};
use crate::packages;
use cairn_model::change::Changes;
use cairn_model::{Problem, Update};
use ostree::gio::Cancellable;
use ostree::glib::{self, Variant, VariantDict, VariantTy};
use ostree::{ObjectType, Repo, RepoPullFlags};

/// ostree: src/libostree/ostree-core.h, `OSTREE_SUMMARY_GVARIANT_STRING`.
const SUMMARY: &str = "(a(s(taya{sv}))a{sv})";

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
    let changes = match (current.packages(), commit.packages()) {
        (Some(a), Some(b)) => {
            Some(Changes { by_package: true, packages: packages::compare(&a, &b), ..Changes::default() })
        }
        _ => None,
    };
    let next = sysroot.deployments().into_iter().find(|d| !(d.is_staged() && d.is_finalization_locked()));
    Ok(Some(Update {
        older: matches!((commit.timestamp, current.timestamp), (Some(new), Some(old)) if new < old),
        staged: next.is_some_and(|d| d.csum().as_str() == checksum),
        verification: verify::commit(engine, &repo, Some(remote.as_str()), &checksum),
        version: commit.version,
        checksum,
        origin,
        timestamp: commit.timestamp,
        download: sizes.map(|s| s.0),
        installed: sizes.map(|s| s.1),
        changes,
        skipped: false,
    }))
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
fn newest(repo: &Repo, remote: &str, branch: &str, cancellable: &Cancellable) -> Result<String, Problem> {
    if let Some(checksum) = in_summary(repo, remote, branch, cancellable)? {
        let have =
            repo.has_object(ObjectType::Commit, &checksum, Some(cancellable)).map_err(|e| failure::of(&e))?;
        if !have {
            pull_commit(repo, remote, &checksum, cancellable)?;
        }
        return Ok(checksum);
    }
    // Without a summary only the ref itself tells; fetching it moves the local ref, which is put back.
    let refspec = format!("{remote}:{branch}");
    let before = repo.resolve_rev(&refspec, true).map_err(|e| failure::of(&e))?;
    pull_commit(repo, remote, branch, cancellable)?;
    let found = repo.resolve_rev(&refspec, false).map_err(|e| failure::of(&e))?;
    repo.set_ref_immediate(Some(remote), branch, before.as_deref(), Some(cancellable))
        .map_err(|e| failure::of(&e))?;
    found.map(|c| c.to_string()).ok_or_else(|| Problem::NoOrigin { detail: refspec })
}

fn in_summary(
    repo: &Repo,
    remote: &str,
    branch: &str,
    cancellable: &Cancellable,
) -> Result<Option<String>, Problem> {
    let (bytes, _) =
        repo.remote_fetch_summary(remote, Some(cancellable)).map_err(|e| failure::of(&e))?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let ty = VariantTy::new(SUMMARY).map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    let summary = Variant::from_bytes_with_type(&bytes, ty);
    if !summary.is_normal_form() {
        return Err(Problem::Corrupt { detail: "summary".into() });
    }
    let refs = summary.child_value(0);
    let entry = refs.iter().find(|entry| entry.child_value(0).str() == Some(branch));
    let entry = entry.ok_or_else(|| Problem::NoOrigin { detail: format!("{remote}:{branch}") })?;
    let bytes = entry.child_value(1).child_value(1);
    let digest: Option<[u8; 32]> = bytes.fixed_array::<u8>().ok().and_then(|b| b.try_into().ok());
    let digest = digest.ok_or_else(|| Problem::Corrupt { detail: "summary".into() })?;
    Ok(Some(ostree::Checksum::from_bytes(&digest).to_hex()))
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
