//! One component as it was read; every string is clean already.

use super::locale::Rank;
use cairn_model::Seconds;
use cairn_model::app::details::{Block, Intensity, Link, Release, Screenshot};

/// What a component is; others are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Desktop,
    Web,
    Console,
    AddOn,
}

/// A text in the best language that was met so far.
#[derive(Debug, Default)]
pub(crate) struct Translated<T> {
    /// In the person's language, or else untranslated.
    pub(crate) best: T,
    /// Untranslated; also people of another language search for it.
    pub(crate) plain: T,
    rank: Option<Rank>,
}

impl<T: Clone> Translated<T> {
    pub(super) fn offer(&mut self, rank: Rank, value: T) {
        if rank == Rank::UNTRANSLATED {
            self.plain = value.clone();
        }
        if self.rank.is_none_or(|known| known < rank) {
            self.rank = Some(rank);
            self.best = value;
        }
    }

    pub(super) fn wants(&self, rank: Rank) -> bool {
        self.rank.is_none_or(|known| known < rank) || rank == Rank::UNTRANSLATED
    }
}

#[derive(Debug, Default)]
pub(crate) struct Component {
    /// A valid [`cairn_model::app::AppId`].
    pub(crate) id: String,
    /// A valid [`cairn_model::app::Ref`]; empty where the source offers no download.
    pub(crate) reference: String,
    pub(crate) kind: Kind,
    pub(crate) name: Translated<String>,
    pub(crate) summary: Translated<String>,
    pub(crate) developer: Translated<String>,
    pub(crate) description: Vec<Block>,
    pub(crate) keywords: Translated<Vec<String>>,
    pub(crate) categories: Vec<String>,
    pub(crate) license: String,
    pub(crate) releases: Vec<Release>,
    pub(crate) screenshots: Vec<Screenshot>,
    pub(crate) links: Vec<Link>,
    /// A file name, for the folders of the sizes below.
    pub(crate) icon: String,
    pub(crate) color_light: Option<String>,
    pub(crate) color_dark: Option<String>,
    pub(crate) content: Vec<(String, Intensity)>,
    /// There is a statement about the content, even if it names nothing.
    pub(crate) rated: bool,
    pub(crate) runtime: Option<String>,
    pub(crate) extends: Vec<String>,
    /// Other ids by which it is known.
    pub(crate) aliases: Vec<String>,
    /// How many languages it speaks, as far as the catalogue lets one see.
    pub(crate) languages: u16,
    pub(crate) verified: bool,
    pub(crate) end_of_life: bool,
}

impl Component {
    /// When its newest release was made.
    pub(crate) fn released(&self) -> Option<Seconds> {
        self.releases.iter().filter_map(|r| r.date).max()
    }
}
