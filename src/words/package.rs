//! Packages of the system in words.

use crate::fill;
use crate::update::join;
use cairn_model::Package;
use cairn_model::package::{FoundPackage, PackageRole, PackageState};
use gettextrs::gettext;

/// What it is here, in a few words: "Added", "Left out", "Replaces 1.2".
pub fn role(package: &Package) -> String {
    match (package.role, &package.base_version) {
        (PackageRole::Added, _) => gettext("Added"),
        (PackageRole::AddedFile, _) => gettext("Added from a file, gets no updates"),
        (PackageRole::Declared, _) => gettext("Written in the system’s configuration"),
        (PackageRole::Excluded, _) => gettext("Left out of the system"),
        (PackageRole::Replaced, Some(version)) => {
            fill(&gettext("In place of the system’s {version}"), &[("version", version)])
        }
        (PackageRole::Replaced, None) => gettext("In place of the system’s own"),
    }
}

/// Where it stands, where that is worth saying.
pub fn state(package: &Package) -> Option<String> {
    match package.state {
        PackageState::Running => None,
        PackageState::Next => Some(gettext("from the next start on")),
        PackageState::Going => Some(gettext("gone after the next start")),
        PackageState::Inactive => Some(gettext("now part of the system itself")),
        PackageState::Waiting => Some(gettext("waits for the next update")),
        PackageState::Aside => Some(gettext("taken out so that an update could go on")),
    }
}

/// All of it below its name.
pub fn facts(package: &Package) -> String {
    let version = package.version.clone().unwrap_or_default();
    join(&[version, role(package), state(package).unwrap_or_default()])
}

/// For the command line.
pub fn line(package: &Package) -> String {
    format!("{}  {}", package.name, facts(package))
}

/// One that can be added, for the command line.
pub fn found(package: &FoundPackage) -> String {
    let here = if package.here { gettext("part of the system already") } else { String::new() };
    let version = package.version.clone().unwrap_or_default();
    let facts = join(&[version, package.summary.clone().unwrap_or_default(), here]);
    format!("{}  {facts}", package.name)
}
