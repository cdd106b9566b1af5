//! Parts beside the system's own image: features that its makers offer, and extension images that lie on this computer.

use crate::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names a part. The engine offers parts; a wish can name one of those and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct ExtraId(String);

impl ExtraId {
    /// Longest id that is accepted, in bytes.
    pub const MAX: usize = 128;

    /// Accepts letters, digits and `.+_-`, beginning with a letter or a digit.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] for anything else.
    pub fn new(text: impl Into<String>) -> Result<Self, Problem> {
        let text = text.into();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '_' | '-');
        let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if !first || text.len() > Self::MAX || !text.chars().all(legal) || text.contains("..") {
            return Err(Problem::InvalidArgument { what: "extra".into() });
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ExtraId {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::new(text)
    }
}

impl From<ExtraId> for String {
    fn from(id: ExtraId) -> Self {
        id.0
    }
}

impl fmt::Display for ExtraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExtraKind {
    /// Comes with the system's updates from then on; the next update brings or takes it.
    Feature,
    /// An image that is laid over the system (systemd-sysext).
    Extension,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Extra {
    pub id: ExtraId,
    pub kind: ExtraKind,
    /// What people call it; the id where nobody has a better word.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Where its makers say more, an address of the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub enabled: bool,
    /// The person may turn it on and off here.
    pub changeable: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_an_allow_list() {
        for good in ["devel", "nvidia-driver", "gnomeos-sysext_1.2"] {
            assert!(ExtraId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "a/b", "a..b", "a b", "ü", &"x".repeat(129)] {
            assert!(ExtraId::new(bad).is_err(), "{bad:?}");
        }
    }
}
