//! What the updater's errors mean, by their names (eos-updater: libeos-updater-util/types.c).

use crate::bus::Refusal;
use cairn_model::{Problem, text};

const PREFIX: &str = "com.endlessm.Updater.Error.";
/// How GLib spells an error of its own that has no name on the bus (gio/gdbuserror.c), before its number.
const GIO: &str = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code";
/// The numbers of gio/gioenums.h that are about the network, and the one of a full disk.
const NETWORK: [&str; 6] = ["24", "28", "37", "38", "39", "44"];
const NO_SPACE: &str = "12";

/// A method that was refused.
pub(super) fn of(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Said { error, words } => named(&error, &words),
        Refusal::Other(problem) => problem,
    }
}

/// The error that it stopped with.
pub(super) fn named(error: &str, words: &str) -> Problem {
    let detail = || text::line(words);
    if let Some(number) = error.strip_prefix(GIO) {
        return match number {
            NO_SPACE => Problem::NoSpace { mount: "/".into(), needed: 0, free: 0, missing: 1 },
            number if NETWORK.contains(&number) => Problem::Network { detail: detail() },
            _ => Problem::EngineFailed { detail: detail() },
        };
    }
    match error.strip_prefix(PREFIX).unwrap_or_default() {
        "Cancelled" => Problem::Cancelled,
        "Fetching" | "MeteredConnection" => Problem::Network { detail: detail() },
        // It says itself that this system cannot be updated.
        "LiveBoot" => Problem::NoOrigin { detail: detail() },
        "NotOstreeSystem" => Problem::NotAtomic,
        // Somebody else has made it do something in between.
        "WrongState" => Problem::BusyElsewhere,
        _ if error == "org.freedesktop.DBus.Error.AccessDenied" => Problem::NotAuthorized,
        _ => Problem::EngineFailed { detail: text::line(&format!("{error}: {words}")) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_and_words_do_not() {
        for (name, code) in [
            ("com.endlessm.Updater.Error.Cancelled", "cancelled"),
            ("com.endlessm.Updater.Error.Fetching", "network"),
            ("com.endlessm.Updater.Error.MeteredConnection", "network"),
            ("com.endlessm.Updater.Error.LiveBoot", "no-origin"),
            ("com.endlessm.Updater.Error.NotOstreeSystem", "not-atomic"),
            ("com.endlessm.Updater.Error.WrongState", "busy-elsewhere"),
            ("com.endlessm.Updater.Error.WrongConfiguration", "engine-failed"),
            ("com.endlessm.Updater.Error.SomethingNew", "engine-failed"),
            ("org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code12", "no-space"),
            ("org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code38", "network"),
            ("org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code1", "engine-failed"),
            ("org.freedesktop.DBus.Error.AccessDenied", "not-authorized"),
            ("", "engine-failed"),
        ] {
            assert_eq!(named(name, "No space left, cancelled, HTTP 404").code(), code, "{name}");
        }
    }
}
