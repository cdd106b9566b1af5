//! What is a fact about a distribution and not about its family: names, channels, where its release notes stand. Each is
//! a file of `data/distros`.

use cairn_host::Host;
use serde::Deserialize;
use std::sync::OnceLock;

const FILES: &[&str] = include!(concat!(env!("OUT_DIR"), "/distros.rs"));

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distro {
    /// What its os-release calls it: `ID` or `VARIANT_ID` (os-release(5)).
    pub ids: Vec<String>,
    pub name: String,
    /// The address of its release notes.
    pub notes: Option<String>,
    #[serde(default, rename = "origin")]
    pub origins: Vec<Origin>,
}

/// Something that is published in several channels.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What its channels have in common: an image without its tag, for example.
    pub of: String,
    pub name: String,
    /// The usual one first.
    pub channels: Vec<Channel>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    pub id: String,
    /// What people call it, where that is more than the origin's name and the id.
    pub name: Option<String>,
}

/// All that are known.
pub fn all() -> &'static [Distro] {
    static ALL: OnceLock<Vec<Distro>> = OnceLock::new();
    // A test proves that each can be read.
    ALL.get_or_init(|| FILES.iter().filter_map(|text| toml::from_str(text).ok()).collect())
}

/// What is published under that name.
pub fn origin(of: &str) -> Option<&'static Origin> {
    all().iter().flat_map(|distro| &distro.origins).find(|origin| origin.of == of)
}

/// The distribution that a machine runs.
pub fn of(host: &Host) -> Option<&'static Distro> {
    let words = ["VARIANT_ID", "ID"].map(|key| host.os_release(key).unwrap_or_default());
    words.iter().find_map(|word| all().iter().find(|distro| distro.ids.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::TargetId;

    #[test]
    fn every_file_can_be_read_and_used() {
        assert_eq!(all().len(), FILES.len());
        for text in FILES {
            let distro: Distro = toml::from_str(text).unwrap();
            assert!(!distro.ids.is_empty() && !distro.name.is_empty());
            assert!(distro.notes.is_none_or(|notes| notes.starts_with("https://")));
            for origin in &distro.origins {
                assert!(TargetId::new(&origin.of).is_ok() && !origin.channels.is_empty(), "{origin:?}");
                assert!(
                    origin.channels.iter().all(|channel| TargetId::new(&channel.id).is_ok()),
                    "{origin:?}"
                );
            }
        }
        assert_eq!(origin("ghcr.io/ublue-os/aurora").map(|o| o.name.as_str()), Some("Aurora"));
    }
}
