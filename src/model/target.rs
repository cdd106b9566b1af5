//! What a system can follow instead of what it follows now: another branch, image, channel or track.

use crate::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names a target. The engine offers targets; a wish can name one of those and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct TargetId(String);

impl TargetId {
    /// Longest id that is accepted, in bytes.
    pub const MAX: usize = 256;

    /// Accepts letters, digits and `.:/@+_-`, beginning with a letter or a digit.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] for anything else.
    pub fn new(text: impl Into<String>) -> Result<Self, Problem> {
        let text = text.into();
        let legal =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '/' | '@' | '+' | '_' | '-');
        let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if !first || text.len() > Self::MAX || !text.chars().all(legal) || text.contains("..") {
            return Err(Problem::InvalidArgument { what: "target".into() });
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TargetId {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::new(text)
    }
}

impl From<TargetId> for String {
    fn from(id: TargetId) -> Self {
        id.0
    }
}

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that the system could follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    pub id: TargetId,
    /// What people call it; the id where nobody has a better word.
    pub name: String,
    /// What the system follows now.
    pub current: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_an_allow_list() {
        for good in ["fedora:fedora/44/x86_64/silverblue", "ghcr.io/ublue-os/bluefin:stable", "nixos-25.11"] {
            assert!(TargetId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "/etc/passwd", "a b", "a/../b", "a\nb", "a;b", "ü"] {
            assert!(TargetId::new(bad).is_err(), "{bad:?}");
        }
    }
}
