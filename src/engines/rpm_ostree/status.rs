//! What there is right now.

use super::answer::{self, Entry};
use super::daemon::{self, Daemon};
use super::{REPO, RpmOstree, automatic, layered, live};
use crate::Engine;
use cairn_host::{files, space};
use cairn_model::change::Changes;
use cairn_model::system::{HeldBack, Space};
use cairn_model::{Deployment, DeploymentId, Problem, SystemStatus, text};
use zbus::zvariant::Value;


pub(super) async fn read(engine: &RpmOstree) -> Result<SystemStatus, Problem> {
    let daemon = Daemon::of(engine).await?;
    let entries = daemon.entries().await?;
    let automatic = automatic::told(engine, &daemon).await?;
    engine.can_now(live::candidate(&entries).is_some(), automatic.as_ref());
    let mut status = SystemStatus {
        engine: "rpm-ostree".into(),
        os_name: text::line(&engine.host.os_release("PRETTY_NAME").unwrap_or_default()),
        abilities: engine.abilities(),
        deployments: deployments(engine, &entries)?,
        space: room(engine)?,
        automatic,
        ..SystemStatus::default()
    };
    if daemon.busy_elsewhere().await? {
        status.held_back.push(HeldBack::BusyElsewhere);
    }
    status.notices.extend(crate::ostree::finalize_failure(&engine.host));
    Ok(status)
}

fn room(engine: &RpmOstree) -> Result<Space, Problem> {
    let path = if engine.host.exists(REPO) { REPO } else { "/" };
    let room = space::room(&engine.host.path(path))
        .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
    Ok(Space { free: room.free, total: room.total, versions: None })
}

fn deployments(engine: &RpmOstree, entries: &[Entry]) -> Result<Vec<Deployment>, Problem> {
    let next = daemon::next(entries)?;
    let previous = daemon::previous(entries);
    let notes = layered::notes(engine);
    Ok(entries
        .iter()
        .map(|entry| Deployment {
            title: title(engine, entry),
            timestamp: entry.timestamp,
            origin: entry.origin.clone(),
            running: entry.booted,
            next: entry.id == next.id,
            staged: entry.staged,
            held: entry.staged && entry.locked,
            previous: previous.is_some_and(|p| p.id == entry.id),
            kept: entry.pinned,
            live: live::in_use(entries, entry),
            // What was opened to stay open is not forgotten at the next start.
            unlocked: entry.unlocked == "development",
            verification: entry.verification.clone(),
            ..Deployment::new(entry.id.clone(), entry.version.clone(), layered::checksum(&notes, entry))
        })
        .collect())
}

/// What the version calls itself, in the file that it has below its own root.
fn title(engine: &RpmOstree, entry: &Entry) -> Option<String> {
    // The id is the stateroot, a dash, and the name of the folder.
    let folder = entry.id.as_str().strip_prefix(entry.osname.as_str())?.strip_prefix('-')?;
    let path = format!("/ostree/deploy/{}/deploy/{folder}/usr/lib/os-release", entry.osname);
    let words = engine.host.read(&path).ok().flatten()?;
    files::os_release_field(&words, "PRETTY_NAME").map(|title| text::line(&title))
}

/// The changes from one version to another, by package.
pub(super) async fn diff(
    engine: &RpmOstree,
    from: &DeploymentId,
    to: &DeploymentId,
) -> Result<Changes, Problem> {
    let daemon = Daemon::of(engine).await?;
    let entries = daemon.entries().await?;
    for id in [from, to] {
        find(&entries, id)?;
    }
    let answer = daemon.ask_slowly(daemon.os.get_deployments_rpm_diff(from.as_str(), to.as_str())).await?;
    answer::difference::between(&Value::from(answer))
}

/// The version of that id.
pub(super) fn find<'a>(entries: &'a [Entry], id: &DeploymentId) -> Result<&'a Entry, Problem> {
    entries.iter().find(|e| e.id == *id).ok_or_else(|| Problem::NotFound { what: id.to_string() })
}
