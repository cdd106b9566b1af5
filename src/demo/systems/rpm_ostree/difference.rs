//! Which packages two deployments have in other versions: the base's release and what was added to it.

use super::change::Options;
use super::state::{Deployment, Package, text, texts};
use super::value;
use serde_json::{Map, Value, json};

/// Name, kind, versions.
pub type Difference = (String, u32, Options);

/// rpm-ostree: src/libpriv/rpmostree-types.h, `RPM_OSTREE_PKG_*`.
const ADDED: u32 = 0;
const REMOVED: u32 = 1;
const NEWER: u32 = 2;
const OLDER: u32 = 3;

const RELEASE: &str = "fedora-release-silverblue";

pub fn between(
    from: &Deployment,
    to: &Deployment,
    repository: &[Package],
) -> Vec<Difference> {
    let mut found = Vec::new();
    let (old, new) = (text(from, "version"), text(to, "version"));
    if old != new {
        let kind = if old < new { NEWER } else { OLDER };
        let package = |version: &str| json!([RELEASE, version, "noarch"]);
        found.push(one(RELEASE, kind, &[("PreviousPackage", package(old)), ("NewPackage", package(new))]));
    }
    let (had, has) = (texts(from, "packages"), texts(to, "packages"));
    let package = |name: &str| {
        let evr = repository.iter().find(|package| package.name == name).map_or("1-1", |p| p.evr.as_str());
        json!([name, evr, "x86_64"])
    };
    for name in has.iter().filter(|name| !had.contains(name)) {
        found.push(one(name, ADDED, &[("NewPackage", package(name))]));
    }
    for name in had.iter().filter(|name| !has.contains(name)) {
        found.push(one(name, REMOVED, &[("PreviousPackage", package(name))]));
    }
    found
}

fn one(name: &str, kind: u32, packages: &[(&str, Value)]) -> Difference {
    let facts: Map<String, Value> = packages.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
    (name.into(), kind, value::dict(&facts))
}
