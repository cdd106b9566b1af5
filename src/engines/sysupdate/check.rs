//! What the origin offers.

use super::transfers::Transfers;
use super::upstream::Upstream;
use super::{Sysupdate, status, version};
use cairn_jobs::Context;
use cairn_model::{Problem, Update};

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
    let staged = offered.is_none();
    let Some(found) = offered.or_else(|| next.map(|next| next.version.clone())) else { return Ok(None) };
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
        downloaded: false,
        version: found,
    }))
}
