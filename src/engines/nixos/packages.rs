//! Packages of the configuration. Cairn writes one list of names, `cairn-packages.json`, which `cairn-packages.nix` beside
//! it reads; it never writes Nix, and it does nothing where the person did not put that file there.
//!
//! A list that does not evaluate or build never takes the place of the one in effect. Which list a version was made
//! with stands in the version itself.

use super::nix::Nix;
use super::origin::Origin;
use super::store::StorePath;
use super::system::System;
use super::{Nixos, activate, answer, build, failure, status};
use cairn_host::Host;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::package::{PackageRole, PackageState};
use cairn_model::{Package, PackageDelta, PackageName, Problem};
use std::collections::BTreeSet;

const MODULE: &str = "/etc/nixos/cairn-packages.nix";
const LIST: &str = "/etc/nixos/cairn-packages.json";
/// The list that is tried out.
const TRIED: &str = "/var/lib/cairn/nixos/packages.json";
/// Where a version says which list it was made with.
const INSIDE: &str = "etc/cairn-packages.json";

/// Whether the person wants Cairn to add packages.
pub(super) fn able(engine: &Nixos) -> bool {
    matches!(engine.origin(), Some(Origin::Channel(_))) && engine.host.exists(MODULE)
}

/// The names that are to be added.
pub(super) fn wanted(host: &Host) -> Result<BTreeSet<PackageName>, Problem> {
    match host.read(LIST).map_err(|e| failure::io(&e))? {
        Some(json) => Ok(answer::names(&json)?.into_iter().collect()),
        None => Ok(BTreeSet::new()),
    }
}

pub(super) fn refuse(wanted: &BTreeSet<PackageName>, delta: &PackageDelta) -> Result<(), Problem> {
    if let Some(name) = delta.add.iter().find(|name| wanted.contains(*name)) {
        return Err(Problem::PackagePresent { name: name.to_string() });
    }
    if let Some(name) = delta.remove.iter().find(|name| !wanted.contains(*name)) {
        return Err(Problem::PackageUnknown { name: name.to_string() });
    }
    Ok(())
}

/// Our own packages, then what the running version has in its environment, base and configuration alike: nothing that
/// can be read tells the two apart.
pub(super) async fn all(engine: &Nixos) -> Result<Vec<Package>, Problem> {
    let versions = status::versions(engine)?;
    let path = |f: fn(&status::Version) -> bool| versions.iter().find(|v| f(v)).map(|v| &v.path);
    let (running, next) = (path(|v| v.deployment.running), path(|v| v.deployment.next));
    let inside = |path: Option<&StorePath>| path.map(|p| list_of(&engine.host, p)).unwrap_or_default();
    let (here, there, wanted) = (inside(running), inside(next), wanted(&engine.host)?);
    let declared = match running {
        Some(path) => declared(engine, path).await?,
        None => Vec::new(),
    };
    let mut found = Vec::new();
    for name in here.union(&there).chain(wanted.difference(&here).filter(|n| !there.contains(*n))) {
        let state = match (here.contains(name), there.contains(name)) {
            (true, true) => PackageState::Running,
            (true, false) => PackageState::Going,
            (false, true) => PackageState::Next,
            (false, false) => PackageState::Waiting,
        };
        let mut package = Package::new(name.clone(), PackageRole::Added, state);
        package.version = declared.iter().find(|p| p.name == *name).and_then(|p| p.version.clone());
        found.push(package);
    }
    let own: BTreeSet<PackageName> = found.iter().map(|p| p.name.clone()).collect();
    found.extend(declared.into_iter().filter(|p| !own.contains(&p.name)));
    Ok(found)
}

fn list_of(host: &Host, path: &StorePath) -> BTreeSet<PackageName> {
    let json = System { host, path }.read(INSIDE);
    json.and_then(|json| answer::names(&json).ok()).unwrap_or_default().into_iter().collect()
}

/// The packages that the system's environment, `sw`, is made of.
async fn declared(engine: &Nixos, system: &StorePath) -> Result<Vec<Package>, Problem> {
    let link = engine.host.read_link(&format!("{}/sw", system.path())).ok();
    let Some(environment) = link.and_then(|link| StorePath::parse(&link)) else { return Ok(Vec::new()) };
    let infos = Nix::of(engine).infos(std::slice::from_ref(&environment), false).await?;
    let references = infos.get(&environment).map(|info| info.references.as_slice()).unwrap_or_default();
    let list = super::store::packages(references.iter());
    let package = |(name, version): (String, String)| {
        let name = PackageName::new(name).ok()?;
        let package = Package::new(name, PackageRole::Declared, PackageState::Running);
        Some(Package { version: Some(version), ..package })
    };
    Ok(list.into_iter().filter_map(package).collect())
}

/// Makes a version with the changed list from the sources that are here.
pub(super) async fn change(engine: &Nixos, delta: &PackageDelta, ctx: &Context) -> Result<(), Problem> {
    let unable = || Problem::NotSupported { what: "packages".into() };
    let Some(Origin::Channel(channel)) = engine.origin().filter(|_| able(engine)) else {
        return Err(unable());
    };
    let host = &engine.host;
    let mut wanted = wanted(host)?;
    refuse(&wanted, delta)?;
    wanted.extend(delta.add.iter().cloned());
    wanted.retain(|name| !delta.remove.contains(name));
    let json =
        serde_json::to_string_pretty(&wanted).map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    host.write(TRIED, &json).map_err(|e| failure::io(&e))?;
    ctx.progress.begin(Stage::Checking, 0.05);
    let system = channel.evaluate_current(&Nix::stoppable(engine, ctx), Some(TRIED)).await?;
    let used = system.packages.clone().unwrap_or_default();
    let same =
        used.len() == wanted.len() && wanted.iter().all(|name| used.iter().any(|u| u == name.as_str()));
    if system.packages.is_none() || !same {
        let detail = format!("{MODULE} is not among the imports of the configuration");
        return Err(Problem::ConfigInvalid { detail });
    }
    let system = build::run(engine, &system, ctx).await?;
    ctx.progress.begin(Stage::Writing, 0.1);
    let kept = match ctx.checkpoint() {
        Ok(()) => keep(engine, &format!("{json}\n"), &system).await,
        stopped => stopped,
    };
    build::let_go(engine);
    kept
}

/// The list takes its place together with the version that was made with it.
async fn keep(engine: &Nixos, json: &str, system: &StorePath) -> Result<(), Problem> {
    let host = &engine.host;
    let before = host.read(LIST).map_err(|e| failure::io(&e))?;
    host.write(LIST, json).map_err(|e| failure::io(&e))?;
    let started = activate::run(engine, activate::Start::System(system)).await;
    if started.is_err() {
        // What failed before is what is said.
        let _ = match before {
            Some(before) => host.write(LIST, &before),
            None => host.remove(LIST),
        };
    }
    started
}
