//! Ids, refs and installations. Names follow flatpak's own rules (`flatpak_is_valid_name`, `flatpak_is_valid_branch`
//! in common/flatpak-ref-utils.c), so that nothing else ever reaches it.

use crate::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Longest id that D-Bus, and with it flatpak, allows.
const LONGEST: usize = 255;

/// `org.gnome.Maps`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct AppId(String);

impl AppId {
    /// # Errors
    /// [`Problem::InvalidArgument`] unless it has three or more parts of letters, digits and `_`, none beginning with
    /// a digit; `-` is allowed in the last.
    pub fn new(id: impl Into<String>) -> Result<Self, Problem> {
        let id = id.into();
        if is_valid(&id) { Ok(Self(id)) } else { Err(invalid(&id)) }
    }

    /// A valid id that no app has, for where one must stand and none is known.
    pub fn unknown() -> Self {
        Self("org.unknown.Unknown".into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_valid(id: &str) -> bool {
    let parts: Vec<&str> = id.split('.').collect();
    let last = parts.len() - 1;
    let part_is_valid = |(at, part): (usize, &&str)| {
        let first = part.chars().next();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || (c == '-' && at == last);
        first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || (c == '-' && at == last))
            && part.chars().all(allowed)
    };
    id.len() <= LONGEST && parts.len() >= 3 && parts.iter().enumerate().all(part_is_valid)
}

impl fmt::Display for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AppId {
    type Error = Problem;

    fn try_from(id: String) -> Result<Self, Problem> {
        Self::new(id)
    }
}

impl From<AppId> for String {
    fn from(id: AppId) -> Self {
        id.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RefKind {
    App,
    /// A runtime, or an extension such as an add-on or translations.
    Runtime,
}

/// `app/org.gnome.Maps/x86_64/stable`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Ref {
    pub kind: RefKind,
    pub id: AppId,
    pub arch: String,
    pub branch: String,
}

impl FromStr for Ref {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let parts: Vec<&str> = text.split('/').collect();
        let [kind, id, arch, branch] = parts[..] else { return Err(invalid(text)) };
        let kind = match kind {
            "app" => RefKind::App,
            "runtime" => RefKind::Runtime,
            _ => return Err(invalid(text)),
        };
        let word = |w: &str, more: &str| {
            !w.is_empty()
                && w.len() <= LONGEST
                && !w.starts_with(['-', '.'])
                && w.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        if !word(arch, "_") || !word(branch, "_-.") {
            return Err(invalid(text));
        }
        Ok(Self { kind, id: AppId::new(id)?, arch: arch.into(), branch: branch.into() })
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            RefKind::App => "app",
            RefKind::Runtime => "runtime",
        };
        write!(f, "{kind}/{}/{}/{}", self.id, self.arch, self.branch)
    }
}

impl TryFrom<String> for Ref {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        text.parse()
    }
}

impl From<Ref> for String {
    fn from(reference: Ref) -> Self {
        reference.to_string()
    }
}

/// Which installation: the person's own, or everybody's.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    #[default]
    User,
    System,
}

/// A remote of one installation: where an app comes from and for whom it is then there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    pub scope: Scope,
    pub remote: String,
}

fn invalid(text: &str) -> Problem {
    Problem::InvalidArgument { what: crate::text::line(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refs_read_back_as_written() {
        let text = "app/org.gnome.Maps/x86_64/stable";
        let reference: Ref = text.parse().unwrap();
        assert_eq!(reference.id.as_str(), "org.gnome.Maps");
        assert_eq!(reference.to_string(), text);
        let json = serde_json::to_string(&reference).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Ref>(&json).unwrap(), reference);
    }

    #[test]
    fn nothing_but_names_passes() {
        for good in ["org.gnome.Maps", "io.github.a_b.C-d", "org._3d.X"] {
            assert!(AppId::new(good).is_ok(), "{good}");
        }
        for bad in
            ["", "a.b", "org.gnome.", "org.3d.X", "org.a-b.C", "org.gnome.Maps/x", "--help.a.b", "org.a.é"]
        {
            assert!(AppId::new(bad).is_err(), "{bad}");
        }
        let long = format!("org.gnome.{}", "x".repeat(250));
        assert!(AppId::new(long).is_err());
        for bad in ["app/org.a.B/x86_64", "x/org.a.B/x86_64/1", "app/org.a.B/x86_64/-f", "app/org.a.B/../1"] {
            assert!(bad.parse::<Ref>().is_err(), "{bad}");
        }
    }
}
