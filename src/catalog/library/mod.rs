//! Every index of this computer, opened together.
//!
//! - [`open`]: finding, building and opening files
//! - [`merge`]: the same app of several sources becomes one entry
//! - [`card`]: what is shown of one
//! - [`choice`]: shelves and suggestions
//! - [`last`]: the sources of the last time, so that a window has something to show at once

mod card;
mod choice;
mod last;
mod merge;
mod open;

use crate::index::{Flags, Index, Record};
use crate::search;
use cairn_model::app::Source;
use merge::Merged;
pub use open::build;
use std::path::PathBuf;

/// An app of the library that gave it out; means nothing to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry(pub(crate) u32);

/// Every index that is there, opened together; the same app of several sources is one entry.
#[derive(Debug, Default)]
pub struct Library {
    shelves: Vec<Shelf>,
    entries: Merged,
    locale: String,
    complete: bool,
}

/// One source and its index.
#[derive(Debug)]
struct Shelf {
    source: Source,
    icons: PathBuf,
    index: Index,
}

impl Library {
    /// Every source has a current index.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// How many apps there are; add-ons are not counted.
    pub fn len(&self) -> usize {
        self.entries.apps
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The app or add-on of this id; also with `.desktop`, as `appstream://ID`, and by an id it had before.
    pub fn find(&self, id: &str) -> Option<Entry> {
        let id = id.trim().strip_prefix("appstream:").unwrap_or(id.trim()).trim_start_matches('/');
        let plain = id.strip_suffix(".desktop").unwrap_or(id);
        self.entries.find(&self.shelves, plain).or_else(|| {
            let mut shelves = self.shelves.iter().enumerate();
            shelves.find_map(|(number, shelf)| {
                shelf.index.alias(plain).and_then(|component| self.entries.of(number, component))
            })
        })
    }

    /// Empty for an entry of another library.
    pub fn id(&self, entry: Entry) -> &str {
        self.first(entry).map_or("", |(shelf, record)| shelf.index.id(&record))
    }

    /// Empty for an entry of another library.
    pub fn name(&self, entry: Entry) -> &str {
        self.first(entry).map_or("", |(shelf, record)| shelf.index.name(&record))
    }

    /// What answers to the query, best first. The last word may be half typed.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Entry> {
        search::search(self, query, limit)
    }

    /// The preferred source of an entry, and what it says.
    fn first(&self, entry: Entry) -> Option<(&Shelf, Record)> {
        let (number, component) = self.entries.slots(entry).first().copied()?;
        let shelf = self.shelves.get(usize::from(number))?;
        Some((shelf, shelf.index.record(component)))
    }

    /// The record that lists go by.
    pub(crate) fn record(&self, entry: Entry) -> Record {
        self.first(entry).map(|(_, record)| record).unwrap_or_default()
    }

    /// The name as it is compared.
    pub(crate) fn folded(&self, entry: Entry) -> &str {
        self.first(entry).map_or("", |(shelf, record)| shelf.index.folded(&record))
    }

    pub(crate) fn locale(&self) -> &str {
        &self.locale
    }

    /// The indexes, each with the entry of every component.
    pub(crate) fn indexes(&self) -> impl Iterator<Item = (&Index, &[u32])> {
        self.shelves.iter().enumerate().map(|(number, shelf)| (&shelf.index, self.entries.of_shelf(number)))
    }

    /// Entries, add-ons among them.
    pub(crate) fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Entries that lists show: no add-ons.
    fn apps(&self) -> impl Iterator<Item = (Entry, Record)> {
        let all = (0..self.entries.len() as u32).map(|n| (Entry(n), self.record(Entry(n))));
        all.filter(|(_, record)| !record.flags.has(Flags::ADD_ON))
    }
}
