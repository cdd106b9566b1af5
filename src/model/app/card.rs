//! What a list of apps shows of one.

use super::{AppId, Ref, Source};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One app of the catalogue. The same app of several sources is one card; `sources` has the preferred one first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    pub id: AppId,
    pub name: String,
    pub summary: String,
    /// Empty if nobody is named.
    pub developer: String,
    /// A PNG of 64 or 128 pixels, if the source brought one.
    pub icon: Option<PathBuf>,
    /// Where it can be had; empty for what is in no source that offers a download.
    pub sources: Vec<(Source, Ref)>,
    /// The developer's own, as the source has checked (Flathub's `flathub::verification::verified`).
    pub verified: bool,
    pub free: bool,
    /// The source says that nobody cares for it any more.
    pub end_of_life: bool,
}

/// The shelves of the Apps page. Each gathers categories of the desktop menu specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Graphics, AudioVideo's editors, 3D, photography, publishing.
    Create,
    /// Office, finance, mail, chat, project work, development.
    Work,
    /// Games.
    Play,
    /// Education, science.
    Learn,
    /// Watching and listening, reading: AudioVideo's players, news.
    Enjoy,
    /// Network: browsers, transfer, remote access.
    Connect,
    /// Utility, System, Settings.
    Tools,
    /// Development.
    Build,
}

impl Category {
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Work,
        Self::Play,
        Self::Learn,
        Self::Enjoy,
        Self::Connect,
        Self::Tools,
        Self::Build,
    ];
}
