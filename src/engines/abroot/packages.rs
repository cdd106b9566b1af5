//! Packages that are added to the image or left out of it, by ABRoot's records.

use super::answer::{Manager, Status};
use super::{Abroot, moment, status};
use cairn_model::package::{PackageRole, PackageState};
use cairn_model::{Package, PackageDelta, PackageName, Problem};

/// What was done to the packages of the root that runs, a line each: `+ NAME` or `- NAME` (ABRoot: core/packages.go).
const SUMMARY: &str = "/usr/share/abroot/package-summary";

pub(super) async fn list(engine: &Abroot) -> Result<Vec<Package>, Problem> {
    let told = status::settled(engine).await?;
    if told.manager() == Manager::Off {
        return Err(Problem::NotSupported { what: "packages".into() });
    }
    let ready = moment::look(&engine.host).finished;
    let summary = engine.host.read(SUMMARY).ok().flatten().unwrap_or_default();
    Ok(all(&told, ready, &summary))
}

fn all(told: &Status, ready: bool, summary: &str) -> Vec<Package> {
    let unstaged = |name: &String| told.unstaged().contains(name);
    let coming = if ready { PackageState::Next } else { PackageState::Waiting };
    let state = |name: &String| if unstaged(name) { coming } else { PackageState::Running };
    let recorded = |names: &[String], role: PackageRole| -> Vec<(String, PackageRole, PackageState)> {
        names.iter().map(|name| (name.clone(), role, state(name))).collect()
    };
    let mut found = recorded(told.added(), PackageRole::Added);
    found.extend(recorded(told.removed(), PackageRole::Excluded));
    // What is in neither record and yet differs is what the running root still has of older records.
    let known = |name: &String| told.added().contains(name) || told.removed().contains(name);
    for name in told.unstaged().iter().filter(|name| !known(name)) {
        let left_out = summary.lines().any(|line| line.strip_prefix("- ") == Some(name));
        let role = if left_out { PackageRole::Excluded } else { PackageRole::Added };
        found.push((name.clone(), role, PackageState::Going));
    }
    // A record can hold anything that somebody wrote into it; what is no name of a package cannot be changed here.
    let mut packages: Vec<Package> = found
        .into_iter()
        .filter_map(|(name, role, state)| Some(Package::new(PackageName::new(name).ok()?, role, state)))
        .collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages.dedup_by(|a, b| a.name == b.name);
    packages
}

/// Refuses what the records have already, or have not.
pub(super) fn fits(delta: &PackageDelta, told: &Status) -> Result<(), Problem> {
    let has = |list: &[String], name: &PackageName| list.iter().any(|entry| entry == name.as_str());
    let present = |name: &PackageName| Err(Problem::PackagePresent { name: name.to_string() });
    let unknown = |name: &PackageName| Err(Problem::PackageUnknown { name: name.to_string() });
    if let Some(name) = delta.add.iter().find(|n| has(told.added(), n) || has(told.removed(), n)) {
        return present(name);
    }
    if let Some(name) = delta.remove.iter().find(|n| !has(told.added(), n)) {
        return unknown(name);
    }
    // ABRoot would take one that was added out of its records instead of leaving it out.
    if let Some(name) = delta.exclude.iter().find(|n| has(told.removed(), n) || has(told.added(), n)) {
        return unknown(name);
    }
    delta.reset.iter().find(|n| !has(told.removed(), n)).map_or(Ok(()), unknown)
}

/// Whether the records say what they should after the change.
pub(super) fn is_recorded(delta: &PackageDelta, told: &Status) -> bool {
    let has = |list: &[String], name: &PackageName| list.iter().any(|entry| entry == name.as_str());
    delta.add.iter().all(|n| has(told.added(), n))
        && delta.remove.iter().all(|n| !has(told.added(), n))
        && delta.exclude.iter().all(|n| has(told.removed(), n))
        && delta.reset.iter().all(|n| !has(told.removed(), n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abroot::answer;

    fn told(lists: &str) -> Status {
        let json = format!(
            r#"{{"present":"a","future":"b","abimage":{{"digest":"sha256:ab"}},"pkgMngStatus":2,{lists}}}"#
        );
        answer::status(json.as_bytes()).unwrap()
    }

    #[test]
    fn the_running_root_and_the_records_together_say_where_a_package_is() {
        let told = told(
            r#""pkgsAdd":["here","new","two words","-x"],"pkgsRm":["out"],"pkgsUnstg":["new","old","back"]"#,
        );
        let found = |ready| -> Vec<(String, PackageRole, PackageState)> {
            let all = all(&told, ready, "+ here\n+ old\n- back\n- out\n");
            all.into_iter().map(|p| (p.name.to_string(), p.role, p.state)).collect()
        };
        let expected = |coming| {
            [
                ("back", PackageRole::Excluded, PackageState::Going),
                ("here", PackageRole::Added, PackageState::Running),
                ("new", PackageRole::Added, coming),
                ("old", PackageRole::Added, PackageState::Going),
                ("out", PackageRole::Excluded, PackageState::Running),
            ]
            .map(|(name, role, state)| (name.to_owned(), role, state))
        };
        assert_eq!(found(false), expected(PackageState::Waiting));
        assert_eq!(found(true), expected(PackageState::Next));
    }
}
