//! Doing one step. Whatever a plan promised is looked at again here: another tool may have changed the system in between.

use super::{Snapper, cleanup};
use super::answer::{SNAPPER, Snapshot, unescape};
use super::service::Disk;
use cairn_host::Host;
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{DeploymentId, Problem, Step};
use std::future::pending;
use std::time::Duration;

/// Hooks may write a new boot menu meanwhile.
const PATIENCE: Duration = Duration::from_secs(600);

pub(super) async fn step(engine: &Snapper, step: &Step, ctx: &Context) -> Result<(), Problem> {
    ctx.checkpoint()?;
    match step {
        Step::SetDefault { id } => {
            ctx.progress.begin(Stage::Writing, 1.0);
            start(engine, id).await
        }
        Step::Pin { id } => engine.service.pin(id).await,
        Step::Unpin { id } => engine.service.unpin(id).await,
        Step::Remove { id } => {
            ctx.progress.begin(Stage::Cleaning, 1.0);
            engine.service.remove(id).await
        }
        Step::Cleanup => {
            ctx.progress.begin(Stage::Cleaning, 1.0);
            cleanup::run(engine, ctx).await
        }
        Step::Snapshot { name } => {
            ctx.progress.begin(Stage::Writing, 1.0);
            engine.service.make(name).await
        }
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

/// Whether the default subvolume decides what starts next and can be changed from here: the program does that in its own
/// process, which has the limits of this one.
pub(super) fn can_choose(host: &Host) -> bool {
    super::layout::can_go_back(host) && host.tool(SNAPPER).is_ok() && !host.is_read_only("/")
}

/// Makes a version the next start. snapperd has no call for it: the program sets the default subvolume by itself, and
/// runs the hooks that write the boot menu. Nothing of it is cut off in the middle.
async fn start(engine: &Snapper, id: &DeploymentId) -> Result<(), Problem> {
    if !can_choose(&engine.host) {
        return Err(Problem::NotSupported { what: "set-default".into() });
    }
    let before = engine.service.read().await?;
    let target = before.named(id)?;
    if target.number == before.next() {
        return Err(Problem::IsNext { version: id.to_string() });
    }
    let number = target.number.to_string();
    let config = unescape(&before.config);
    let mut arguments = vec!["--config", config.as_str()];
    if target.number == before.active {
        // What runs is writable as it is; anything else would start a copy of it.
        arguments.extend(["modify", "--default", &number]);
    } else {
        // Without a default snapper cannot know which of its two ways fits.
        let ambit = if before.default.is_some() { "auto" } else { "classic" };
        arguments.extend(["--ambit", ambit, "rollback", &number]);
    }
    let limits = Limits::within(PATIENCE);
    let ended = engine.host.tool(SNAPPER)?.run(&arguments, limits, pending::<()>()).await;
    let after = engine.service.read().await?;
    match made_of(&before, &after, target) {
        Some(next) => note(engine, &before, &after, target, next).await,
        None => Err(ended.err().unwrap_or(Problem::EngineFailed {
            detail: format!("snapper has not made {number} the next start"),
        })),
    }
}

/// The number that starts next, if it is the target or a copy that was made for it.
fn made_of(before: &Disk, after: &Disk, target: &Snapshot) -> Option<u32> {
    let next = after.default?;
    (next == target.number || (before.default != Some(next) && before.find(next).is_none())).then_some(next)
}

/// The copies are what they were copied from: the next start the target, the backup beside it what runs.
async fn note(
    engine: &Snapper,
    before: &Disk,
    after: &Disk,
    target: &Snapshot,
    next: u32,
) -> Result<(), Problem> {
    if next == target.number {
        return Ok(());
    }
    engine.service.note_copy(after, next, target).await?;
    // It was made right before; anything else that is new is somebody else's.
    let backup = after.snapshots.iter().rfind(|s| s.number < next && before.find(s.number).is_none());
    if let (Some(backup), Some(running)) = (backup, before.find(before.active)) {
        engine.service.note_copy(after, backup.number, running).await?;
    }
    Ok(())
}
