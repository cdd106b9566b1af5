//! What ABRoot is doing right now, by the files that it keeps until the restart (ABRoot: core/system.go).

use super::Abroot;
use cairn_host::Host;
use cairn_model::Problem;

/// The other root is built and starts next; ABRoot does nothing more until then.
pub(super) const FINISHED: &str = "/run/abroot/finished";
/// The other root is being written; it stays when that ended, however it ended.
pub(super) const FINALIZING: &str = "/run/abroot/finalizing";
/// Somebody asked every change to stop.
pub(super) const STOP: &str = "/run/abroot/userStop";
/// Holds the process id of who is changing something, also after that one died.
pub(super) const LOCK: &str = "/run/abroot/operation.lock";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) finished: bool,
    pub(super) finalizing: bool,
    /// Somebody is changing something, be it ourselves.
    pub(super) locked: bool,
}

pub(super) fn look(host: &Host) -> Moment {
    Moment { finished: host.exists(FINISHED), finalizing: host.exists(FINALIZING), locked: locked(host) }
}

impl Moment {
    /// The other root was begun and never finished.
    pub(super) fn cut_off(self) -> bool {
        self.finalizing && !self.finished && !self.locked
    }
}

/// As ABRoot decides it: a file that says nothing is a lock, one of a process that is gone is none.
fn locked(host: &Host) -> bool {
    match host.read(LOCK) {
        Ok(None) => false,
        Ok(Some(text)) => {
            let process = text.trim();
            let is_number = process.bytes().all(|byte| byte.is_ascii_digit());
            process.is_empty() || (is_number && host.exists(&format!("/proc/{process}")))
        }
        Err(_) => true,
    }
}

/// Refuses while a change waits for the restart or somebody else is at work.
pub(super) fn free(engine: &Abroot) -> Result<(), Problem> {
    let moment = look(&engine.host);
    if moment.finished {
        return Err(Problem::RestartFirst);
    }
    if moment.locked { Err(Problem::BusyElsewhere) } else { Ok(()) }
}
