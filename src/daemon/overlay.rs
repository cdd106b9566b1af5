//! Adds what the service remembers to what the engine sees. Pure.

use cairn_jobs::store::decisions::{Bad, Memory};
use cairn_model::system::{HeldBack, Notice};
use cairn_model::{Ability, Deployment, Health, SystemStatus, Update};

/// Names, health, skipped ones, the version to go back to, the last one known to work.
pub fn apply(status: &mut SystemStatus, memory: &Memory) {
    for deployment in &mut status.deployments {
        if let Some(name) = memory.names.get(deployment.id.as_str()) {
            deployment.name = Some(name.clone()).filter(|name| !name.is_empty());
        }
        deployment.skipped = memory.skipped.contains_key(&deployment.checksum);
        deployment.health = health(deployment, memory);
    }
    // Where nobody can choose, nothing is there to go back to.
    if status.can(Ability::Rollback) {
        choose_previous(&mut status.deployments);
    }
    choose_last_known_good(&mut status.deployments, memory);
    for (checksum, version) in &memory.skipped {
        let (checksum, version) = (checksum.clone(), version.clone());
        status.held_back.push(HeldBack::Skipped { version, checksum });
    }
    status.notices.extend(went_back(status, memory));
}

fn health(deployment: &Deployment, memory: &Memory) -> Health {
    if let Some(Bad { check, detail }) = memory.bad.get(&deployment.checksum) {
        return Health::Bad { check: check.clone(), detail: detail.clone() };
    }
    match (memory.good.contains_key(&deployment.checksum), deployment.running) {
        (true, _) => Health::Good,
        (false, true) => Health::Trial,
        (false, false) => Health::Unknown,
    }
}

/// The engine names the one after the running one in the boot order. One that the person went back from, or that failed,
/// is nothing to go back to.
fn choose_previous(deployments: &mut [Deployment]) {
    for deployment in deployments.iter_mut() {
        deployment.previous = false;
    }
    let Some(running) = deployments.iter().position(|d| d.running) else { return };
    let fits = |d: &&mut Deployment| {
        !d.staged && !d.skipped && d.defect.is_none() && !matches!(d.health, Health::Bad { .. })
    };
    if let Some(target) = deployments[running + 1..].iter_mut().find(fits) {
        target.previous = true;
    }
}

fn choose_last_known_good(deployments: &mut [Deployment], memory: &Memory) {
    let on_trial = deployments.iter().any(|d| d.running && d.health != Health::Good);
    let since = |d: &Deployment| memory.good.get(&d.checksum).copied();
    let best = deployments
        .iter()
        .enumerate()
        .filter(|(_, d)| !d.staged && !d.skipped && (!d.running || !on_trial))
        .filter_map(|(at, d)| Some((since(d)?, d.running, at)))
        .max();
    if let Some((.., at)) = best {
        deployments[at].last_known_good = true;
    }
}

/// Said while the person runs an older version than the one they went back from.
fn went_back(status: &SystemStatus, memory: &Memory) -> Option<Notice> {
    let running = status.running().filter(|d| !d.skipped)?;
    let from = status.deployments.iter().find(|d| d.skipped && d.timestamp > running.timestamp)?;
    let bad = memory.bad.get(&from.checksum).cloned();
    let Bad { check, detail } = bad.unwrap_or(Bad { check: String::new(), detail: String::new() });
    Some(Notice::WentBack { from: from.version.clone(), check, detail })
}

/// Marks an update by what is remembered and what runs now, which may be another version than when it was found; `None`
/// once it runs, or where the origin is another one.
pub fn update(mut update: Update, status: &SystemStatus, memory: &Memory) -> Option<Update> {
    if let Some(running) = status.running() {
        let other_origin = running.origin.as_ref().is_some_and(|origin| *origin != update.origin);
        if running.checksum == update.checksum || other_origin {
            return None;
        }
        update.older = matches!((update.timestamp, running.timestamp), (Some(new), Some(old)) if new < old);
    }
    update.skipped = memory.skipped.contains_key(&update.checksum);
    update.staged = status.next().is_some_and(|d| d.checksum == update.checksum);
    update.downloaded = !update.staged && is_here(&update, status);
    Some(update)
}

/// Where fetching is a wish of its own, what was fetched is a version that waits. Elsewhere the engine found it out when it
/// looked.
fn is_here(update: &Update, status: &SystemStatus) -> bool {
    let waits = |d: &Deployment| d.checksum == update.checksum && (d.held || update.downloaded);
    status.deployments.iter().any(waits) || (update.downloaded && !status.can(Ability::DownloadOnly))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::DeploymentId;

    #[test]
    fn what_is_held_is_downloaded_until_it_starts_or_goes() {
        let found = || Update {
            version: "2".into(),
            checksum: "2".into(),
            origin: String::new(),
            timestamp: None,
            download: None,
            installed: None,
            changes: None,
            verification: cairn_model::Verification::Unknown,
            older: false,
            skipped: false,
            staged: false,
            downloaded: false,
        };
        let mut status = status(&[("2", false), ("1", true)]);
        let marked = |status: &SystemStatus| update(found(), status, &Memory::default()).unwrap();
        assert!(!marked(&status).downloaded, "it only lies there");
        status.deployments[0].held = true;
        assert!(marked(&status).downloaded && !marked(&status).staged);
        status.deployments[0].next = true;
        assert!(!marked(&status).downloaded && marked(&status).staged);
    }

    #[test]
    fn what_lies_beside_the_versions_is_downloaded_as_the_engine_says() {
        let json = r#"{"version":"2","checksum":"2","origin":"o:b","downloaded":true}"#;
        let found: Update = serde_json::from_str(json).unwrap();
        let mut status = status(&[("1", true)]);
        let marked = |status: &SystemStatus| update(found.clone(), status, &Memory::default()).unwrap();
        assert!(marked(&status).downloaded);
        status.abilities.push(Ability::DownloadOnly);
        assert!(!marked(&status).downloaded, "it would be among the versions");
    }

    fn deployment(version: &str, running: bool) -> Deployment {
        let id = DeploymentId::new(format!("os-{version}.0")).unwrap();
        Deployment { timestamp: version.parse().ok(), running, ..Deployment::new(id, version, version) }
    }

    fn status(deployments: &[(&str, bool)]) -> SystemStatus {
        let abilities = vec![Ability::Rollback];
        let deployments = deployments.iter().map(|(v, r)| deployment(v, *r)).collect();
        SystemStatus { abilities, deployments, ..SystemStatus::default() }
    }

    #[test]
    fn what_the_person_calls_a_version_goes_before_what_the_system_knows() {
        let named = |remembered: Option<&str>| {
            let mut memory = Memory::default();
            memory.names.extend(remembered.map(|name| ("os-1.0".into(), name.into())));
            let mut status = status(&[("1", true)]);
            status.deployments[0].name = Some("Before the trip".into());
            apply(&mut status, &memory);
            status.deployments.remove(0).name
        };
        assert_eq!(named(None).as_deref(), Some("Before the trip"));
        assert_eq!(named(Some("After it")).as_deref(), Some("After it"));
        assert_eq!(named(Some("")), None);
    }

    #[test]
    fn nobody_is_sent_back_to_what_failed() {
        let mut memory = Memory::default();
        memory.skipped.insert("3".into(), "3".into());
        let mut status = status(&[("2", true), ("3", false), ("1", false)]);
        apply(&mut status, &memory);
        assert_eq!(status.previous().map(|d| d.version.as_str()), Some("1"));
        assert!(matches!(&status.notices[..], [Notice::WentBack { from, .. }] if from == "3"));
        assert_eq!(status.held_back.len(), 1);
    }

    #[test]
    fn an_update_that_was_found_on_an_older_version_is_no_update_any_more() {
        let json = r#"{"version":"2","checksum":"2","origin":"o:b","timestamp":2}"#;
        let found: Update = serde_json::from_str(json).unwrap();
        let memory = Memory::default();
        assert!(!update(found.clone(), &status(&[("1", true)]), &memory).unwrap().older);
        assert!(update(found.clone(), &status(&[("3", true), ("1", false)]), &memory).unwrap().older);
        assert_eq!(update(found.clone(), &status(&[("2", true)]), &memory), None);
        let mut elsewhere = status(&[("1", true)]);
        elsewhere.deployments[0].origin = Some("other:branch".into());
        assert_eq!(update(found, &elsewhere, &memory), None);
    }

    #[test]
    fn a_running_trial_is_not_the_last_known_good() {
        let mut memory = Memory::default();
        memory.good.insert("1".into(), 10);
        let mut first = status(&[("2", true), ("1", false)]);
        apply(&mut first, &memory);
        assert_eq!(first.deployments[0].health, Health::Trial);
        assert!(first.deployments[1].last_known_good);
        memory.good.insert("2".into(), 20);
        let mut second = status(&[("2", true), ("1", false)]);
        apply(&mut second, &memory);
        assert!(second.deployments[0].last_known_good && !second.deployments[1].last_known_good);
    }
}
