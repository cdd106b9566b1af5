//! What the registry offers.

use super::answer::{self, Offer};
use super::{Abroot, NETWORK, settings, status};
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::{Problem, Update, Verification};

pub(super) async fn run(engine: &Abroot, ctx: &Context) -> Result<Option<Update>, Problem> {
    // What a change that was cut off has left could be another image to follow.
    status::settled(engine).await?;
    let Some(offer) = offer(engine, ctx).await? else { return Ok(None) };
    let status = status::read(engine).await?;
    if status.running().is_some_and(|running| running.checksum == offer.digest) {
        return Ok(None);
    }
    let origin = settings::source(&engine.host)?.image();
    let staged = status.staged().is_some_and(|staged| staged.checksum == offer.digest);
    Ok(Some(Update {
        version: answer::version(&origin, &offer.digest),
        checksum: offer.digest,
        origin,
        timestamp: None,
        download: None,
        installed: None,
        changes: offer.changes,
        verification: Verification::Unknown,
        older: false,
        skipped: false,
        staged,
        downloaded: false,
    }))
}

/// Asks ABRoot. It ends with the same status when there is nothing new and when it failed, so what it wrote decides.
pub(super) async fn offer(engine: &Abroot, ctx: &Context) -> Result<Option<Offer>, Problem> {
    let tool = engine.tool()?.with("ABROOT_JSON_OUTPUT", "1");
    let limits = Limits::within(engine.patience.saturating_mul(NETWORK));
    let outcome = tool.outcome(&["upgrade", "--check-only"], limits, ctx.cancel.cancelled()).await?;
    let begun = outcome.answer.trim_ascii_start().starts_with(b"{");
    if begun || outcome.status == 0 { answer::check(&outcome.answer) } else { Err(tool.refused(&outcome)) }
}
