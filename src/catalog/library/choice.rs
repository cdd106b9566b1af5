//! Shelves and suggestions.

use super::{Entry, Library};
use crate::index::{self, CALLED, CATEGORY, Flags, Record, field};
use cairn_model::app::Category;
use std::cmp::Reverse;

/// Out of so many of the best the choice of a day is made, for each app that is wanted.
const POOL: usize = 12;
/// A token that more components have than this says nothing about likeness.
const TOO_MANY: usize = 400;

impl Library {
    /// Every app by name, upper and lower case and marks aside.
    pub fn all(&self) -> Vec<Entry> {
        if let [shelf] = self.shelves.as_slice() {
            // Branches of one app may have names of their own; the entry goes by the first.
            let is_first = |entry: &Entry, c: u32| self.entries.slots(*entry).first() == Some(&(0, c));
            let listed = shelf.index.by_name();
            return listed.filter_map(|c| self.entries.of(0, c).filter(|e| is_first(e, c))).collect();
        }
        let mut apps: Vec<(&str, Entry)> =
            self.apps().map(|(entry, _)| (self.folded(entry), entry)).collect();
        apps.sort_unstable();
        apps.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The apps of a shelf, best first.
    pub fn category(&self, category: Category) -> Vec<Entry> {
        let bit = index::bit(category);
        let on_shelf = self.apps().filter(|(_, r)| r.shelves & bit != 0);
        let mainly = |r: &Record| r.main_shelves & bit != 0 && !r.flags.has(Flags::END_OF_LIFE);
        let main = |r: &Record| if mainly(r) { 20 } else { 0 };
        // What can be had stands before what can only be looked at.
        let mut found: Vec<_> = on_shelf
            .map(|(e, r)| (Reverse((self.is_offered(e), u32::from(r.quality) + main(&r))), e))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| self.folded(a.1).cmp(self.folded(b.1))));
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// A good and varied choice that changes each day (days since 1970), of what can be had.
    pub fn featured(&self, day: i64, count: usize) -> Vec<Entry> {
        let mut pool: Vec<(Reverse<u32>, Entry, Record)> = self
            .to_suggest()
            .filter(|(_, r)| is_presentable(r))
            .map(|(entry, r)| (Reverse(worth(&r)), entry, r))
            .collect();
        pool.sort_by_key(|(worth, entry, _)| (*worth, *entry));
        pool.truncate(count.saturating_mul(POOL));
        pool.sort_by_key(|(_, entry, _)| lot(day, self.id(*entry)));
        varied(pool.into_iter().map(|(_, entry, record)| (entry, record.shelves)).collect(), count)
    }

    /// Newest release first, of what can be had.
    pub fn recent(&self, count: usize) -> Vec<Entry> {
        let dated =
            self.to_suggest().filter(|(_, r)| r.released > i64::MIN && !r.flags.has(Flags::END_OF_LIFE));
        let mut found: Vec<_> = dated.map(|(e, r)| (Reverse((r.released, r.quality)), e)).collect();
        found.sort_unstable();
        found.into_iter().take(count).map(|(_, entry)| entry).collect()
    }

    /// Apps for the same purpose, most alike first.
    pub fn similar(&self, entry: Entry, count: usize) -> Vec<Entry> {
        let mut alike = vec![0_u32; self.entries()];
        for token in self.traits(entry) {
            for (index, entries) in self.indexes() {
                let Some(number) = index.words().find(&token) else { continue };
                let mut having: Vec<u32> = Vec::new();
                index.words().components(number, |component, fields| {
                    let counts = fields & (field::KEYWORD | field::SUMMARY) != 0;
                    having.extend(entries.get(component as usize).filter(|_| counts));
                });
                if having.len() <= TOO_MANY {
                    // The fewer have it, the more it says.
                    let says = 100 / (having.len() as u32 + 5).ilog2();
                    having.iter().for_each(|e| alike[*e as usize] += says);
                }
            }
        }
        let mut found: Vec<_> = self
            .apps()
            .filter(|(e, r)| *e != entry && alike[e.0 as usize] > 0 && !r.flags.has(Flags::END_OF_LIFE))
            .map(|(e, r)| (Reverse(alike[e.0 as usize] * 4 + u32::from(r.quality)), e))
            .collect();
        found.sort_unstable();
        found.into_iter().take(count).map(|(_, entry)| entry).collect()
    }

    /// Apps that a source has to install; where none has any, all of them: then there is no source yet, and the catalogue is
    /// what shows that one is worth adding.
    fn to_suggest(&self) -> impl Iterator<Item = (Entry, Record)> {
        let nothing = !self.apps().any(|(entry, _)| self.is_offered(entry));
        self.apps().filter(move |(entry, _)| nothing || self.is_offered(*entry))
    }

    /// Whether any source has it to install, and does not only describe it.
    fn is_offered(&self, entry: Entry) -> bool {
        self.each(entry).any(|(_, record)| record.is_offered())
    }

    /// The tokens that tell what an app is for.
    fn traits(&self, entry: Entry) -> Vec<String> {
        let Some((shelf, record)) = self.first(entry) else { return Vec::new() };
        let page = shelf.index.page(&record);
        let mut tokens: Vec<String> =
            page.categories.iter().map(|c| format!("{CATEGORY}{}", c.to_ascii_lowercase())).collect();
        let summary = [shelf.index.summary(&record).to_owned()];
        for text in page.keywords.iter().chain(&summary) {
            crate::token::tokens(text, |t| {
                if t.len() > 3 {
                    tokens.push(t.to_owned())
                }
            });
        }
        tokens.sort();
        tokens.dedup();
        tokens.retain(|t| !t.starts_with(CALLED));
        tokens
    }
}

fn is_presentable(record: &Record) -> bool {
    record.flags.has(Flags::SCREENSHOTS)
        && !record.flags.has(Flags::END_OF_LIFE)
        && !record.flags.has(Flags::CONSOLE)
        && record.has_icon_and_summary()
}

fn worth(record: &Record) -> u32 {
    let cared = record.flags.has(Flags::BRANDED) || record.flags.has(Flags::VERIFIED);
    u32::from(record.quality) + if cared { 30 } else { 0 }
}

/// A number that depends on day and app and on nothing else.
fn lot(day: i64, id: &str) -> u64 {
    let start = (day.cast_unsigned() ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0x2545_f491_4f6c_dd1d);
    let sum = id.bytes().fold(start, |sum, b| (sum ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    (sum ^ (sum >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

/// Takes in turn the app whose shelves were taken least.
fn varied(mut pool: Vec<(Entry, u8)>, count: usize) -> Vec<Entry> {
    let mut taken = [0_u32; 8];
    let mut chosen = Vec::new();
    while chosen.len() < count && !pool.is_empty() {
        let had =
            |shelves: u8| (0..8).filter(|b| shelves & (1 << b) != 0).map(|b| taken[b]).max().unwrap_or(0);
        let next = pool.iter().enumerate().min_by_key(|(at, (_, shelves))| (had(*shelves), *at));
        let Some(at) = next.map(|(at, _)| at) else { break };
        let (entry, shelves) = pool.remove(at);
        (0..8).filter(|b| shelves & (1 << b) != 0).for_each(|b| taken[b] += 1);
        chosen.push(entry);
    }
    chosen
}
