//! What transactions do to the versions, as rpm-ostree does it.

use super::state::{self, Deployment, PACKED, Release, State, Trouble, base, flag, origin, text, texts};
use std::collections::HashMap;
use zbus::zvariant::{OwnedValue, Value};

/// An `a{sv}` that came in.
pub type Options = HashMap<String, OwnedValue>;

/// rpm-ostree: src/daemon/org.projectatomic.rpmostree1.xml, `UpdateDeployment`.
pub const MODIFIERS: [&str; 6] = [
    "set-refspec",
    "set-revision",
    "install-packages",
    "uninstall-packages",
    "override-remove-packages",
    "override-reset-packages",
];
pub const OPTIONS: [&str; 7] =
    ["lock-finalization", "no-pull-base", "no-layering", "dry-run", "allow-inactive", "allow-downgrade", "initiating-command-line"];

/// The error of a transaction is words.
pub type Outcome = Result<(), String>;

pub fn is(options: &Options, key: &str) -> bool {
    options.get(key).is_some_and(|value| matches!(**value, Value::Bool(true)))
}

pub fn word(options: &Options, key: &str) -> Option<String> {
    options.get(key).and_then(|value| value.downcast_ref::<String>().ok())
}

pub fn words(options: &Options, key: &str) -> Vec<String> {
    let list = options.get(key).and_then(|value| value.try_clone().ok());
    list.and_then(|value| Vec::<String>::try_from(value).ok()).unwrap_or_default()
}

/// `UpdateDeployment`.
pub fn update(state: &mut State, modifiers: &Options, options: &Options) -> Outcome {
    let first = state.deployments.first().ok_or("No deployments found")?;
    let mut new = first.clone();
    let (old_origin, old_base) = (origin(first).to_owned(), base(first).to_owned());
    let requests = change_requests(state, &mut new, modifiers, options)?;
    let followed = word(modifiers, "set-refspec").unwrap_or_else(|| old_origin.clone());
    if followed == old_origin && modifiers.contains_key("set-refspec") {
        return Err("Old and new refs are equal".into());
    }
    let unfit;
    let mut checksum = old_base.clone();
    if is(options, "no-pull-base") {
        if modifiers.contains_key("set-refspec") || modifiers.contains_key("set-revision") {
            return Err("Can't specify no-pull-base if setting a new refspec or revision".into());
        }
        unfit = state.offers.get(&followed).filter(|o| o.checksum == old_base).map(|o| o.unfit.clone()).unwrap_or_default();
    } else {
        let release = release(state, &followed, word(modifiers, "set-revision"))?;
        state::follow(&mut new, &followed, &release);
        checksum = release.checksum;
        unfit = release.unfit;
    }
    let added = texts(&new, "requested-packages");
    if let Some(name) = added.iter().find(|name| unfit.contains(name)) {
        return Err(format!(
            "Could not depsolve transaction; 1 problem detected:\n Problem: conflicting requests\n  - nothing provides \
             base-abi needed by {name} from updates"
        ));
    }
    let packed = if added.is_empty() { String::new() } else { state.packed() };
    let repacked = packed != text(&new, PACKED);
    if is(options, "dry-run") || (!requests && !repacked && followed == old_origin && checksum == old_base) {
        return Ok(());
    }
    new.insert(PACKED.into(), packed.into());
    state::finish(&mut new, &checksum, &state.base.clone());
    stage(state, new, is(options, "lock-finalization"));
    Ok(())
}

/// The version that is asked for: of any that its place has had, or the newest.
fn release(state: &State, followed: &str, revision: Option<String>) -> Result<Release, String> {
    let newest = state.offers.get(followed).ok_or(format!("While pulling {followed}: Server returned HTTP 404"))?;
    match revision {
        Some(revision) if newest.checksum != revision && newest.digest != revision => {
            Err(format!("Checksum {revision} not found in {followed}"))
        }
        _ => Ok(newest.clone()),
    }
}

/// Whether anything is asked for that was not before.
fn change_requests(
    state: &State,
    new: &mut Deployment,
    modifiers: &Options,
    options: &Options,
) -> Result<bool, String> {
    let mut requested = texts(new, "requested-packages");
    let mut local = texts(new, "requested-local-packages");
    let mut removals = texts(new, "requested-base-removals");
    let before = (requested.clone(), local.clone(), removals.clone());
    if is(options, "no-layering") {
        (requested, local) = (Vec::new(), Vec::new());
    }
    let gone = if state.trouble == Trouble::Partly { Vec::new() } else { words(modifiers, "uninstall-packages") };
    for name in gone {
        let count = requested.len() + local.len();
        requested.retain(|known| *known != name);
        local.retain(|known| *known != name);
        if requested.len() + local.len() == count {
            return Err(format!("Package/capability '{name}' is not currently requested"));
        }
    }
    for name in words(modifiers, "install-packages") {
        can_add(state, &requested, &name, is(options, "allow-inactive"))?;
        requested.push(name);
    }
    for name in words(modifiers, "override-remove-packages") {
        if !state.base.contains(&name) || removals.contains(&name) {
            return Err(format!("Package \"{name}\" not found"));
        }
        removals.push(name);
    }
    for name in words(modifiers, "override-reset-packages") {
        if !removals.contains(&name) {
            return Err(format!("No overrides for package '{name}'"));
        }
        removals.retain(|known| *known != name);
    }
    let changed = before != (requested.clone(), local.clone(), removals.clone());
    requested.sort();
    new.insert("requested-packages".into(), requested.into());
    new.insert("requested-local-packages".into(), local.into());
    new.insert("requested-base-removals".into(), removals.into());
    Ok(changed)
}

/// Whether a package can be asked for.
fn can_add(state: &State, requested: &[String], name: &String, allow_inactive: bool) -> Outcome {
    if requested.contains(name) {
        return Err(format!("Package/capability '{name}' is already requested"));
    }
    if state.base.contains(name) {
        let words = format!("\"{name}\" is already provided by:{name}-1.0-1.fc43.x86_64.");
        return if allow_inactive { Ok(()) } else { Err(words) };
    }
    if state.repository.iter().any(|package| package.name == *name) {
        return Ok(());
    }
    Err(format!("Packages not found: {name}"))
}

/// libostree has room for one staged version, which comes first.
pub fn stage(state: &mut State, mut new: Deployment, locked: bool) {
    new.insert("booted".into(), false.into());
    new.insert("pinned".into(), false.into());
    new.insert("unlocked".into(), "none".into());
    new.remove("live-inprogress");
    new.remove("live-replaced");
    new.insert("staged".into(), true.into());
    new.remove("finalization-locked");
    if locked {
        new.insert("finalization-locked".into(), true.into());
    }
    state.deployments.retain(|d| !flag(d, "staged"));
    let commit = text(&new, "checksum").to_owned();
    let twins = state.deployments.iter().filter(|d| text(d, "checksum") == commit);
    let serials = twins.filter_map(|d| d.get("serial").and_then(serde_json::Value::as_u64));
    let serial = serials.max().map_or(0, |highest| highest + 1);
    new.insert("serial".into(), serial.into());
    new.insert("id".into(), format!("{}-{commit}.{serial}", text(&new, "osname")).into());
    state.deployments.insert(0, new);
}

pub fn rollback(state: &mut State) -> Outcome {
    let booted = state.booted().ok_or("Not booted")?;
    if state.deployments.iter().take(booted).any(|d| flag(d, "staged")) {
        return Err("Staged deployment (remove with cleanup -p)".into());
    }
    let to = match (booted + 1 < state.deployments.len(), booted > 0) {
        (true, _) => booted + 1,
        (false, true) => booted,
        (false, false) => return Err("No rollback deployment found".into()),
    };
    let first = state.deployments.remove(to);
    state.deployments.insert(0, first);
    Ok(())
}

pub fn clean(state: &mut State, elements: &[String]) -> Outcome {
    let booted = state.booted().unwrap_or_default();
    let (pending, rollback) = ("pending-deploy".to_owned(), "rollback-deploy".to_owned());
    let mut at = 0;
    state.deployments.retain(|deployment| {
        let gone = match at.cmp(&booted) {
            std::cmp::Ordering::Less => elements.contains(&pending),
            std::cmp::Ordering::Equal => false,
            std::cmp::Ordering::Greater => elements.contains(&rollback),
        };
        at += 1;
        !gone || flag(deployment, "pinned")
    });
    Ok(())
}

/// What shutdown and the boot loader do.
pub fn restart(state: &mut State) {
    let staged = state.deployments.iter().position(|d| flag(d, "staged")).map(|at| state.deployments.remove(at));
    if let Some(mut new) = staged.filter(|d| !flag(d, "finalization-locked")) {
        state.deployments.retain(|d| flag(d, "booted") || flag(d, "pinned"));
        new.insert("staged".into(), false.into());
        state.deployments.insert(0, new);
    }
    for (at, deployment) in state.deployments.iter_mut().enumerate() {
        deployment.insert("booted".into(), (at == 0).into());
        deployment.remove("live-inprogress");
        if deployment.remove("live-replaced").is_some() {
            deployment.insert("unlocked".into(), "none".into());
        }
    }
    state.cached_update.clear();
}
