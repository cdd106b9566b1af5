//! What was added to the system.
//!
//! rpm knows what is installed and not who asked for it, so Cairn notes what it adds with the version that has it. What
//! was added by other means stays unknown.

use super::{Tukit, zypper};
use crate::packages::PackageList;
use crate::snapper::service::Disk;
use cairn_jobs::Context;
use cairn_model::package::{FoundPackage, PackageRole, PackageState};
use cairn_model::{Package, PackageDelta, PackageName, Problem};
use std::collections::BTreeSet;

/// Userdata that Cairn writes: names of added packages, with blanks between them.
const ADDED: &str = "cairn-packages";
/// More than fit on a page.
const MOST: usize = 100;
/// Of what is searched for.
const WORDS: usize = 8;

pub(super) async fn list(engine: &Tukit) -> Result<Vec<Package>, Problem> {
    let disk = engine.service.read().await?;
    let mut noted = noted(&disk, disk.active);
    noted.extend(self::noted(&disk, disk.next()));
    if noted.is_empty() {
        return Ok(Vec::new());
    }
    let running = zypper::installed(engine, disk.active).await?;
    let next = match disk.next() {
        same if same == disk.active => running.clone(),
        other => zypper::installed(engine, other).await?,
    };
    Ok(noted.into_iter().filter_map(|name| package(name, &running, &next)).collect())
}

/// A note holds for as long as the package is there.
fn package(name: PackageName, running: &PackageList, next: &PackageList) -> Option<Package> {
    let (now, then) = (running.get(name.as_str()), next.get(name.as_str()));
    let state = match (now, then) {
        (Some(_), Some(_)) => PackageState::Running,
        (None, Some(_)) => PackageState::Next,
        (Some(_), None) => PackageState::Going,
        (None, None) => return None,
    };
    let version = now.or(then).map(|version| cairn_model::text::line(version));
    Some(Package { version, ..Package::new(name, PackageRole::Added, state) })
}

/// The names that were noted with a version. One that another tool made has no note, so that any name may be its.
fn noted(disk: &Disk, number: u32) -> BTreeSet<PackageName> {
    let own = disk.find(number).and_then(|s| s.userdata.get(ADDED));
    let notes: Vec<&String> = match own {
        Some(note) => vec![note],
        None => disk.snapshots.iter().filter_map(|s| s.userdata.get(ADDED)).collect(),
    };
    notes.iter().flat_map(|note| note.split(' ')).filter_map(|name| PackageName::new(name).ok()).collect()
}

/// Writes what the version that starts next now has beside what it was made from.
pub(super) async fn note(
    engine: &Tukit,
    before: &Disk,
    after: &Disk,
    delta: &PackageDelta,
) -> Result<(), Problem> {
    let mut to = after.find(after.next()).cloned().ok_or(Problem::PlanOutdated)?;
    let mut names = noted(before, before.next());
    names.extend(delta.add.iter().cloned());
    names.retain(|name| !delta.remove.contains(name));
    let names: Vec<&str> = names.iter().map(PackageName::as_str).collect();
    to.userdata.insert(ADDED.into(), names.join(" "));
    engine.service.write(&after.config, &to).await
}

/// Refuses what is no change.
pub(super) async fn allowed(engine: &Tukit, delta: &PackageDelta) -> Result<(), Problem> {
    let added = list(engine).await?;
    let stays = |p: &Package| p.state != PackageState::Going;
    let unknown = delta.remove.iter().find(|name| !added.iter().any(|p| p.name == **name && stays(p)));
    if let Some(name) = unknown {
        return Err(Problem::PackageUnknown { name: name.to_string() });
    }
    if delta.add.is_empty() {
        return Ok(());
    }
    let next = zypper::installed(engine, engine.service.read().await?.next()).await?;
    match delta.add.iter().find(|name| next.contains_key(name.as_str())) {
        Some(name) => Err(Problem::PackagePresent { name: name.to_string() }),
        None => Ok(()),
    }
}

/// The name itself first, then names that begin so, then names with the word in them, then the others.
pub(super) async fn find(engine: &Tukit, words: &str, ctx: &Context) -> Result<Vec<FoundPackage>, Problem> {
    let words: Vec<&str> = words.split_whitespace().take(WORDS).collect();
    let Some(first) = words.first().copied() else { return Ok(Vec::new()) };
    let mut found = zypper::search(engine, &words, ctx).await?;
    found.sort_by_key(|p| {
        let name = p.name.as_str();
        (name != first, !name.starts_with(first), !name.contains(first), p.name.clone())
    });
    found.truncate(MOST);
    Ok(found)
}
