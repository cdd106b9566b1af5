//! What rpm-ostreed's errors mean, by their names.

use crate::bus::Refusal;
use cairn_model::{Problem, text};

/// Error name of D-Bus → what it means (rpm-ostree: src/daemon/rpmostreed-errors.cxx). Errors of GIO have no name of their own:
/// GLib spells their quark, and the number is that of `GIOErrorEnum`.
pub(super) fn of(refusal: Refusal) -> Problem {
    let (error, words) = match refusal {
        Refusal::Said { error, words } => (error, words),
        Refusal::Other(problem) => return problem,
    };
    let detail = text::line(&words);
    match error.as_str() {
        "org.projectatomic.rpmostreed.Error.UpdateInProgress"
        | "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code26" => Problem::BusyElsewhere,
        "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code19" => Problem::Cancelled,
        "org.projectatomic.rpmostreed.Error.NotAuthorized" | "org.freedesktop.DBus.Error.AccessDenied" => {
            Problem::NotAuthorized
        }
        "org.projectatomic.rpmostreed.Error.InvalidRefspec" => Problem::NoOrigin { detail },
        _ => Problem::EngineFailed { detail },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_and_words_do_not() {
        let said = |error: &str| {
            of(Refusal::Said { error: error.into(), words: "Transaction in progress".into() }).code()
        };
        let busy = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code26";
        assert_eq!(said(busy), "busy-elsewhere");
        assert_eq!(said("org.freedesktop.DBus.Error.AccessDenied"), "not-authorized");
        assert_eq!(said("org.projectatomic.rpmostreed.Error.InvalidRefspec"), "no-origin");
        assert_eq!(said("org.projectatomic.rpmostreed.Error.Failed"), "engine-failed");
    }
}
