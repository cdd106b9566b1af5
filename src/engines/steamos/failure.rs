//! What the errors of the service mean. Names decide; words are kept for people.

use crate::bus::Refusal;
use cairn_model::{Problem, text};
use std::io;

/// A check that failed on its way to the server (atomupd: au-atomupd1-impl.c).
const RETRY: &str = "com.steampowered.Atomupd1.Error.MaybeRetryError";

pub(super) fn of(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Said { error, words } => named(&error, &words),
        other => other.into(),
    }
}

/// The problem behind the name of a D-Bus error.
pub(super) fn named(error: &str, words: &str) -> Problem {
    let detail = text::line(words);
    match error {
        RETRY => Problem::Network { detail },
        "org.freedesktop.DBus.Error.AccessDenied" => Problem::NotAuthorized,
        _ => Problem::EngineFailed { detail: text::clean(&format!("{error}: {detail}"), text::LINE) },
    }
}

pub(super) fn io(error: &io::Error) -> Problem {
    Problem::EngineFailed { detail: text::line(&error.to_string()) }
}
