//! What refusals of the service mean, by the names and numbers of its errors.

use crate::bus::Refusal;
use cairn_model::Problem;

pub(super) const SERVICE: &str = "org.freedesktop.sysupdate1";

/// errno(3), as the service gives it.
const EBUSY: i32 = 16;
const ENOSPC: i32 = 28;
const EALREADY: i32 = 114;

/// systemd: src/libsystemd/sd-bus/bus-common-errors.h and bus-error.c.
pub(super) fn of(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Said { error, .. } if error == "org.freedesktop.sysupdate1.NoCandidate" => Problem::NoUpdate,
        Refusal::Said { error, .. } if error == "System.Error.EBUSY" => Problem::BusyElsewhere,
        Refusal::Said { error, .. } if error == "System.Error.ENOSPC" => no_space(),
        Refusal::Said { error, .. }
            if error == "org.freedesktop.DBus.Error.AccessDenied"
                || error == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" =>
        {
            Problem::NotAuthorized
        }
        other => other.into(),
    }
}

/// What a job ended with that is not 0: its program's status, or an error number below 0.
pub(super) fn of_job(status: i32) -> Problem {
    match status.checked_neg() {
        Some(EBUSY) => Problem::BusyElsewhere,
        Some(ENOSPC) => no_space(),
        Some(EALREADY) => Problem::NoUpdate,
        _ => Problem::ToolFailed { tool: SERVICE.into(), status, detail: String::new() },
    }
}

/// How much is missing is not told.
fn no_space() -> Problem {
    Problem::NoSpace { mount: "/".into(), needed: 0, free: 0, missing: 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_decide() {
        let said = |error: &str| of(Refusal::Said { error: error.into(), words: "disk full, busy".into() }).code();
        assert_eq!(said("org.freedesktop.sysupdate1.NoCandidate"), "no-update");
        assert_eq!(said("System.Error.EBUSY"), "busy-elsewhere");
        assert_eq!(said("org.freedesktop.DBus.Error.AccessDenied"), "not-authorized");
        assert_eq!(said("org.freedesktop.DBus.Error.Failed"), "engine-failed");
        for (status, code) in
            [(-16, "busy-elsewhere"), (-28, "no-space"), (1, "tool-failed"), (i32::MIN, "tool-failed")]
        {
            assert_eq!(of_job(status).code(), code, "{status}");
        }
    }
}
