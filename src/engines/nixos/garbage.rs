//! What versions cost, and freeing it. A version's room is freed with it: what only it needed is deleted, and what nothing
//! needs any more but needs that itself.

use super::answer::Infos;
use super::generation::PROFILE;
use super::nix::Nix;
use super::store::StorePath;
use super::{Nixos, activate, generation, status};
use crate::{Usage, plan};
use cairn_jobs::Context;
use cairn_model::{DeploymentId, Problem};
use std::collections::{HashMap, HashSet};

/// Whether a version may be removed.
pub(super) fn removable(version: &status::Version) -> Result<(), Problem> {
    plan::removable(&version.deployment)?;
    // What was switched to without a restart runs as well.
    let running = || Problem::IsRunning { version: version.deployment.version.clone() };
    if version.live { Err(running()) } else { Ok(()) }
}

pub(super) async fn remove(engine: &Nixos, id: &DeploymentId) -> Result<(), Problem> {
    let version = status::find(engine, id)?;
    removable(&version)?;
    activate::idle(engine)?;
    let nix = Nix::of(engine);
    let present = engine.host.exists(&version.path.path());
    let closure =
        if present { nix.infos(std::slice::from_ref(&version.path), true).await? } else { HashMap::new() };
    nix.profile(PROFILE, &["--delete-generations", id.as_str()]).await?;
    if generation::all(&engine.host).iter().any(|g| g.number.to_string() == id.as_str()) {
        return Err(Problem::EngineFailed { detail: "the generation is still there".into() });
    }
    // The menu must not name what is deleted next.
    activate::refresh(engine).await?;
    let dead = nix.infos(&nix.dead().await?, false).await?;
    match nix.delete(&deletable(&dead, |path| closure.contains_key(path))).await {
        // The version is gone. What somebody began to use meanwhile stays, and is garbage when they end.
        Err(Problem::ToolFailed { status: 1, .. }) => Ok(()),
        freed => freed,
    }
}

/// Those of the dead paths, and the dead ones that need them, without which Nix deletes none; what needs another comes
/// before it, so that any number of them from the first on can be deleted at once.
fn deletable(dead: &Infos, own: impl Fn(&StorePath) -> bool) -> Vec<StorePath> {
    let mut needed_by: HashMap<&StorePath, Vec<&StorePath>> = HashMap::new();
    for (path, info) in dead {
        for reference in info.references.iter().filter(|reference| *reference != path) {
            needed_by.entry(reference).or_default().push(path);
        }
    }
    let needing = |path: &StorePath| needed_by.get(path).cloned().unwrap_or_default();
    let mut open: Vec<&StorePath> = dead.keys().filter(|path| own(path)).collect();
    let mut wanted = HashSet::new();
    while let Some(path) = open.pop() {
        if wanted.insert(path) {
            open.extend(needing(path));
        }
    }
    // Whatever needs a wanted path is wanted as well.
    let mut waits: HashMap<&StorePath, usize> =
        wanted.iter().map(|path| (*path, needing(path).len())).collect();
    let mut free: Vec<&StorePath> = wanted.into_iter().filter(|path| waits.get(path) == Some(&0)).collect();
    let mut order = Vec::new();
    while let Some(path) = free.pop() {
        order.push(path.clone());
        let references = dead.get(path).map(|info| info.references.as_slice()).unwrap_or_default();
        for reference in references.iter().filter(|reference| *reference != path) {
            if let Some(left) = waits.get_mut(reference) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    free.push(reference);
                }
            }
        }
    }
    order
}

/// What collecting garbage would free, in bytes.
pub(super) async fn size(engine: &Nixos) -> Result<u64, Problem> {
    let nix = Nix::of(engine);
    let dead = nix.dead().await?;
    let infos = nix.infos(&dead, false).await?;
    Ok(infos.values().fold(0, |sum: u64, info| sum.saturating_add(info.size)))
}

pub(super) async fn usage(engine: &Nixos, ctx: &Context) -> Result<Usage, Problem> {
    let versions = status::versions(engine)?;
    let mut paths: Vec<StorePath> = versions.iter().map(|v| v.path.clone()).collect();
    paths.retain(|path| engine.host.exists(&path.path()));
    paths.sort();
    paths.dedup();
    let infos = Nix::stoppable(engine, ctx).infos(&paths, true).await?;
    // Which version needs a path, none where several do.
    let mut owners: HashMap<&StorePath, Option<&DeploymentId>> = HashMap::new();
    for version in &versions {
        let (mut seen, mut open) = (HashSet::new(), vec![&version.path]);
        while let Some(path) = open.pop() {
            let Some(info) = infos.get(path) else { continue };
            if seen.insert(path) {
                open.extend(&info.references);
                owners.entry(path).and_modify(|owner| *owner = None).or_insert(Some(&version.deployment.id));
            }
        }
    }
    let mut usage = Usage::default();
    usage.unique.extend(versions.iter().map(|v| (v.deployment.id.clone(), 0)));
    for (path, owner) in owners {
        let size = infos.get(path).map_or(0, |info| info.size);
        usage.total = usage.total.saturating_add(size);
        if let Some(unique) = owner.and_then(|id| usage.unique.get_mut(id)) {
            *unique = unique.saturating_add(size);
        }
    }
    Ok(usage)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nixos::answer::Info;

    #[test]
    fn what_needs_another_goes_first() {
        let path = |name: &str| StorePath::of_name(&format!("{}-{name}", "0".repeat(32))).unwrap();
        let info =
            |references: &[&str]| Info { size: 1, references: references.iter().map(|r| path(r)).collect() };
        let dead = Infos::from([
            (path("system"), info(&["system", "package", "note"])),
            (path("package"), info(&["note", "alive"])),
            (path("note"), info(&[])),
            (path("recipe.drv"), info(&["note"])),
            (path("other"), info(&["alive"])),
        ]);
        let order = deletable(&dead, |p| ["system", "package", "note"].contains(&p.name()));
        let at = |name: &str| order.iter().position(|p| p.name() == name);
        assert_eq!((order.len(), at("other")), (4, None));
        assert!(at("system") < at("package") && at("package") < at("note") && at("recipe.drv") < at("note"));
        assert!(deletable(&dead, |_| false).is_empty());
    }
}
