//! What the followed branch offers.

use super::answer::{Atomupd, Build, Offer, State};
use super::proxy::{Atomupd1Proxy, SERVICE};
use super::{Steamos, failure, look};
use crate::bus::within;
use cairn_jobs::Context;
use cairn_model::{Problem, Update};
use std::collections::HashMap;

pub(super) async fn run(engine: &Steamos, ctx: &Context) -> Result<Option<Update>, Problem> {
    ctx.checkpoint()?;
    let before = look::read(engine).await?;
    if before.service.as_ref().is_some_and(|service| service.state == State::Unknown) {
        return Err(Problem::BusyElsewhere);
    }
    tokio::select! {
        asked = ask(engine) => asked?,
        _ = ctx.cancel.cancelled() => return Err(Problem::Cancelled),
    };
    // Asking may have moved the system from a variant that came to its end to the one that follows it.
    let service = look::service(engine).await?;
    Ok(service
        .offers
        .first()
        .filter(|offer| offer.build.id != before.running.id)
        .map(|offer| update(&service, offer, &before.running)))
}

/// Lets the service ask its server; what it found stands in its properties.
pub(super) async fn ask(engine: &Steamos) -> Result<(), Problem> {
    let connection = engine.bus.connect().await?;
    let call = async { Atomupd1Proxy::new(&connection).await?.check_for_updates(HashMap::new()).await };
    within(SERVICE, engine.patience, call).await.map_err(failure::of)?;
    Ok(())
}

fn update(service: &Atomupd, offer: &Offer, running: &Build) -> Update {
    let older = matches!((offer.build.made(), running.made()), (Some(new), Some(old)) if new < old);
    Update {
        version: offer.build.name(),
        checksum: offer.build.id.clone(),
        origin: service.origin(),
        timestamp: offer.build.made(),
        download: offer.size,
        installed: None,
        changes: None,
        // The image is verified when it is installed; nobody tells of it before.
        verification: cairn_model::Verification::Unknown,
        older,
        skipped: false,
        staged: service.pending().is_some_and(|pending| pending.id == offer.build.id),
        downloaded: false,
    }
}
