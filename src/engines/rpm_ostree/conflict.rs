//! Which added packages are in the way of a version.
//!
//! A transaction says only in words why it failed. So it is tried again without changing anything: where it works without the
//! added packages, they are what it failed for, and those are named without any one of which it would work.

use super::RpmOstree;
use super::answer::Entry;
use super::change::Change;
use super::daemon::Daemon;
use super::packages;
use cairn_jobs::Context;
use cairn_model::{PackageName, Problem};

/// Trying more of them one by one takes longer than anybody waits.
const MOST: usize = 12;

/// Why `change` failed with these words. `from` is the version that it started from.
pub(super) async fn explain(
    engine: &RpmOstree,
    daemon: &Daemon,
    change: &Change,
    from: &Entry,
    detail: String,
    ctx: &Context,
) -> Problem {
    match in_the_way(engine, daemon, change, from, ctx).await {
        Ok(packages) if packages.is_empty() => Problem::EngineFailed { detail },
        Ok(packages) => Problem::PackageConflict { packages, detail },
        Err(Problem::Cancelled) => Problem::Cancelled,
        // Why the first try failed says more than why the second did.
        Err(_) => Problem::EngineFailed { detail },
    }
}

async fn in_the_way(
    engine: &RpmOstree,
    daemon: &Daemon,
    change: &Change,
    from: &Entry,
    ctx: &Context,
) -> Result<Vec<PackageName>, Problem> {
    let added = packages::added(from);
    let without = Change { no_packages: true, ..change.clone() };
    if added.is_empty() || !without.would_work(engine, daemon, ctx).await? {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    if added.len() <= MOST {
        for (name, spelling) in &added {
            let without = Change { uninstall: vec![spelling.clone()], ..change.clone() };
            if without.would_work(engine, daemon, ctx).await? {
                found.push(name.clone());
            }
        }
    }
    // None alone: several of them are in the way at once.
    Ok(if found.is_empty() { added.into_iter().map(|(name, _)| name).collect() } else { found })
}

/// Why packages could not be added with these words: one is unknown, the base has it by itself, or they do not fit.
pub(super) async fn explain_adding(
    engine: &RpmOstree,
    daemon: &Daemon,
    change: &Change,
    detail: String,
    ctx: &Context,
) -> Problem {
    match unfit(engine, daemon, change, ctx).await {
        Ok(packages) if packages.is_empty() => Problem::EngineFailed { detail },
        Ok(packages) => Problem::PackageUnfit { packages, detail },
        Err(
            why @ (Problem::Cancelled | Problem::PackagePresent { .. } | Problem::PackageUnknown { .. }),
        ) => why,
        Err(_) => Problem::EngineFailed { detail },
    }
}

/// Those of the packages to be added that do not fit what is there, all of them where it takes several.
async fn unfit(
    engine: &RpmOstree,
    daemon: &Daemon,
    change: &Change,
    ctx: &Context,
) -> Result<Vec<PackageName>, Problem> {
    let mut found = Vec::new();
    for name in change.install.iter().take(MOST) {
        if !fits(engine, daemon, name, ctx).await? {
            found.extend(PackageName::new(name.as_str()));
        }
    }
    let without = Change { install: Vec::new(), ..change.clone() };
    let others_fail = change.install.is_empty() || !without.would_work(engine, daemon, ctx).await?;
    if others_fail || change.would_work(engine, daemon, ctx).await? {
        return Ok(Vec::new());
    }
    // None alone: several of them are in the way at once.
    let all = || change.install.iter().filter_map(|name| PackageName::new(name.as_str()).ok()).collect();
    Ok(if found.is_empty() { all() } else { found })
}

/// Whether a package could be added by itself.
///
/// # Errors
/// [`Problem::PackagePresent`] and [`Problem::PackageUnknown`].
async fn fits(engine: &RpmOstree, daemon: &Daemon, name: &str, ctx: &Context) -> Result<bool, Problem> {
    let only = Change { install: vec![name.to_owned()], same_base: true, ..Change::default() };
    if only.would_work(engine, daemon, ctx).await? {
        return Ok(true);
    }
    let anyway = Change { allow_inactive: true, ..only };
    if anyway.would_work(engine, daemon, ctx).await? {
        return Err(Problem::PackagePresent { name: name.to_owned() });
    }
    let known = daemon.ask_slowly(daemon.os.get_packages(&[name])).await?;
    if known.is_empty() { Err(Problem::PackageUnknown { name: name.to_owned() }) } else { Ok(false) }
}

/// Which of these could be added to what is there now. Each is tried by itself and nothing is changed.
pub(super) async fn fitting(
    engine: &RpmOstree,
    packages: &[PackageName],
    ctx: &Context,
) -> Result<Vec<PackageName>, Problem> {
    let daemon = Daemon::of(engine).await?;
    let mut fit = Vec::new();
    for name in packages.iter().take(MOST) {
        let only = Change { install: vec![name.to_string()], same_base: true, ..Change::default() };
        if only.would_work(engine, &daemon, ctx).await? {
            fit.push(name.clone());
        }
    }
    Ok(fit)
}
