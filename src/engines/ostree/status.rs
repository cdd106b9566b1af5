//! What there is right now.

use super::commit::Commit;
use super::{Ostree, failure, open, verify};
use cairn_host::{Host, files, space};
use cairn_model::system::{Notice, Space};
use cairn_model::{Deployment, Problem, SystemStatus, Verification, text};
use ostree::Sysroot;

/// Written by a finalization that failed, removed by one that works (ostree: src/libostree/ostree-sysroot-deploy.c).
const FINALIZE_FAILURE: &str = "/boot/ostree/finalize-failure.stamp";

pub(super) fn read(engine: &Ostree) -> Result<SystemStatus, Problem> {
    let sysroot = open::sysroot(engine)?;
    let room = space::room(&engine.host.path("/ostree/repo")).map_err(|e| failure::io(&e))?;
    let mut status = SystemStatus {
        engine: "ostree".into(),
        os_name: text::line(&engine.host.os_release("PRETTY_NAME").unwrap_or_default()),
        abilities: super::ABILITIES.to_vec(),
        deployments: deployments(engine, &sysroot)?,
        space: Space { free: room.free, total: room.total, versions: None },
        ..SystemStatus::default()
    };
    status.notices.extend(finalize_failure(&engine.host));
    Ok(status)
}

/// Whether the last shutdown could not put the prepared version in place.
pub(crate) fn finalize_failure(host: &Host) -> Option<Notice> {
    let words = host.read(FINALIZE_FAILURE).ok().flatten()?;
    Some(Notice::FinalizeFailed { detail: text::line(&words) })
}

fn deployments(engine: &Ostree, sysroot: &Sysroot) -> Result<Vec<Deployment>, Problem> {
    let repo = sysroot.repo();
    let booted = sysroot.booted_deployment();
    let (_, rollback) = sysroot.query_deployments_for(None);
    let all = sysroot.deployments();
    // A staged version whose finalization is locked does not start next; then the first written one does.
    let next = all.iter().position(|d| !(d.is_staged() && d.is_finalization_locked()));
    let mut read = Vec::new();
    for (index, deployment) in all.iter().enumerate() {
        let checksum = deployment.csum().to_string();
        let commit = Commit::load(&repo, &checksum).ok();
        let origin = origin(deployment);
        let remote = origin.as_deref().and_then(remote_of);
        let version = commit.as_ref().map_or_else(|| checksum[..10].to_owned(), |c| c.version.clone());
        read.push(Deployment {
            title: commit
                .as_ref()
                .and_then(|c| c.title.clone())
                .or_else(|| title(engine, sysroot, deployment)),
            timestamp: commit.as_ref().and_then(|c| c.timestamp),
            verification: match &commit {
                Some(_) => verify::commit(engine, &repo, remote.as_deref(), &checksum),
                None => Verification::Unknown,
            },
            origin,
            running: booted.as_ref().is_some_and(|b| b.equal(deployment)),
            next: next == Some(index),
            staged: deployment.is_staged(),
            previous: rollback.as_ref().is_some_and(|r| r.equal(deployment)),
            kept: deployment.is_pinned(),
            ..Deployment::new(open::id_of(deployment)?, version, checksum)
        });
    }
    Ok(read)
}

fn title(engine: &Ostree, sysroot: &Sysroot, deployment: &ostree::Deployment) -> Option<String> {
    let path = format!("/{}/usr/lib/os-release", sysroot.deployment_dirpath(deployment));
    let words = engine.host.read(&path).ok().flatten()?;
    files::os_release_field(&words, "PRETTY_NAME").map(|t| text::line(&t))
}

/// The refspec that a deployment is updated from.
pub(super) fn origin(deployment: &ostree::Deployment) -> Option<String> {
    deployment.origin()?.string("origin", "refspec").ok().map(|s| text::line(&s))
}

/// The remote of a refspec, `None` for a local ref.
pub(super) fn remote_of(refspec: &str) -> Option<String> {
    ostree::parse_refspec(refspec).ok()?.0.map(|r| r.to_string())
}
