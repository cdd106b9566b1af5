//! Which added packages are in the way of an update.
//!
//! zypper says only in words why it finds no solution, and it can be asked for an update of all or of nothing, never for one
//! without a certain package. So it is asked again, without changing anything, for the solution that may take packages out:
//! of the added ones those are in the way that it would remove.
//!
//! Facts: zypper(8), `--force-resolution`; zypper, src/solve-commit.cc: without an answer to its question it ends with
//! `ZYPPER_EXIT_ERR_ZYPP`.

use super::answer::Offer;
use super::{Tukit, packages, zypper};
use cairn_jobs::Context;
use cairn_model::package::PackageState;
use cairn_model::{Package, PackageName, Problem};

/// Trying more of them one by one takes longer than anybody waits.
const MOST: usize = 12;

/// What an update of the running system would change.
struct Found {
    offer: Offer,
    /// Without which of the added packages.
    in_the_way: Vec<Package>,
}

/// What an update of the running system would change. Where added packages are in its way, it is what would change without
/// them: there is an update, and which they are is told when it is made.
pub(super) async fn offer(engine: &Tukit, ctx: &Context) -> Result<Offer, Problem> {
    Ok(look(engine, ctx).await?.offer)
}

async fn look(engine: &Tukit, ctx: &Context) -> Result<Found, Problem> {
    let failed = match zypper::offer(engine, false, ctx).await {
        Err(failed @ Problem::ToolFailed { status: zypper::UNSOLVED, .. }) => failed,
        answer => return Ok(Found { offer: answer?, in_the_way: Vec::new() }),
    };
    match without(engine, ctx).await {
        Ok(found) if !found.in_the_way.is_empty() => Ok(found),
        Err(Problem::Cancelled) => Err(Problem::Cancelled),
        // Why the first try failed says more than why the second did.
        _ => Err(failed),
    }
}

async fn without(engine: &Tukit, ctx: &Context) -> Result<Found, Problem> {
    let offer = zypper::offer(engine, true, ctx).await?;
    let mut in_the_way = packages::list(engine).await?;
    in_the_way.retain(|package| offer.removes(package.name.as_str()));
    Ok(Found { offer, in_the_way })
}

/// Why an update could not be made. Only what the version that starts next still has can be in its way.
pub(super) async fn explain(engine: &Tukit, failed: Problem, ctx: &Context) -> Problem {
    let Problem::ToolFailed { detail, .. } = &failed else { return failed };
    let in_the_way = match look(engine, ctx).await {
        Ok(found) => found.in_the_way,
        Err(Problem::Cancelled) => return Problem::Cancelled,
        Err(_) => return failed,
    };
    let there = in_the_way.into_iter().filter(|package| package.state == PackageState::Running);
    let packages: Vec<PackageName> = there.map(|package| package.name).collect();
    if packages.is_empty() { failed } else { Problem::PackageConflict { packages, detail: detail.clone() } }
}

/// Which of these could be added to what runs. Each is tried by itself and nothing is changed.
pub(super) async fn fitting(
    engine: &Tukit,
    packages: &[PackageName],
    ctx: &Context,
) -> Result<Vec<PackageName>, Problem> {
    let disk = engine.service.read().await?;
    if disk.next() != disk.active {
        // A package would be added to what starts next, and zypper tries with what runs.
        return Ok(Vec::new());
    }
    let mut fit = Vec::new();
    for name in packages.iter().take(MOST) {
        if zypper::fits(engine, name, ctx).await? {
            fit.push(name.clone());
        }
    }
    Ok(fit)
}
