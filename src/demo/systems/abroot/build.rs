//! Building the other root, in the stages of ABRoot (core/system.go).

use super::state::{Offered, Root, State, now};
use super::{NAME, disk, records};
use crate::systems::{Mood, Reply, Stage};
use std::time::Duration;
use std::{fs, io};

pub(super) const FINISHED: &str = "/run/abroot/finished";
const FINALIZING: &str = "/run/abroot/finalizing";
pub(super) const STOP: &str = "/run/abroot/userStop";
pub(super) const LOCK: &str = "/run/abroot/operation.lock";

pub(super) fn error(words: &str) -> Reply {
    Reply { status: 1, ..Reply::answer(format!(" ERROR  {words}\n")) }
}

/// What the registry offers, if that is not what runs.
pub(super) fn offered(stage: &Stage, state: &State) -> Result<Option<Offered>, Reply> {
    let offered = state.registry.get(&disk::image(stage)).filter(|_| !state.offline);
    let offered = offered.ok_or_else(|| error("initializing source: reading manifest: not found"))?;
    Ok(Some(offered.clone()).filter(|offered| offered.digest != state.running().digest))
}

/// One operation; `always` builds also where there is no newer image.
pub(super) fn run(stage: &Stage, always: bool) -> io::Result<Reply> {
    if stage.path(FINISHED).exists() {
        return Ok(error("another operation finished successfully, a reboot is required"));
    }
    let process = stage.path(&format!("/proc/{}", std::process::id()));
    if locked(stage) {
        return Ok(error("could not create lock file: another operation is currently running"));
    }
    fs::create_dir_all(&process)?;
    stage.write(LOCK, &std::process::id().to_string())?;
    let done = operate(stage, always);
    stage.remove(LOCK)?;
    // On a real system it goes with this process.
    let _ = fs::remove_dir(process);
    done.map(|done| done.err().unwrap_or_else(|| Reply::answer(" INFO  Upgrade completed successfully.\n")))
}

fn locked(stage: &Stage) -> bool {
    let holder = stage.read(LOCK).ok();
    holder.is_some_and(|holder| holder.is_empty() || stage.path(&format!("/proc/{holder}")).exists())
}

fn operate(stage: &Stage, always: bool) -> io::Result<Result<(), Reply>> {
    stage.remove(FINALIZING)?;
    let state: State = stage.state(NAME)?;
    let mut digest = state.running().digest;
    for part in 1..=4 {
        pause(stage);
        if stage.path(STOP).exists() {
            return Ok(Err(error("operation stopped per user request")));
        }
        if part > 1 {
            continue;
        }
        match offered(stage, &state) {
            Ok(Some(offered)) => digest = offered.digest,
            Ok(None) if always => {}
            Ok(None) => return Ok(Err(Reply { status: 1, ..Reply::answer(" INFO  No update available.\n") })),
            Err(reply) => return Ok(Err(reply)),
        }
    }
    stage.write(FINALIZING, "")?;
    let (other, created) = (state.other(&state.present), now());
    disk::store(stage, &other, &digest, &created)?;
    pause(stage);
    if state.dies {
        let _ = fs::remove_dir(stage.path(&format!("/proc/{}", std::process::id())));
        std::process::abort();
    }
    if state.breaks {
        return Ok(Err(error("rsync: write failed: No space left on device (28)")));
    }
    let (image, summary, kargs) = (disk::image(stage), records::summary(stage), stage.read(disk::KARGS)?);
    stage.change(NAME, |state: &mut State| {
        state.roots.insert(other.clone(), Root { digest, timestamp: created, image, summary, kargs });
        state.default = other;
    })?;
    stage.write(FINISHED, "")?;
    Ok(Ok(()))
}

fn pause(stage: &Stage) {
    if let Mood::Slow { millis } = stage.mood(NAME) {
        std::thread::sleep(Duration::from_millis(millis));
    }
}
