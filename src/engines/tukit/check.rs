//! What the repositories offer.

use super::answer::Offer;
use super::{Tukit, conflict, status};
use cairn_jobs::Context;
use cairn_model::change::Changes;
use cairn_model::deployment::is_identity;
use cairn_model::{Problem, Update, Verification};

pub(super) async fn run(engine: &Tukit, ctx: &Context) -> Result<Option<Update>, Problem> {
    let disk = engine.service.read().await?;
    let offer = conflict::offer(engine, ctx).await?;
    if offer.is_empty() {
        return Ok(None);
    }
    let version = version(engine, &offer, disk.active);
    let checksum = checksum(&offer, &version);
    Ok(Some(Update {
        staged: disk.next() != disk.active && disk.find(disk.next()).is_some_and(|s| s.content() == checksum),
        downloaded: false,
        version,
        checksum,
        origin: status::origin(&engine.host).unwrap_or_default(),
        // zypper refuses what its repositories' keys have not signed and says nothing of what it accepted.
        verification: Verification::Unknown,
        timestamp: None,
        download: offer.download,
        installed: None,
        changes: Some(Changes { by_package: true, packages: offer.changes, ..Changes::default() }),
        older: false,
        skipped: false,
    }))
}

/// That of the new product, or the running one's where only packages of the same version change.
fn version(engine: &Tukit, offer: &Offer, running: u32) -> String {
    let product = offer.product.clone().filter(|version| !version.is_empty());
    product.unwrap_or_else(|| status::version(&engine.host, running))
}

/// No repository has a name for the state that it is in, so what would change stands for it.
pub(super) fn checksum(offer: &Offer, version: &str) -> String {
    let checksum = format!("{version}-{:016x}", offer.fingerprint());
    if is_identity(&checksum) { checksum } else { format!("{:016x}", offer.fingerprint()) }
}

/// Whether an update is still what the repositories offer.
pub(super) async fn is_current(engine: &Tukit, wanted: &str, ctx: &Context) -> Result<bool, Problem> {
    Ok(run(engine, ctx).await?.is_some_and(|update| update.checksum == wanted))
}
