//! What was added to the base, left out of it or replaced, and what could be added.

use super::RpmOstree;
use super::answer::layers::Layers;
use super::answer::{Entry, found, nevra};
use super::daemon::{self, Daemon};
use cairn_jobs::Context;
use cairn_model::package::{FoundPackage, PackageRole, PackageState};
use cairn_model::{Package, PackageDelta, PackageName, Problem, text};
use zbus::zvariant::Value;

/// A search with more words finds nothing.
const MOST_WORDS: usize = 8;
/// As the contract has it.
const MOST_FOUND: usize = 100;

/// One request of a version, with whether something came of it.
#[derive(PartialEq, Eq)]
struct Request {
    name: PackageName,
    role: PackageRole,
    version: Option<String>,
    base_version: Option<String>,
    active: bool,
}

/// By name, each with what it is in the running version and in the one that starts next.
pub(super) fn list(entries: &[Entry]) -> Vec<Package> {
    let (Ok(running), Ok(next)) = (daemon::running(entries), daemon::next(entries)) else { return Vec::new() };
    let (now, then) = (requests(&running.layers), requests(&next.layers));
    let mut all: Vec<Package> = Vec::new();
    for request in &now {
        let later = then.iter().find(|r| r.name == request.name && r.role == request.role);
        let state = match later {
            None => PackageState::Going,
            _ if request.active => PackageState::Running,
            Some(later) if later.active => PackageState::Next,
            Some(_) => PackageState::Inactive,
        };
        all.push(package(request, state));
    }
    for request in then.iter().filter(|r| !now.iter().any(|n| n.name == r.name && n.role == r.role)) {
        let state = if request.active { PackageState::Next } else { PackageState::Inactive };
        all.push(package(request, state));
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn package(request: &Request, state: PackageState) -> Package {
    let (version, base_version) = (request.version.clone(), request.base_version.clone());
    Package { version, base_version, ..Package::new(request.name.clone(), request.role, state) }
}

/// What was added, left out or replaced in the one version and not so in the other.
pub(super) fn differing(a: &Entry, b: &Entry) -> Vec<PackageName> {
    let (a, b) = (requests(&a.layers), requests(&b.layers));
    let lacks = |of: &[Request], r: &Request| !of.iter().any(|o| o.name == r.name && o.role == r.role);
    let only_a = a.iter().filter(|r| lacks(&b, r));
    let mut names: Vec<_> = only_a.chain(b.iter().filter(|r| lacks(&a, r))).map(|r| r.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// What a package list can hold of the requests: paths and capabilities have no name.
fn requests(layers: &Layers) -> Vec<Request> {
    let request = |name: &str, role, version: Option<String>, active| {
        let name = PackageName::new(name).ok()?;
        Some(Request { name, role, version, base_version: None, active })
    };
    let added = layers.requested.iter().filter_map(|name| {
        let active = layers.effective.iter().any(|e| e == name);
        request(name, PackageRole::Added, None, active)
    });
    let local = layers.local.iter().filter_map(|spelling| {
        let (name, version) = nevra::split(spelling)?;
        request(name, PackageRole::AddedFile, Some(text::line(version)), true)
    });
    let removed = layers.removals.iter().filter_map(|name| {
        let active = layers.removed.iter().any(|r| r == name);
        request(name, PackageRole::Excluded, None, active)
    });
    let replaced = layers.replaced.iter().filter_map(|replaced| {
        let active = replaced.base_version.is_some();
        let request = request(&replaced.name, PackageRole::Replaced, replaced.version.clone(), active)?;
        Some(Request { base_version: replaced.base_version.clone(), ..request })
    });
    added.chain(local).chain(removed).chain(replaced).collect()
}

/// The added packages of a version, with the spelling that takes each of them out.
pub(super) fn added(entry: &Entry) -> Vec<(PackageName, String)> {
    let named = entry.layers.requested.iter().filter_map(|name| {
        let package = PackageName::new(name.as_str()).ok()?;
        Some((package, name.clone()))
    });
    let local = entry.layers.local.iter().filter_map(|spelling| {
        let (package, _) = nevra::package(spelling)?;
        Some((package, spelling.clone()))
    });
    named.chain(local).collect()
}

/// Whether a version can be changed so.
///
/// # Errors
/// [`Problem::PackageUnknown`] for what is not there to be taken out or back, [`Problem::PackagePresent`] for what is there.
pub(super) fn fits(entry: &Entry, delta: &PackageDelta) -> Result<(), Problem> {
    let added = added(entry);
    let is_added = |name: &PackageName| added.iter().any(|(known, _)| known == name);
    let is_out = |name: &PackageName| entry.layers.removals.iter().any(|known| known == name.as_str());
    let is_replaced = |name: &PackageName| entry.layers.replaced.iter().any(|r| r.name == name.as_str());
    if let Some(name) = delta.add.iter().find(|name| is_added(name)) {
        return Err(Problem::PackagePresent { name: name.to_string() });
    }
    let unknown = delta
        .remove
        .iter()
        .find(|name| !is_added(name))
        .or(delta.exclude.iter().find(|name| is_out(name)))
        .or(delta.reset.iter().find(|name| !is_out(name) && !is_replaced(name)));
    match unknown {
        Some(name) => Err(Problem::PackageUnknown { name: name.to_string() }),
        None => Ok(()),
    }
}

/// Whether a version is as it should be after that change: all of it, not only a part.
pub(super) fn are_so(entry: &Entry, delta: &PackageDelta) -> bool {
    let added = added(entry);
    let is_added = |name: &PackageName| added.iter().any(|(known, _)| known == name);
    let is_out = |name: &PackageName| entry.layers.removals.iter().any(|known| known == name.as_str());
    let is_replaced = |name: &PackageName| entry.layers.replaced.iter().any(|r| r.name == name.as_str());
    delta.add.iter().all(is_added)
        && !delta.remove.iter().any(is_added)
        && delta.exclude.iter().all(is_out)
        && !delta.reset.iter().any(|name| is_out(name) || is_replaced(name))
}

/// Packages that fit the words. The service names those first whose name fits.
pub(super) async fn find(
    engine: &RpmOstree,
    words: &str,
    ctx: &Context,
) -> Result<Vec<FoundPackage>, Problem> {
    // Patterns are for those who know them; here a word is a word.
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '.' | '+' | '_' | '-');
    let words: Vec<String> = text::line(words)
        .split(' ')
        .map(|word| word.chars().filter(|c| legal(*c)).collect::<String>())
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let daemon = Daemon::of(engine).await?;
    let entries = daemon.entries().await?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let answer = tokio::select! {
        answer = daemon.ask_slowly(daemon.os.search(&words)) => answer?,
        _ = ctx.cancel.cancelled() => return Err(Problem::Cancelled),
    };
    let mut all = found::read(&Value::from(answer))?;
    let exact = |p: &FoundPackage| words.iter().any(|word| p.name.as_str().eq_ignore_ascii_case(word));
    all.sort_by_key(|package| !exact(package));
    all.truncate(MOST_FOUND);
    let running = &daemon::running(&entries)?.layers;
    for package in &mut all {
        package.here = running.effective.iter().any(|name| name == package.name.as_str());
    }
    Ok(all)
}
