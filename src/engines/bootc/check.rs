//! What the registry offers. bootc says it in words; what it found stands afterwards in the status, with the version that
//! was the newest here by then.

use super::answer::{Entry, Image, Machine};
use super::{Bootc, status};
use cairn_host::clock::rfc3339;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{Problem, Update};
use std::collections::HashSet;

pub(super) async fn run(engine: &Bootc, ctx: &Context) -> Result<Option<Update>, Problem> {
    let (machine, busy) = engine.look().await?;
    if busy {
        return Err(Problem::BusyElsewhere);
    }
    if machine.switched() {
        // What is asked then is the image that is followed after the next start.
        return Ok(None);
    }
    ctx.progress.begin(Stage::Checking, 1.0);
    engine.ask_registry(ctx).await?;
    Ok(offered(&engine.read().await?))
}

/// What is known to be newer than the running version, as an update.
fn offered(machine: &Machine) -> Option<Update> {
    let running = machine.booted.image.as_ref()?;
    let image = newest(machine)?;
    let time = |image: &Image| rfc3339(image.timestamp.as_deref()?);
    let prepared = machine.staged.as_ref().filter(|staged| staged.checksum() == image.image_digest);
    Some(Update {
        version: image.version(),
        checksum: image.image_digest.clone(),
        origin: running.image.name(),
        timestamp: time(image),
        // What is prepared is fetched no more.
        download: prepared.map(|_| 0),
        installed: None,
        changes: None,
        verification: status::verification(&running.image),
        older: matches!((time(image), time(running)), (Some(new), Some(old)) if new < old),
        skipped: false,
        staged: machine.next().checksum() == image.image_digest,
        downloaded: prepared.is_some_and(Entry::is_held),
    })
}

/// The newest of the image that the running version follows, `None` if that runs already.
///
/// bootc notes what it finds with the newest version that was fetched (ostree-ext, container/store.rs: `cache_pending`),
/// which is another one than the running where one is staged or was gone back from. So notes are followed from version
/// to version.
pub(super) fn newest(machine: &Machine) -> Option<&Image> {
    let running = machine.booted.image.as_ref()?;
    let name = running.image.name();
    let of_this = |image: &&Image| image.image.name() == name;
    let entries = machine.entries();
    let (mut at, mut newest) = (&machine.booted, None);
    let mut passed = HashSet::from([running.image_digest.as_str()]);
    while let Some(noted) = at.cached_update.as_ref().filter(of_this) {
        newest = Some(noted);
        if !passed.insert(&noted.image_digest) {
            break;
        }
        let has = |entry: &&Entry| {
            entry.image.as_ref().filter(of_this).is_some_and(|i| i.image_digest == noted.image_digest)
        };
        let Some(next) = entries.iter().copied().find(has) else { break };
        at = next;
    }
    // Notes are younger than the oldest bootc; what is staged was the newest when it was staged.
    let staged = machine.staged.as_ref().and_then(|staged| staged.image.as_ref()).filter(of_this);
    newest.or(staged).filter(|newest| newest.image_digest != running.image_digest)
}
