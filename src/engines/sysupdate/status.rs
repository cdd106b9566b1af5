//! What there is right now.

use super::answer::Described;
use super::entries::Entries;
use super::transfers::Transfers;
use super::upstream::Upstream;
use super::{Sysupdate, loader, version};
use cairn_host::{Host, space};
use cairn_model::system::{HeldBack, Space};
use cairn_model::{Defect, Deployment, Problem, SystemStatus, text};

pub(super) async fn read(engine: &Sysupdate, upstream: &Upstream) -> Result<SystemStatus, Problem> {
    let here = upstream.here().await?;
    let busy = upstream.is_busy().await?;
    let host = &engine.host;
    let room = space::room(&host.root)
        .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
    let running = running(host, &here)?;
    let told = loader::read(engine).await?.map(|told| Entries::told(&told));
    let all = all(&running, &here);
    let another = |told: &Entries| {
        all.iter().any(|version| *version != running && told.id(version, &all).is_some())
    };
    engine.may_choose(loader::may_write(host) && told.as_ref().is_some_and(another));
    let entries = told.unwrap_or_else(|| Entries::read(host));
    let mut deployments = deployments(&running, &all, &here, &entries, &Transfers::read(host))?;
    if engine.chooses() {
        find_previous(&running, &mut deployments);
    }
    Ok(SystemStatus {
        engine: "sysupdate".into(),
        os_name: text::line(&host.os_release("PRETTY_NAME").unwrap_or_default()),
        abilities: crate::Engine::abilities(engine),
        deployments,
        held_back: if busy { vec![HeldBack::BusyElsewhere] } else { Vec::new() },
        space: Space { free: room.free, total: room.total, versions: None },
        ..SystemStatus::default()
    })
}

/// os-release(5), `IMAGE_VERSION`: what upstream itself takes for the running version. Without it only a single version
/// leaves no doubt.
fn running(host: &Host, here: &[Described]) -> Result<String, Problem> {
    let bad = |detail: &str| Problem::BadAnswer { tool: "os-release".into(), detail: detail.into() };
    match (host.os_release("IMAGE_VERSION").filter(|v| !v.is_empty()), here) {
        (Some(told), _) if version::is_legal(&told) => Ok(told),
        (Some(_), _) => Err(bad("IMAGE_VERSION is no version")),
        (None, [only]) => Ok(only.version.clone()),
        (None, _) => Err(bad("IMAGE_VERSION is missing")),
    }
}

/// Every version, the newest first.
pub(super) fn all(running: &str, here: &[Described]) -> Vec<String> {
    let mut all: Vec<String> = here.iter().map(|one| one.version.clone()).collect();
    // It runs, even if no transfer file fits it any more.
    if !all.iter().any(|one| one == running) {
        all.push(running.into());
    }
    all.sort_by(|a, b| version::order(b, a));
    all
}

/// What the boot loader says starts next; where it says nothing, the newest version that it has not given up on.
fn deployments(
    running: &str,
    all: &[String],
    here: &[Described],
    entries: &Entries,
    transfers: &Transfers,
) -> Result<Vec<Deployment>, Problem> {
    let mut found = Vec::new();
    for one in all {
        let told = here.iter().find(|described| described.version == *one);
        // What runs can start, although a feature that was turned on since is not there yet.
        let incomplete = told.is_some_and(|t| t.incomplete && one != running).then_some(Defect::Incomplete);
        found.push(Deployment {
            origin: Some(transfers.origin.clone()),
            running: one == running,
            kept: told.is_some_and(|t| t.protected),
            verification: transfers.verification(),
            defect: incomplete.or_else(|| entries.defect(one, running, all)),
            ..Deployment::new(version::id(one)?, one, version::identity(one))
        });
    }
    let next = entries.default(all).and_then(|next| found.iter().position(|d| d.version == next));
    let next = next.or_else(|| found.iter().position(|d| d.defect.is_none()));
    let next = next.or_else(|| found.iter().position(|d| d.running)).unwrap_or_default();
    let mut first = found.remove(next);
    first.next = true;
    found.insert(0, first);
    Ok(found)
}

/// "Go back" means the newest version before the one that runs, unless that starts next anyway.
fn find_previous(running: &str, deployments: &mut [Deployment]) {
    let older = |d: &&mut Deployment| version::order(&d.version, running).is_lt() && d.defect.is_none() && !d.next;
    let newest = deployments.iter_mut().filter(older).max_by(|a, b| version::order(&a.version, &b.version));
    if let Some(newest) = newest {
        newest.previous = true;
    }
}
