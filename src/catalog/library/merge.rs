//! Components of several indexes with the same id become one entry.

use super::{Entry, Shelf};
use crate::index::Flags;

/// Entries in the order of their ids. Those of one source are sorted, so that putting them together is one pass.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Shelf and component; those of an entry stand together, the preferred source first.
    slots: Vec<(u16, u32)>,
    /// Where the slots of each entry begin, and the end.
    starts: Vec<u32>,
    /// For each shelf, the entry of every component.
    of_component: Vec<Vec<u32>>,
    /// Entries that are apps.
    pub(super) apps: usize,
}

impl Merged {
    pub(super) fn new(shelves: &[Shelf]) -> Self {
        let mut merged = Self { starts: vec![0], ..Self::default() };
        merged.of_component =
            shelves.iter().map(|s| Vec::with_capacity(s.index.components as usize)).collect();
        let mut heads: Vec<Option<&str>> = shelves.iter().map(|shelf| id(shelf, 0)).collect();
        while let Some(next) = heads.iter().flatten().min().copied() {
            let entry = merged.len() as u32;
            let first = merged.slots.len();
            for (number, shelf) in shelves.iter().enumerate() {
                while heads[number] == Some(next) {
                    let component = merged.of_component[number].len() as u32;
                    merged.slots.push((number as u16, component));
                    merged.of_component[number].push(entry);
                    heads[number] = id(shelf, component + 1);
                }
            }
            let (number, component) = merged.slots[first];
            let is_app = !shelves[usize::from(number)].index.record(component).flags.has(Flags::ADD_ON);
            merged.apps += usize::from(is_app);
            merged.starts.push(merged.slots.len() as u32);
        }
        merged
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Shelf and component of each source that has the app; empty for an entry of another library.
    pub(super) fn slots(&self, entry: Entry) -> &[(u16, u32)] {
        let at = entry.0 as usize;
        let (Some(start), Some(end)) = (self.starts.get(at), self.starts.get(at + 1)) else { return &[] };
        &self.slots[*start as usize..*end as usize]
    }

    pub(super) fn of_shelf(&self, shelf: usize) -> &[u32] {
        self.of_component.get(shelf).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of(&self, shelf: usize, component: u32) -> Option<Entry> {
        self.of_shelf(shelf).get(component as usize).map(|n| Entry(*n))
    }

    pub(super) fn find(&self, shelves: &[Shelf], wanted: &str) -> Option<Entry> {
        let first = |entry: u32| {
            let (number, component) = self.slots(Entry(entry)).first().copied()?;
            id(&shelves[usize::from(number)], component)
        };
        let (mut low, mut high) = (0, self.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            if first(middle) < Some(wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (first(low) == Some(wanted)).then_some(Entry(low))
    }
}

/// The id of a component; `None` behind the last.
fn id(shelf: &Shelf, component: u32) -> Option<&str> {
    let index = &shelf.index;
    (component < index.components).then(|| index.id(&index.record(component)))
}
