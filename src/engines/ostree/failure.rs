//! What libostree's errors mean.
//!
//! Most of them come as `G_IO_ERROR_FAILED` with an English sentence (the library does not translate), so after
//! the typed domains the sentence has to tell. Whatever is not known stays [`Problem::EngineFailed`] with the words.

use cairn_model::{Problem, text};
use ostree::gio::IOErrorEnum;
use ostree::glib;
use std::io;

/// ostree: src/libostree/ostree-gpg-verify-result.h, `OSTREE_GPG_ERROR_NO_SIGNATURE` and `_MISSING_KEY`.
const NO_SIGNATURE: i32 = 0;
const MISSING_KEY: i32 = 2;

/// The problem behind an error of libostree or GIO.
pub(super) fn of(error: &glib::Error) -> Problem {
    let detail = text::line(error.message());
    if error.domain() == ostree::gpg_error_quark() {
        return match error_code(error) {
            NO_SIGNATURE | MISSING_KEY => Problem::Unsigned { detail },
            _ => Problem::BadSignature { detail },
        };
    }
    match error.kind::<IOErrorEnum>() {
        Some(IOErrorEnum::Cancelled) => Problem::Cancelled,
        Some(IOErrorEnum::NoSpace) => no_space(),
        // What does not decompress or ends too early was damaged on its way.
        Some(IOErrorEnum::InvalidData | IOErrorEnum::PartialInput) => Problem::Corrupt { detail },
        Some(
            IOErrorEnum::HostNotFound
            | IOErrorEnum::HostUnreachable
            | IOErrorEnum::NetworkUnreachable
            | IOErrorEnum::ConnectionRefused
            | IOErrorEnum::TimedOut,
        ) => Problem::Network { detail },
        _ => by_sentence(detail),
    }
}

/// The problem behind an error of the system.
pub(super) fn io(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull => no_space(),
        _ => Problem::EngineFailed { detail: text::line(&error.to_string()) },
    }
}

/// Sizes are filled in by who knows the file system.
fn no_space() -> Problem {
    Problem::NoSpace { mount: String::new(), needed: 0, free: 0, missing: 0 }
}

fn error_code(error: &glib::Error) -> i32 {
    (NO_SIGNATURE..=5).find(|code| error.matches(GpgError(*code))).unwrap_or(-1)
}

/// Only there to ask a `glib::Error` for its code in the domain of signatures.
#[derive(Clone, Copy)]
struct GpgError(i32);

impl glib::error::ErrorDomain for GpgError {
    fn domain() -> glib::Quark {
        ostree::gpg_error_quark()
    }
    fn code(self) -> i32 {
        self.0
    }
    fn from(code: i32) -> Option<Self> {
        Some(Self(code))
    }
}

/// Makes a problem of the words.
type Meaning = fn(String) -> Problem;

/// Part of a sentence of libostree → what it means; the first that fits.
const SENTENCES: [(&str, Meaning); 22] = [
    ("min-free-space", |_| no_space()),
    ("No space left on device", |_| no_space()),
    ("would be exceeded", |_| no_space()),
    ("chronologically older", |_| Problem::Older { version: String::new(), running: String::new() }),
    ("no signatures found", |detail| Problem::Unsigned { detail }),
    ("no signature", |detail| Problem::Unsigned { detail }),
    ("public key not found", |detail| Problem::Unsigned { detail }),
    ("BAD signature", |detail| Problem::BadSignature { detail }),
    ("signature", |detail| Problem::BadSignature { detail }),
    ("Corrupted", |detail| Problem::Corrupt { detail }),
    ("checksum", |detail| Problem::Corrupt { detail }),
    ("decompress", |detail| Problem::Corrupt { detail }),
    ("Invalid compressed data", |detail| Problem::Corrupt { detail }),
    ("HTTP", |detail| Problem::Network { detail }),
    ("curl", |detail| Problem::Network { detail }),
    ("connect to", |detail| Problem::Network { detail }),
    ("resolve host", |detail| Problem::Network { detail }),
    ("While fetching", |detail| Problem::Network { detail }),
    ("No remote", |detail| Problem::NoOrigin { detail }),
    ("nvalid", |detail| Problem::Corrupt { detail }),
    ("early end", |detail| Problem::Corrupt { detail }),
    ("Unexpected EOF", |detail| Problem::Corrupt { detail }),
];

fn by_sentence(detail: String) -> Problem {
    let known = SENTENCES.iter().find(|(part, _)| detail.contains(part));
    match known {
        Some((_, problem)) => problem(detail),
        None => Problem::EngineFailed { detail },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_libostree_are_understood() {
        let cases = [
            ("min-free-space-percent '3%' would be exceeded, at least 1 MB requested", "no-space"),
            ("Upgrade target revision 'x' with timestamp 'y' is chronologically older", "older"),
            ("GPG verification enabled, but no signatures found (use gpg-verify=false)", "unsigned"),
            ("Corrupted file object; checksum expected='a' actual='b'", "corrupt"),
            ("Writing content object: Unexpected EOF with 12/345 bytes remaining", "corrupt"),
            ("While fetching http://x/y: Server returned HTTP 503", "network"),
            ("While fetching http://x/y: [7] Could not connect to server", "network"),
            ("something new", "engine-failed"),
        ];
        for (sentence, code) in cases {
            let error = glib::Error::new(IOErrorEnum::Failed, sentence);
            assert_eq!(of(&error).code(), code, "{sentence}");
        }
    }

    #[test]
    fn domains_come_before_sentences() {
        assert_eq!(of(&glib::Error::new(IOErrorEnum::Cancelled, "HTTP")), Problem::Cancelled);
        assert_eq!(of(&glib::Error::new(GpgError(0), "x")).code(), "unsigned");
        assert_eq!(of(&glib::Error::new(GpgError(1), "x")).code(), "bad-signature");
    }
}
