//! What the origin offers.
//!
//! The service fetches only what tells about the newest version and compares it with what runs.

use super::answer::{self, Entry, Offer};
use super::daemon::{self, Daemon};
use super::proxy::Options;
use super::{RpmOstree, image, layered, transaction};
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{Problem, Update};

pub(super) async fn run(engine: &RpmOstree, ctx: &Context) -> Result<Option<Update>, Problem> {
    let daemon = Daemon::of(engine).await?;
    let entries = daemon.entries().await?;
    let running = daemon::running(&entries)?;
    let origin = origin(running)?;
    ctx.progress.begin(Stage::Checking, 1.0);
    let Some((offer, checksum)) = look(engine, &daemon, running, ctx).await? else { return Ok(None) };
    let notes = layered::notes(engine);
    let told = |entry: &Entry| layered::checksum(&notes, entry);
    if told(running) == checksum {
        return Ok(None);
    }
    let first = daemon::merged(&entries)?;
    let downloaded = first.staged && first.locked && told(first) == checksum;
    let staged = told(daemon::next(&entries)?) == checksum;
    Ok(Some(Update {
        older: matches!((offer.timestamp, running.timestamp), (Some(new), Some(old)) if new < old),
        staged,
        downloaded,
        version: offer.version.unwrap_or_else(|| checksum.chars().take(10).collect()),
        checksum,
        origin,
        // That of an image is not known before it was fetched.
        timestamp: offer.timestamp.filter(|_| !running.container),
        download: if downloaded { left(first) } else { offer.image_bytes },
        installed: None,
        changes: offer.changes,
        verification: if running.container { running.verification.clone() } else { offer.verification },
        skipped: false,
    }))
}

/// What the origin offers instead of what runs, and what tells that apart.
pub(super) async fn look(
    engine: &RpmOstree,
    daemon: &Daemon,
    running: &Entry,
    ctx: &Context,
) -> Result<Option<(Offer, String)>, Problem> {
    let options = Options::from([("mode", "check".into()), ("output-to-self", false.into())]);
    let (enabled, address) = daemon.ask(daemon.os.automatic_update_trigger(options)).await?;
    if !enabled {
        return Err(answer::bad("the check was not begun"));
    }
    transaction::follow(engine, daemon, &address, &aside(ctx), 1.0).await?.well()?;
    let offer = answer::offer::read(&*daemon.ask(daemon.os.cached_update()).await?)?;
    let Some(offer) = offer else { return Ok(None) };
    let checksum = checksum(engine, running, &offer)?;
    Ok(checksum.map(|checksum| (offer, checksum)))
}

/// What is still to be fetched of a version that is here: packages that were added may be dropped with it.
fn left(held: &Entry) -> Option<u64> {
    held.layers.effective.is_empty().then_some(0)
}

/// The same cancel, with a bar of its own: how far a check is, nobody can tell.
fn aside(ctx: &Context) -> Context {
    Context { cancel: ctx.cancel.clone(), ..Context::default() }
}

/// What tells the new version from others; `None` where it is none.
fn checksum(engine: &RpmOstree, running: &Entry, offer: &Offer) -> Result<Option<String>, Problem> {
    let newest = if running.container {
        image::newest(engine, running).ok_or_else(|| answer::bad("the new image has no digest"))?
    } else if offer.base_changed == Some(false) {
        running.checksum.clone()
    } else {
        offer.checksum.clone()
    };
    if newest != running.checksum {
        return Ok(Some(newest));
    }
    // Where the base is no other, only packages that were added have newer versions.
    Ok(layered::identity(&newest, offer.changes.as_ref()))
}

/// Where a version's updates come from.
///
/// # Errors
/// [`Problem::NoOrigin`] for one that follows nothing, or whose place is not configured.
pub(super) fn origin(entry: &Entry) -> Result<String, Problem> {
    if let Some(detail) = &entry.remote_error {
        return Err(Problem::NoOrigin { detail: detail.clone() });
    }
    let origin = entry.origin.clone().ok_or(Problem::NoOrigin { detail: String::new() })?;
    // A commit alone, or a branch of this machine, brings nothing new.
    if entry.container || origin.contains(':') { Ok(origin) } else { Err(Problem::NoOrigin { detail: origin }) }
}
