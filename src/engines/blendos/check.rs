//! What could be had. Nobody publishes what a build would consist of, so this asks nobody: since the repositories move
//! every day, a build of today is offered to whoever runs an older one.

use super::disk::{self, Moment};
use super::{Blendos, status};
use cairn_host::clock;
use cairn_model::{Problem, Update, Verification};

/// Before the day in the name of a build that was asked for.
pub(super) const PREFIX: &str = "build-";

pub(super) fn run(engine: &Blendos) -> Result<Option<Update>, Problem> {
    let origin = disk::system(engine)?.origin();
    let origin = origin.ok_or_else(|| Problem::NoOrigin { detail: disk::SYSTEM.into() })?;
    let status = status::read(engine)?;
    let today = clock::day(engine.host.clock.now());
    let (version, checksum, staged) = match (status.staged(), status.running()) {
        (Some(staged), _) if Moment::look(engine).ready() => {
            (staged.version.clone(), staged.checksum.clone(), true)
        }
        (_, Some(running)) if running.timestamp.map(clock::day).as_deref() == Some(&*today) => {
            return Ok(None);
        }
        _ => (today.clone(), disk::request(engine, &today)?, false),
    };
    Ok(Some(Update {
        version,
        checksum,
        origin,
        timestamp: None,
        download: None,
        installed: None,
        changes: None,
        verification: Verification::Unknown,
        older: false,
        skipped: false,
        staged,
        downloaded: false,
    }))
}

/// The day in the name of a build, if it was asked for with that name.
pub(super) fn day(checksum: &str) -> Option<&str> {
    checksum.strip_prefix(PREFIX)?.split_once('-').map(|(day, _)| day)
}
