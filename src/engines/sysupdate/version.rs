//! Versions as systemd-sysupdate names them, and the ids that Cairn makes of them.

use cairn_model::{DeploymentId, Problem};
use std::cmp::Ordering;
use uapi_version::Version;

/// So that an id holds it even where every letter has to be written in three.
const LONGEST: usize = 80;

/// Whether a word can be a version: letters, digits and what `version_is_valid` and `version_is_valid_versionspec` of systemd
/// allow beside them (src/basic/string-util.c).
pub(super) fn is_legal(word: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || ".,_-+~^".contains(c);
    !word.is_empty() && word.len() <= LONGEST && word.chars().all(legal)
}

/// As UAPI.10 orders them, which is how sysupdate finds the newest.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    Version::from(a).cmp(&Version::from(b)).then_with(|| a.cmp(b))
}

/// The word for a version where only letters, digits, dots and dashes may stand: `_` and two digits are any other sign.
pub(super) fn identity(version: &str) -> String {
    let mut word = String::new();
    for byte in version.bytes() {
        // No id begins with one of these, or has two dots in a row.
        let between = matches!(byte, b'-' | b'.') && !word.is_empty() && !(byte == b'.' && word.ends_with('.'));
        if byte.is_ascii_alphanumeric() || between {
            word.push(char::from(byte));
        } else {
            word.push_str(&format!("_{byte:02x}"));
        }
    }
    word
}

/// # Errors
/// [`Problem::InvalidArgument`] for what is no version.
pub(super) fn id(version: &str) -> Result<DeploymentId, Problem> {
    DeploymentId::new(identity(version))
}

/// The version behind such a word.
///
/// # Errors
/// [`Problem::InvalidArgument`] where there can be none.
pub(super) fn of_identity(word: &str) -> Result<String, Problem> {
    let no = || Problem::InvalidArgument { what: "version".into() };
    let mut version = Vec::new();
    let mut bytes = word.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'_' {
            version.push(byte);
            continue;
        }
        let digits = [bytes.next().ok_or_else(no)?, bytes.next().ok_or_else(no)?];
        let digits = std::str::from_utf8(&digits).map_err(|_| no())?;
        version.push(u8::from_str_radix(digits, 16).map_err(|_| no())?);
    }
    let version = String::from_utf8(version).map_err(|_| no())?;
    if is_legal(&version) && identity(&version) == word { Ok(version) } else { Err(no()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_has_one_word_and_back() {
        let longest = format!("1{}", "_".repeat(LONGEST - 1));
        for version in ["50.6", "20261121.0", "51~alpha", "1..2", "a_2b", "a+", "1,2^3", "1-2", ".5", "-1", "..", &longest] {
            let word = identity(version);
            assert!(is_legal(version), "{version}");
            assert_eq!(id(version).unwrap().as_str(), word);
            assert!(cairn_model::deployment::is_identity(&word), "{word}");
            assert_eq!(of_identity(&word).unwrap(), version);
        }
        assert_ne!(identity("a_2b"), identity("a+"));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for word in ["", "--root=/", "1/2", "1 2", "1\n", "ü", "$(x)", &"1".repeat(81)] {
            assert!(!is_legal(word), "{word:?}");
        }
        for word in ["", "_", "1_", "1_4", "1_zz", "1_61", "-1", ".1", "1_2d1", "1_+1", "a/b", "1_c3_bc"] {
            assert!(of_identity(word).is_err(), "{word:?}");
        }
    }

    #[test]
    fn the_newest_is_what_upstream_takes_for_it() {
        for (older, newer) in [("9", "10"), ("51~alpha", "51"), ("50.9", "50.10"), ("20261121.0", "20261122.0")] {
            assert_eq!(order(older, newer), Ordering::Less, "{older} {newer}");
        }
    }
}
