//! Errors of flatpak, GIO and OSTree → problems, by domain and code.

use cairn_model::{Problem, text};
use libflatpak::gio::{DBusError, IOErrorEnum, ResolverError, TlsError};
use libflatpak::glib;
use libflatpak::glib::error::ErrorDomain;

/// `about` is the app, runtime or remote that the failed call was about.
pub(crate) fn problem(error: &glib::Error, about: &str) -> Problem {
    let detail = text::line(error.message());
    if let Some(kind) = error.kind::<libflatpak::Error>() {
        return of_flatpak(kind, detail, about);
    }
    if let Some(kind) = error.kind::<IOErrorEnum>() {
        return of_io(kind, detail);
    }
    if let Some(kind) = error.kind::<Signature>() {
        return match kind {
            Signature::Missing => Problem::Unsigned { detail },
            Signature::Wrong => Problem::BadSignature { detail },
        };
    }
    if error.is::<ResolverError>() || error.is::<TlsError>() {
        return Problem::Network { detail };
    }
    if error.kind::<Http>().is_some() {
        return Problem::NotAuthorized;
    }
    match error.kind::<DBusError>() {
        Some(DBusError::AccessDenied | DBusError::AuthFailed) => Problem::NotAuthorized,
        Some(DBusError::ServiceUnknown | DBusError::NoReply | DBusError::SpawnServiceNotFound) => {
            Problem::ServiceMissing { detail }
        }
        _ => Problem::EngineFailed { detail },
    }
}

fn of_flatpak(kind: libflatpak::Error, detail: String, about: &str) -> Problem {
    use libflatpak::Error as E;
    let id = about.to_owned();
    match kind {
        E::AlreadyInstalled | E::DifferentRemote => Problem::AppInstalled { id },
        E::NotInstalled => Problem::AppNotInstalled { id },
        E::RefNotFound => Problem::AppNotFound { id },
        E::RemoteNotFound => Problem::NotFound { what: id },
        E::RuntimeNotFound => Problem::RuntimeMissing { runtime: detail },
        E::RemoteUsed => Problem::RemoteInUse { name: id, apps: 0 },
        E::NeedNewFlatpak => Problem::NotSupported { what: detail },
        E::PermissionDenied => Problem::AppForbidden { id },
        // Going back needs an administrator before flatpak 1.19, whose helper knows no way to ask.
        E::NotAuthorized | E::AuthenticationFailed | E::WrongUser | E::Downgrade => Problem::NotAuthorized,
        E::InvalidRef | E::InvalidName => Problem::InvalidArgument { what: detail },
        E::InvalidData => Problem::Corrupt { detail },
        E::Untrusted => Problem::BadSignature { detail },
        E::NotCached => Problem::Network { detail },
        E::OutOfSpace => no_space(),
        _ => Problem::EngineFailed { detail },
    }
}

fn of_io(kind: IOErrorEnum, detail: String) -> Problem {
    use IOErrorEnum as E;
    match kind {
        E::Cancelled => Problem::Cancelled,
        E::NoSpace => no_space(),
        E::HostNotFound
        | E::HostUnreachable
        | E::NetworkUnreachable
        | E::TimedOut
        | E::ConnectionRefused
        | E::BrokenPipe
        | E::PartialInput
        | E::ProxyFailed => Problem::Network { detail },
        E::PermissionDenied | E::ReadOnly => Problem::NotAuthorized,
        // A repository that names what it does not have.
        E::NotFound | E::InvalidData => Problem::Corrupt { detail },
        E::Busy | E::WouldBlock => Problem::BusyElsewhere,
        E::NotSupported => Problem::NotSupported { what: detail },
        _ => uncoded(detail),
    }
}

/// libostree gives these no code of their own; the words are not translated there.
fn uncoded(detail: String) -> Problem {
    let says = |words: &str| detail.contains(words);
    if says("min-free-space") {
        no_space()
    } else if says("Corrupted ") || says("checksum expected") || says("Unexpected EOF") {
        Problem::Corrupt { detail }
    } else if says("While fetching ") || says("Server returned HTTP") {
        Problem::Network { detail }
    } else {
        Problem::EngineFailed { detail }
    }
}

/// Sizes are filled in by who knows the file system.
fn no_space() -> Problem {
    Problem::NoSpace { mount: String::new(), needed: 0, free: 0, missing: 0 }
}

/// `OstreeGpgError` of libostree's ostree-gpg-verify-result.h.
#[derive(Clone, Copy, Debug)]
enum Signature {
    Missing,
    Wrong,
}

impl ErrorDomain for Signature {
    fn domain() -> glib::Quark {
        glib::Quark::from_str("OstreeGpgError")
    }

    fn code(self) -> i32 {
        match self {
            Self::Missing => 0,
            Self::Wrong => 1,
        }
    }

    fn from(code: i32) -> Option<Self> {
        Some(if code == 0 { Self::Missing } else { Self::Wrong })
    }
}

/// `FlatpakHttpError` of flatpak's flatpak-utils-http-private.h; only "unauthorized" ever leaves the library.
#[derive(Clone, Copy, Debug)]
struct Http;

impl ErrorDomain for Http {
    fn domain() -> glib::Quark {
        glib::Quark::from_str("flatpak_http_error")
    }

    fn code(self) -> i32 {
        1
    }

    fn from(code: i32) -> Option<Self> {
        (code == 1).then_some(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide() {
        let said = |error: glib::Error| problem(&error, "org.a.B").code();
        for (kind, code) in [
            (libflatpak::Error::AlreadyInstalled, "app-installed"),
            (libflatpak::Error::NotInstalled, "app-not-installed"),
            (libflatpak::Error::RefNotFound, "app-not-found"),
            (libflatpak::Error::RuntimeNotFound, "runtime-missing"),
            (libflatpak::Error::NeedNewFlatpak, "not-supported"),
            (libflatpak::Error::PermissionDenied, "app-forbidden"),
            (libflatpak::Error::WrongUser, "not-authorized"),
            (libflatpak::Error::Downgrade, "not-authorized"),
            (libflatpak::Error::OutOfSpace, "no-space"),
            (libflatpak::Error::Skipped, "engine-failed"),
        ] {
            assert_eq!(said(glib::Error::new(kind, "x")), code, "{kind:?}");
        }
        for (kind, code) in [
            (IOErrorEnum::Cancelled, "cancelled"),
            (IOErrorEnum::NoSpace, "no-space"),
            (IOErrorEnum::HostNotFound, "network"),
            (IOErrorEnum::TimedOut, "network"),
            (IOErrorEnum::PermissionDenied, "not-authorized"),
            (IOErrorEnum::Failed, "engine-failed"),
        ] {
            assert_eq!(said(glib::Error::new(kind, "x")), code, "{kind:?}");
        }
        assert_eq!(said(glib::Error::new(Signature::Missing, "x")), "unsigned");
        assert_eq!(said(glib::Error::new(Signature::Wrong, "x")), "bad-signature");
        assert_eq!(said(glib::Error::new(DBusError::AccessDenied, "x")), "not-authorized");
        let corrupt = glib::Error::new(IOErrorEnum::Failed, "Corrupted file object; checksum expected='a'");
        assert_eq!(said(corrupt), "corrupt");
    }

    #[test]
    fn details_are_clean() {
        let error = glib::Error::new(IOErrorEnum::HostNotFound, "a\u{1b}[31m\nb");
        assert_eq!(problem(&error, ""), Problem::Network { detail: "a[31m b".into() });
    }
}
