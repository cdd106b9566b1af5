//! What snapperd's errors mean. Their names tell; the words beside them are mostly none.
//!
//! Facts: snapper, server/Client.cc, `Client::dispatch`.

use super::answer::bad;
use crate::bus::Refusal;
use cairn_model::{Problem, text};

pub(super) fn of(refusal: Refusal) -> Problem {
    let Refusal::Said { error, words } = refusal else { return refusal.into() };
    match error.as_str() {
        "error.no_permissions" => Problem::NotAuthorized,
        // Somebody else deletes or compares snapshots, or has one mounted.
        "error.config_locked"
        | "error.config_in_use"
        | "error.snapshot_in_use"
        | "error.is_snapshot_mounted" => Problem::BusyElsewhere,
        // It was there when it was looked for.
        "error.illegal_snapshot" | "error.unknown_config" => Problem::PlanOutdated,
        "error.quota" | "error.unsupported" => Problem::NotSupported { what: "usage".into() },
        "error.unknown_method" | "error.dbus.marshalling" => bad(&error),
        _ => Problem::EngineFailed { detail: text::clean(&format!("{error}: {words}"), 300) },
    }
}

/// A call that this version of snapperd does not have.
pub(super) fn is_unknown_method(error: &zbus::Error) -> bool {
    const NAMES: [&str; 2] = ["error.unknown_method", "org.freedesktop.DBus.Error.UnknownMethod"];
    match error {
        zbus::Error::MethodError(name, ..) => NAMES.contains(&name.as_str()),
        zbus::Error::FDO(error) => matches!(**error, zbus::fdo::Error::UnknownMethod(_)),
        _ => false,
    }
}
