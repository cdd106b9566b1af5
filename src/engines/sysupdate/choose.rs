//! Choosing what starts next, where the boot loader can be asked. What came of it is read from the boot loader again.

use super::entries::Entries;
use super::upstream::Upstream;
use super::{Sysupdate, loader, status};
use cairn_model::system::HeldBack;
use cairn_model::{Deployment, DeploymentId, Problem, SystemStatus};

/// Lets that version start next, and each time after.
pub(super) async fn set_default(
    engine: &Sysupdate,
    upstream: &Upstream,
    id: &DeploymentId,
) -> Result<(), Problem> {
    let before = status::read(engine, upstream).await?;
    not_busy(&before)?;
    if !engine.chooses() {
        return Err(Problem::NotSupported { what: "step".into() });
    }
    let target = before.find(id).ok_or_else(|| Problem::NotFound { what: id.to_string() })?;
    let version = target.version.clone();
    if target.next {
        return Err(Problem::IsNext { version });
    }
    if let Some(defect) = target.defect {
        return Err(Problem::CannotStart { version, defect });
    }
    let all: Vec<String> = newest_first(&before).map(|d| d.version.clone()).collect();
    // Nothing has to be chosen for what starts by itself, and then no later version is held back.
    if newest_first(&before).find(|d| d.defect.is_none()).is_some_and(|first| first.id == *id) {
        loader::set_default(engine, None).await?;
        if starts(engine, &version, &all).await? == Some(true) {
            return Ok(());
        }
    }
    let entries = read(engine).await?;
    let no_entry = || Problem::NotFound { what: version.clone() };
    loader::set_default(engine, Some(entries.id(&version, &all).ok_or_else(no_entry)?)).await?;
    demand(engine, &version, &all).await
}

/// Sees to it that a version which is in place starts next, and is not held back by what somebody chose before.
pub(super) async fn let_start(
    engine: &Sysupdate,
    upstream: &Upstream,
    version: &str,
) -> Result<(), Problem> {
    let here = status::read(engine, upstream).await?;
    let all: Vec<String> = newest_first(&here).map(|d| d.version.clone()).collect();
    if starts(engine, version, &all).await? != Some(false) {
        return Ok(());
    }
    loader::set_default(engine, None).await?;
    demand(engine, version, &all).await
}

async fn demand(engine: &Sysupdate, version: &str, all: &[String]) -> Result<(), Problem> {
    match starts(engine, version, all).await? {
        Some(false) => Err(Problem::EngineFailed { detail: format!("{version} does not start next") }),
        _ => Ok(()),
    }
}

/// `None` where nobody can tell: the boot loader cannot be asked, or its entries have other names.
async fn starts(engine: &Sysupdate, version: &str, all: &[String]) -> Result<Option<bool>, Problem> {
    let entries = read(engine).await?;
    Ok(entries.id(version, all).map(|_| entries.default(all) == Some(version)))
}

async fn read(engine: &Sysupdate) -> Result<Entries, Problem> {
    Ok(Entries::told(&loader::read(engine).await?.unwrap_or_default()))
}

/// In the order of versions, whatever starts next.
fn newest_first(status: &SystemStatus) -> impl Iterator<Item = &Deployment> {
    let mut all: Vec<&Deployment> = status.deployments.iter().collect();
    all.sort_by(|a, b| super::version::order(&b.version, &a.version));
    all.into_iter()
}

pub(super) fn not_busy(status: &SystemStatus) -> Result<(), Problem> {
    if status.held_back.contains(&HeldBack::BusyElsewhere) { Err(Problem::BusyElsewhere) } else { Ok(()) }
}
