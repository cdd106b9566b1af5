//! What there is right now.

use super::answer::Snapshot;
use super::service::Disk;
use super::{Snapper, versions};
use cairn_host::{Host, space};
use cairn_model::system::Space;
use cairn_model::{Deployment, Problem, SystemStatus, text};

pub(super) async fn read(engine: &Snapper) -> Result<SystemStatus, Problem> {
    let disk = engine.service.read().await?;
    Ok(SystemStatus {
        engine: "snapper".into(),
        os_name: os_name(&engine.host),
        abilities: crate::Engine::abilities(engine),
        deployments: deployments(&engine.host, &disk)?,
        space: room(&engine.host),
        ..SystemStatus::default()
    })
}

pub(crate) fn os_name(host: &Host) -> String {
    text::line(&host.os_release("PRETTY_NAME").unwrap_or_default())
}

/// Room where snapshots lie.
pub(crate) fn room(host: &Host) -> Space {
    let found = ["/.snapshots", "/"].iter().find_map(|path| space::room(&host.path(path)).ok());
    found.map_or_else(Space::default, |room| Space { free: room.free, total: room.total, versions: None })
}

fn deployments(host: &Host, disk: &Disk) -> Result<Vec<Deployment>, Problem> {
    let shown = versions::of(disk);
    let mut all = Vec::new();
    for snapshot in &shown {
        let running = snapshot.number == disk.active;
        let words = snapshot.description();
        let (name, description) = if snapshot.named() { (words, None) } else { (None, words) };
        all.push(Deployment {
            title: Some(os_name(host)).filter(|name| running && !name.is_empty()),
            // People know what runs by the system's own name.
            description: description.filter(|_| !running),
            name,
            timestamp: snapshot.date,
            running,
            next: snapshot.number == disk.next(),
            kept: snapshot.kept(),
            ..Deployment::new(snapshot.id()?, version(host, snapshot), snapshot.content())
        });
    }
    mark_previous(&mut all);
    Ok(all)
}

/// "Go back" means what stands after the running version.
pub(crate) fn mark_previous(all: &mut [Deployment]) {
    let after = all.iter().skip_while(|d| !d.running).nth(1).map(|d| d.id.clone());
    for version in all {
        version.previous = after.as_ref() == Some(&version.id);
    }
}

/// Snapshots of an ordinary distribution share its version; snapper tells them apart by their numbers. A copy has that of
/// its original: what was chosen is called the same before and after the restart.
pub(super) fn version(host: &Host, snapshot: &Snapshot) -> String {
    let original = snapshot.original();
    if original != 0 {
        return original.to_string();
    }
    let version = host.os_release("VERSION_ID").map(|version| text::line(&version));
    version.filter(|version| !version.is_empty()).unwrap_or_else(|| "0".into())
}
