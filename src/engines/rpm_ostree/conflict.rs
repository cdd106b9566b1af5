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

/// Why packages could not be added with these words: one is unknown, or the base has it by itself.
pub(super) async fn explain_adding(
    engine: &RpmOstree,
    daemon: &Daemon,
    change: &Change,
    detail: String,
    ctx: &Context,
) -> Problem {
    for name in &change.install {
        match why_not(engine, daemon, name, ctx).await {
            Ok(None) => {}
            Ok(Some(problem)) | Err(problem @ Problem::Cancelled) => return problem,
            Err(_) => break,
        }
    }
    Problem::EngineFailed { detail }
}

async fn why_not(
    engine: &RpmOstree,
    daemon: &Daemon,
    name: &str,
    ctx: &Context,
) -> Result<Option<Problem>, Problem> {
    let only = Change { install: vec![name.to_owned()], same_base: true, ..Change::default() };
    if only.would_work(engine, daemon, ctx).await? {
        return Ok(None);
    }
    let anyway = Change { allow_inactive: true, ..only };
    if anyway.would_work(engine, daemon, ctx).await? {
        return Ok(Some(Problem::PackagePresent { name: name.to_owned() }));
    }
    let known = daemon.ask_slowly(daemon.os.get_packages(&[name])).await?;
    Ok(known.is_empty().then(|| Problem::PackageUnknown { name: name.to_owned() }))
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
