//! What systemd-sysupdate answers, by itself or through its service (systemd: src/sysupdate/sysupdate.c).
//!
//! What decides has to be there and of its type; other keys may come and go.

use super::version;
use cairn_model::{Problem, text};
use serde::de::DeserializeOwned;
use serde::Deserialize;

/// More versions than any system keeps or offers.
const MOST: usize = 200;
const TOOL: &str = "systemd-sysupdate";

#[derive(Deserialize)]
struct List {
    all: Vec<String>,
}

/// The answer to `check-new`.
#[derive(Deserialize)]
struct New {
    /// Null where there is nothing new; without the key it is no answer.
    #[serde(deserialize_with = "Option::deserialize")]
    available: Option<String>,
}

/// One version, as `list VERSION` and the method `Describe` tell it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[allow(clippy::struct_excessive_bools)]
pub struct Described {
    pub version: String,
    /// At least a part of it lies here.
    pub installed: bool,
    /// The origin has it.
    #[serde(default)]
    pub available: bool,
    /// A transfer file says that it must stay.
    #[serde(default)]
    pub protected: bool,
    /// Parts of it are missing.
    #[serde(default)]
    pub incomplete: bool,
    /// Older than the oldest that a transfer file allows.
    #[serde(default)]
    pub obsolete: bool,
    /// Being fetched (260 and newer).
    #[serde(default)]
    partial: bool,
    /// Fetched and not put in place (260 and newer).
    #[serde(default)]
    pending: bool,
}

impl Described {
    /// It lies where versions belong, whole or not.
    pub fn is_here(&self) -> bool {
        self.installed && !self.partial && !self.pending
    }

    /// It lies there with all of its parts.
    pub fn is_whole(&self) -> bool {
        self.is_here() && !self.incomplete
    }
}

/// The versions of `list`, each once, the newest first.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn list(json: &str) -> Result<Vec<String>, Problem> {
    versions(read::<List>(json)?.all)
}

/// Versions as they were told: each is one, and there are not too many.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn versions(mut all: Vec<String>) -> Result<Vec<String>, Problem> {
    if all.len() > MOST {
        return Err(bad(&format!("{} versions", all.len())));
    }
    for one in &all {
        checked(one)?;
    }
    all.sort_by(|a, b| version::order(b, a));
    all.dedup();
    Ok(all)
}

/// What is told of the version that was asked about.
///
/// # Errors
/// [`Problem::BadAnswer`], also where the answer is about another version.
pub fn described(asked: &str, json: &str) -> Result<Described, Problem> {
    let described: Described = read(json)?;
    if described.version == asked {
        Ok(described)
    } else {
        Err(bad(&format!("asked about {asked} and told about {}", described.version)))
    }
}

/// The newest version on offer that is not here, if there is one.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn new(json: &str) -> Result<Option<String>, Problem> {
    offered(read::<New>(json)?.available.unwrap_or_default())
}

/// The same as the service says it, where an empty word is none.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn offered(found: String) -> Result<Option<String>, Problem> {
    if found.is_empty() {
        return Ok(None);
    }
    checked(&found)?;
    Ok(Some(found))
}

fn checked(found: &str) -> Result<(), Problem> {
    if version::is_legal(found) { Ok(()) } else { Err(bad(&format!("not a version: {found}"))) }
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Problem> {
    serde_json::from_str(json).map_err(|e| bad(&e.to_string()))
}

fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: TOOL.into(), detail: text::clean(detail, 200) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_as_versions() {
        let all = list(r#"{"current+pending":"9","all":["9","10","10","9.1"],"appstreamUrls":[]}"#).unwrap();
        assert_eq!(all, ["10", "9.1", "9"]);
        assert_eq!(list(r#"{"current":null,"all":[]}"#).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn nothing_new_is_told_apart_from_no_answer() {
        assert_eq!(new(r#"{"available":null}"#).unwrap(), None);
        assert_eq!(new(r#"{"available":"3"}"#).unwrap().as_deref(), Some("3"));
        for json in ["{}", "", r#"{"available":3}"#, r#"{"available":"../3"}"#, "[]"] {
            assert_eq!(new(json).unwrap_err().code(), "bad-answer", "{json}");
        }
    }

    #[test]
    fn a_version_that_is_only_fetched_is_not_here() {
        let one = |more: &str| described("1", &format!(r#"{{"version":"1","installed":true{more}}}"#)).unwrap();
        assert!(one("").is_whole());
        assert!(one(r#","incomplete":true"#).is_here() && !one(r#","incomplete":true"#).is_whole());
        assert!(!one(r#","pending":true"#).is_here());
        assert!(!one(r#","partial":true"#).is_here());
        assert!(described("2", r#"{"version":"1","installed":true}"#).is_err());
        assert!(described("1", r#"{"version":"1"}"#).is_err());
        assert!(described("1", r#"{"version":"1","installed":true,"protected":null}"#).is_err());
    }
}
