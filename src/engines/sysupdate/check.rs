//! What the origin offers.

use super::transfers::Transfers;
use super::upstream::Upstream;
use super::{Sysupdate, status, version};
use cairn_jobs::Context;
use cairn_model::{Deployment, Problem, SystemStatus, Update};

pub(super) async fn run(
    engine: &Sysupdate,
    upstream: &Upstream,
    ctx: &Context,
) -> Result<Option<Update>, Problem> {
    let status = status::read(engine, upstream).await?;
    let running = status.running().ok_or(Problem::NotAtomic)?;
    let next = status.next().filter(|next| version::order(&next.version, &running.version).is_gt());
    let offered = upstream.new_on_offer(ctx).await?;
    // Upstream compares with what lies here; what waits for the restart already is still an update for the person.
    let staged = offered.is_none() && next.is_some();
    let waits = || next.or_else(|| overridden(&status, running)).map(|waits| waits.version.clone());
    let downloaded = offered.is_none() && !staged;
    let Some(found) = offered.or_else(waits) else { return Ok(None) };
    if found == running.version {
        return Ok(None);
    }
    let transfers = Transfers::read(&engine.host);
    Ok(Some(Update {
        checksum: version::identity(&found),
        verification: transfers.verification(),
        origin: transfers.origin,
        timestamp: None,
        download: None,
        installed: None,
        changes: None,
        older: version::order(&found, &running.version).is_lt(),
        skipped: false,
        staged,
        downloaded,
        version: found,
    }))
}

/// A newer version that is here and does not start, since another one was chosen: it only has to be asked for.
fn overridden<'a>(status: &'a SystemStatus, running: &Deployment) -> Option<&'a Deployment> {
    let newer = |d: &&Deployment| version::order(&d.version, &running.version).is_gt() && d.defect.is_none();
    status.deployments.iter().filter(newer).max_by(|a, b| version::order(&a.version, &b.version))
}
