//! What there is right now: snapshots of a whole system, each made by one update.

use super::{Tukit, lock};
use crate::snapper::answer::{Kind, Snapshot};
use crate::snapper::service::Disk;
use crate::snapper::status::{mark_previous, os_name, room};
use cairn_host::Host;
use cairn_host::files::os_release_field;
use cairn_model::system::HeldBack;
use cairn_model::{Defect, Deployment, Problem, SystemStatus, text};

/// transactional-update: lib/Snapshot/Snapper.cpp, userdata of a snapshot that is not finished.
const UNFINISHED: (&str, &str) = ("transactional-update-in-progress", "yes");
/// More than anybody looks through.
const MOST: usize = 256;

pub(super) async fn read(engine: &Tukit) -> Result<SystemStatus, Problem> {
    let disk = engine.service.read().await?;
    let held = lock::is_held(&engine.host).then_some(HeldBack::BusyElsewhere);
    Ok(SystemStatus {
        engine: "tukit".into(),
        os_name: os_name(&engine.host),
        abilities: crate::Engine::abilities(engine),
        deployments: deployments(&engine.host, &disk)?,
        held_back: held.into_iter().collect(),
        space: room(&engine.host),
        ..SystemStatus::default()
    })
}

fn deployments(host: &Host, disk: &Disk) -> Result<Vec<Deployment>, Problem> {
    let mut all = Vec::new();
    for snapshot in order(disk) {
        all.push(Deployment {
            timestamp: snapshot.date,
            origin: origin(host),
            running: snapshot.number == disk.active,
            next: snapshot.number == disk.next(),
            kept: snapshot.kept(),
            defect: is_unfinished(snapshot).then_some(Defect::Incomplete),
            ..Deployment::new(snapshot.id()?, version(host, snapshot.number), snapshot.content())
        });
    }
    mark_previous(&mut all);
    Ok(all)
}

/// What starts next, what runs, what ran before that, and last what is newer: going back means something older.
fn order(disk: &Disk) -> Vec<&Snapshot> {
    let (next, running) = (disk.next(), disk.active);
    let first = [Some(next), Some(running).filter(|n| *n != next)];
    let first = first.into_iter().flatten().filter_map(|number| disk.find(number));
    let is_version = |s: &&Snapshot| {
        s.kind == Kind::Single && ![0, running, next].contains(&s.number) && !is_unfinished(s)
    };
    let rest = || disk.snapshots.iter().rev().filter(is_version);
    let (older, newer) = (rest().filter(|s| s.number < running), rest().filter(|s| s.number > running));
    first.chain(older).chain(newer).take(MOST).collect()
}

fn is_unfinished(snapshot: &Snapshot) -> bool {
    snapshot.userdata.get(UNFINISHED.0).is_some_and(|value| value == UNFINISHED.1)
}

/// What the system in that snapshot calls its version; the snapshot's number where it says nothing.
pub(super) fn version(host: &Host, number: u32) -> String {
    let version = if number == 0 {
        host.os_release("VERSION_ID")
    } else {
        let path = format!("/.snapshots/{number}/snapshot/usr/lib/os-release");
        host.read(&path).ok().flatten().and_then(|words| os_release_field(&words, "VERSION_ID"))
    };
    let version = version.map(|version| text::line(&version));
    version.filter(|version| !version.is_empty()).unwrap_or_else(|| number.to_string())
}

/// All versions come from the repositories of the distribution.
pub(super) fn origin(host: &Host) -> Option<String> {
    host.os_release("ID").map(|id| text::line(&id)).filter(|id| !id.is_empty())
}
