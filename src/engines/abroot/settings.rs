//! What the system follows, by ABRoot's own configuration.

use super::answer::{self, Settings};
use cairn_host::Host;
use cairn_model::{Problem, text};

const SYSTEM: &str = "/usr/share/abroot/abroot.json";
/// The administrator's, which goes above the system's key by key.
pub(super) const ADMIN: &str = "/etc/abroot/abroot.json";

/// Where updates come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) registry: String,
    /// `vanilla-os/desktop`.
    pub(super) name: String,
    pub(super) tag: String,
}

impl Source {
    /// `registry/name:tag`, as ABRoot writes it.
    pub(super) fn image(&self) -> String {
        format!("{}/{}:{}", self.registry, self.name, self.tag)
    }
}

/// # Errors
/// [`Problem::BadAnswer`] for a file that is no configuration, [`Problem::NoOrigin`] where none says what to follow.
pub(super) fn source(host: &Host) -> Result<Source, Problem> {
    let (system, admin) = (read(host, SYSTEM)?, read(host, ADMIN)?);
    let key = |word: &str, admin: Option<String>, system: Option<String>| {
        let value = admin.or(system).map(|value| text::line(&value)).filter(|value| !value.is_empty());
        value.ok_or_else(|| Problem::NoOrigin { detail: format!("{SYSTEM}: {word}") })
    };
    Ok(Source {
        registry: key("registry", admin.registry, system.registry)?,
        name: key("name", admin.name, system.name)?,
        tag: key("tag", admin.tag, system.tag)?,
    })
}

fn read(host: &Host, path: &str) -> Result<Settings, Problem> {
    let bad = |words: String| Problem::BadAnswer {
        tool: "abroot".into(),
        detail: text::line(&format!("{path}: {words}")),
    };
    match host.read(path) {
        Ok(None) => Ok(Settings::default()),
        Ok(Some(text)) => {
            answer::settings(text.as_bytes()).map_err(|p| bad(p.detail().unwrap_or_default().to_owned()))
        }
        Err(error) => Err(bad(error.to_string())),
    }
}
