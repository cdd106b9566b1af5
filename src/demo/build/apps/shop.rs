//! The apps of the remote as data: `shop/NAME.toml` says what an app is, `shop/NAME.svg` is its icon.

use crate::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Each app's text and drawing, as the folder had them when this was compiled.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shop.rs"));

/// One app with all its releases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct App {
    pub id: String,
    pub developer: String,
    /// An SPDX expression.
    pub license: String,
    /// Of the desktop menu specification.
    pub categories: Vec<String>,
    /// The developer's own.
    #[serde(default)]
    pub verified: bool,
    /// `#rrggbb` for light and dark backgrounds.
    pub colors: [String; 2],
    /// Kind of address (`homepage`, `bugtracker`…) and address.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// OARS 1.1: attribute and how much.
    #[serde(default)]
    pub rating: BTreeMap<String, String>,
    #[serde(default)]
    pub permissions: Permissions,
    /// Kilobytes that no compressor shrinks.
    #[serde(default)]
    pub payload: usize,
    /// Which mock window its pictures show; none, no pictures.
    #[serde(default)]
    pub screen: Option<Screen>,
    /// By language; `en` is there.
    pub text: BTreeMap<String, Text>,
    /// Newest first; each is one commit.
    #[serde(rename = "release")]
    pub releases: Vec<Release>,
    #[serde(default, rename = "add-on")]
    pub add_ons: Vec<AddOn>,
    /// Where it is in a new world; nowhere if nothing is said.
    #[serde(default)]
    pub installed: Option<Installed>,
    /// The icon as SVG.
    #[serde(skip)]
    pub drawing: &'static str,
}

/// How an app is installed in a new world.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Installed {
    /// For the person alone, not for everybody.
    #[serde(default)]
    pub user: bool,
    /// In the release before the newest.
    #[serde(default)]
    pub older: bool,
    /// Kilobytes of data that the person has in it.
    #[serde(default)]
    pub data: usize,
    /// Add-ons that are there, too.
    #[serde(default)]
    pub add_ons: Vec<String>,
}

/// What the pictures of an app show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Screen {
    Gallery,
    Document,
    List,
    Player,
    Chart,
    Game,
}

/// Words about an app in one language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub name: String,
    pub summary: String,
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Paragraphs with empty lines between them; lines that begin with `- ` or `1. ` are lists.
    #[serde(default)]
    pub description: String,
    /// One for each picture.
    #[serde(default)]
    pub captions: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Release {
    pub version: String,
    /// `YYYY-MM-DD`
    pub date: String,
    /// By language, in the form of [`Text::description`].
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
    /// Where it has others than the app.
    #[serde(default)]
    pub permissions: Option<Permissions>,
    /// Why nobody cares for the app from this release on.
    #[serde(default)]
    pub end_of_life: Option<String>,
    /// The id that takes its place from this release on.
    #[serde(default)]
    pub rebase: Option<String>,
    /// The server lacks a part of it.
    #[serde(default)]
    pub broken: bool,
}

/// As in flatpak-metadata(5): values of `[Context]`, and names of the bus policies.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Permissions {
    pub shared: String,
    pub sockets: String,
    pub devices: String,
    pub features: String,
    pub filesystems: String,
    pub talk: Vec<String>,
    pub system_talk: Vec<String>,
}

/// An extension of an app that people choose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddOn {
    /// The last part of its id, below `APP.Plugin`.
    pub part: String,
    pub payload: usize,
    pub text: BTreeMap<String, Text>,
}

impl App {
    /// The last part of the id, as the command and the folders are called.
    pub fn word(&self) -> String {
        self.id.rsplit('.').next().unwrap_or(&self.id).to_lowercase()
    }

    pub fn english(&self) -> &Text {
        static NONE: Text = Text {
            name: String::new(),
            summary: String::new(),
            keywords: Vec::new(),
            description: String::new(),
            captions: Vec::new(),
        };
        self.text.get("en").unwrap_or(&NONE)
    }

    /// Languages beside English.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.text.keys().map(String::as_str).filter(|l| *l != "en")
    }

    pub fn permissions_of<'a>(&'a self, release: &'a Release) -> &'a Permissions {
        release.permissions.as_ref().unwrap_or(&self.permissions)
    }
}

/// All apps, by file name.
///
/// # Errors
/// When a file is not as [`App`] wants it.
pub fn all() -> Result<Vec<App>> {
    let read = |(text, drawing): &(&str, &'static str)| {
        let wrong = |why: String| Error::Shop(format!("{}: {why}", text.lines().next().unwrap_or_default()));
        let mut app: App = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        if app.releases.is_empty() || app.english().name.is_empty() {
            return Err(wrong("it has no release or no English name".into()));
        }
        app.drawing = drawing;
        Ok(app)
    };
    FILES.iter().map(read).collect()
}

/// What the files are, as one number for the stamp.
pub(super) fn fingerprint() -> u64 {
    let mut hash = std::hash::DefaultHasher::new();
    std::hash::Hash::hash(FILES, &mut hash);
    std::hash::Hasher::finish(&hash)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    #[test]
    fn every_app_has_its_words_and_an_id_of_its_own() {
        let apps = super::all().unwrap();
        let ids: BTreeSet<_> = apps.iter().map(|a| a.id.to_lowercase()).collect();
        assert_eq!(ids.len(), apps.len());
        for app in &apps {
            for language in ["en", "de", "fr"] {
                let text = app.text.get(language).unwrap_or_else(|| panic!("{}: no {language}", app.id));
                assert!(!text.name.is_empty() && !text.summary.is_empty(), "{}", app.id);
                assert!(text.description.split("\n\n").count() > 1, "{} in {language}", app.id);
            }
            assert!(app.drawing.contains("<svg"), "{}", app.id);
            let dates: Vec<_> = app.releases.iter().map(|r| &r.date).collect();
            assert!(dates.is_sorted_by(|newer, older| newer > older), "{}", app.id);
            for text in app.text.values().filter(|t| app.screen.is_some() && !t.captions.is_empty()) {
                assert_eq!(text.captions.len(), 3, "{}", app.id);
            }
        }
    }
}
