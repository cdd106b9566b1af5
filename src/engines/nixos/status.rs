//! What there is right now.

use super::boot::Menu;
use super::generation::{self, Generation};
use super::store::StorePath;
use super::system::System;
use super::{Nixos, keep};
use cairn_host::space;
use cairn_model::system::{HeldBack, Space};
use cairn_model::{Defect, Deployment, DeploymentId, Problem, SystemStatus, text};
use std::collections::BTreeSet;

/// Held while a system is made the current or the next one (nixpkgs: switch-to-configuration-ng/src/main.rs).
const SWITCHING: &str = "/run/nixos/switch-to-configuration.lock";

/// A version with what it lies in.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) deployment: Deployment,
    pub(super) path: StorePath,
    /// Its services run although it was not booted.
    pub(super) live: bool,
}

pub(super) fn read(engine: &Nixos) -> Result<SystemStatus, Problem> {
    let host = &engine.host;
    let versions = versions(engine)?;
    let held_back = if is_switching(engine) { vec![HeldBack::BusyElsewhere] } else { Vec::new() };
    let room = space::room(&host.path("/nix/store"));
    let space =
        room.map_or_else(|_| Space::default(), |r| Space { free: r.free, total: r.total, versions: None });
    Ok(SystemStatus {
        engine: "nixos".into(),
        os_name: text::line(&host.os_release("PRETTY_NAME").unwrap_or_default()),
        abilities: engine.able(),
        deployments: versions.into_iter().map(|v| v.deployment).collect(),
        held_back,
        space,
        ..SystemStatus::default()
    })
}

pub(super) fn is_switching(engine: &Nixos) -> bool {
    engine.host.locked(SWITCHING)
}

/// All versions: what starts next, what runs, what is older than that from new to old, what is newer. Those that cannot be
/// started come last. What runs is one of them, however many numbers it has.
pub(super) fn versions(engine: &Nixos) -> Result<Vec<Version>, Problem> {
    let (mut versions, booted) = numbers(engine)?;
    versions.retain(|v| v.path != booted || v.deployment.running);
    Ok(versions)
}

/// The same with each number of what runs, and what runs.
fn numbers(engine: &Nixos) -> Result<(Vec<Version>, StorePath), Problem> {
    let host = &engine.host;
    let (generations, menu) = (generation::all(host), Menu::read(host));
    let chosen = generation::chosen(host);
    let booted = generation::booted(host)
        .or_else(|| generations.iter().find(|g| Some(g.number) == chosen).map(|g| g.path.clone()))
        .ok_or(Problem::NotAtomic)?;
    let mut versions = Vec::new();
    for generation in &generations {
        versions.push(numbered(engine, generation, &menu)?);
    }
    versions.extend(loose(engine, &generations, &booted)?);
    mark(engine, &mut versions, &generations, &menu, &booted)?;
    Ok((versions, booted))
}

fn numbered(engine: &Nixos, generation: &Generation, menu: &Menu) -> Result<Version, Problem> {
    let mut version = version(engine, generation::id_of(generation.number)?, &generation.path);
    version.deployment.timestamp = generation.made;
    if version.deployment.defect.is_none() && !menu.has(generation.number, &generation.path) {
        version.deployment.defect = Some(Defect::NoBootEntry);
    }
    Ok(version)
}

/// Systems that are in use although another tool took them out of the profile.
fn loose(engine: &Nixos, generations: &[Generation], booted: &StorePath) -> Result<Vec<Version>, Problem> {
    let mut paths: BTreeSet<StorePath> = keep::all(&engine.host).into_iter().collect();
    paths.insert(booted.clone());
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| !generations.iter().any(|g| g.path == **path)) {
        let mut version = version(engine, generation::loose_id(path)?, path);
        if path != booted {
            version.deployment.defect = version.deployment.defect.or(Some(Defect::NoBootEntry));
        }
        found.push(version);
    }
    Ok(found)
}

fn version(engine: &Nixos, id: DeploymentId, path: &StorePath) -> Version {
    let system = System { host: &engine.host, path };
    let mut deployment = Deployment::new(id, system.version(), path.hash());
    deployment.title = system.title();
    deployment.kept = keep::is_kept(&engine.host, path);
    deployment.defect = (!system.exists()).then_some(Defect::Incomplete);
    Version { deployment, path: path.clone(), live: false }
}

fn mark(
    engine: &Nixos,
    versions: &mut [Version],
    generations: &[Generation],
    menu: &Menu,
    booted: &StorePath,
) -> Result<(), Problem> {
    let next = next(engine, generations, menu).map(generation::id_of).transpose()?;
    let is_booted = |v: &&Version| v.path == *booted;
    // Nothing tells which number of one system was started. It is taken for the first, so that making the same system anew
    // does not move it behind what was made in between and never started.
    let running = versions.iter().filter(is_booted).min_by_key(|v| (v.deployment.defect.is_some(), number(v)));
    let running = running.map(|v| v.deployment.id.clone()).ok_or(Problem::NotAtomic)?;
    let next = next
        .filter(|id| versions.iter().any(|v| v.deployment.id == *id && !is_booted(&v)))
        .unwrap_or_else(|| running.clone());
    let (origin, live) = (engine.origin().map(|origin| origin.word()), generation::live(&engine.host));
    for version in versions.iter_mut() {
        version.live = version.path != *booted && live.as_ref() == Some(&version.path);
        let deployment = &mut version.deployment;
        deployment.live = version.live;
        deployment.origin.clone_from(&origin);
        deployment.running = deployment.id == running;
        deployment.next = deployment.id == next;
        if deployment.running && deployment.defect == Some(Defect::NoBootEntry) && deployment.next {
            deployment.defect = None;
        }
    }
    sort(versions);
    let after = versions.iter().position(|v| v.deployment.running).map_or(0, |at| at + 1);
    let mut behind = versions.iter_mut().skip(after);
    if let Some(previous) = behind.find(|v| v.deployment.defect.is_none() && v.path != *booted) {
        previous.deployment.previous = true;
    }
    Ok(())
}

/// The boot loader is what decides, unless it means the same system by another number.
fn next(engine: &Nixos, generations: &[Generation], menu: &Menu) -> Option<u64> {
    let path_of = |number: u64| generations.iter().find(|g| g.number == number).map(|g| &g.path);
    match (menu.preferred(), generation::chosen(&engine.host)) {
        (Some(loader), Some(profile)) if path_of(loader) == path_of(profile) => Some(profile),
        (loader, profile) => loader.filter(|n| path_of(*n).is_some()).or(profile),
    }
}

fn sort(versions: &mut [Version]) {
    let running = versions.iter().find(|v| v.deployment.running).and_then(number);
    versions.sort_by_key(|v| {
        let number = number(v);
        let place = match &v.deployment {
            d if d.next => 0,
            d if d.running => 1,
            d if d.defect.is_some() => 4,
            _ if number > running => 3,
            _ => 2,
        };
        (place, std::cmp::Reverse(number))
    });
}

fn number(version: &Version) -> Option<u64> {
    version.deployment.id.as_str().parse().ok()
}

/// The version of that id, as it is now. Each number of what runs is one.
pub(super) fn find(engine: &Nixos, id: &DeploymentId) -> Result<Version, Problem> {
    let found = numbers(engine)?.0.into_iter().find(|v| v.deployment.id == *id);
    found.ok_or_else(|| Problem::NotFound { what: id.to_string() })
}
