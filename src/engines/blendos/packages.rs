//! Packages that `/system.yaml` adds to its track, and what two builds differ in.

use super::answer::System;
use super::disk::{self, Content, Moment};
use super::edit::PACKAGES;
use super::{Blendos, status};
use crate::packages::compare;
use cairn_model::change::Changes;
use cairn_model::package::{PackageRole, PackageState};
use cairn_model::{DeploymentId, Package, PackageDelta, PackageName, Problem, text};

/// Built from source by another program; Cairn does not change this list.
const FOREIGN: &str = "aur-packages";

pub(super) fn list(engine: &Blendos) -> Result<Vec<Package>, Problem> {
    let system = disk::system(engine)?;
    let running = Content::running(engine).packages;
    let next = if Moment::look(engine).ready() { Content::next(engine).packages } else { Default::default() };
    let mut packages = Vec::new();
    for (key, role) in [(PACKAGES, PackageRole::Added), (FOREIGN, PackageRole::Declared)] {
        for name in system.list(key) {
            // `repository/name` and whatever else pacman understands is left to who wrote it.
            let Ok(name) = PackageName::new(name) else { continue };
            let (here, there) = (running.get(name.as_str()), next.get(name.as_str()));
            let state = match (here, there) {
                (Some(_), _) => PackageState::Running,
                (None, Some(_)) => PackageState::Next,
                (None, None) => PackageState::Waiting,
            };
            let version = here.or(there).map(|version| text::line(version));
            packages.push(Package { version, ..Package::new(name, role, state) });
        }
    }
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages.dedup_by(|a, b| a.name == b.name);
    Ok(packages)
}

/// Refuses what the configuration or the base has already, or the configuration has not.
pub(super) fn fits(engine: &Blendos, system: &System, delta: &PackageDelta) -> Result<(), Problem> {
    let listed = |key: &str, name: &PackageName| system.list(key).iter().any(|entry| entry == name.as_str());
    let here = Content::running(engine).packages;
    let present = |name: &&PackageName| {
        listed(PACKAGES, name) || listed(FOREIGN, name) || here.contains_key(name.as_str())
    };
    if let Some(name) = delta.add.iter().find(present) {
        return Err(Problem::PackagePresent { name: name.to_string() });
    }
    let unknown = delta.remove.iter().find(|name| !listed(PACKAGES, name));
    unknown.map_or(Ok(()), |name| Err(Problem::PackageUnknown { name: name.to_string() }))
}

pub(super) fn diff(engine: &Blendos, from: &DeploymentId, to: &DeploymentId) -> Result<Changes, Problem> {
    let status = status::read(engine)?;
    let packages = |id: &DeploymentId| match status.find(id) {
        Some(found) if found.running => Ok(Content::running(engine).packages),
        Some(_) => Ok(Content::next(engine).packages),
        None => Err(Problem::NotFound { what: id.to_string() }),
    };
    let packages = compare(&packages(from)?, &packages(to)?);
    Ok(Changes { by_package: true, packages, ..Changes::default() })
}
