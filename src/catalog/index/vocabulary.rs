//! Sorted tokens, and for each the components that have it.
//!
//! ```text
//! number of tokens u32 · start of each token and of the end, u32 · start of each list and of the end, u32 ·
//! the tokens · the lists: distance to the component before, then its fields (a byte) where fields are kept
//! ```

use super::bytes::{Cursor, put_number, u32_at};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

/// Collects tokens of components in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct Collector {
    known: HashMap<Box<str>, u32>,
    lists: Vec<Vec<(u32, u8)>>,
}

impl Collector {
    pub(super) fn add(&mut self, token: &str, component: u32, fields: u8) {
        let number = match self.known.get(token) {
            Some(number) => *number,
            None => {
                let number = self.lists.len() as u32;
                self.known.insert(token.into(), number);
                self.lists.push(Vec::new());
                number
            }
        };
        let list = &mut self.lists[number as usize];
        match list.last_mut() {
            Some((last, known)) if *last == component => *known |= fields,
            _ => list.push((component, fields)),
        }
    }

    /// The section; `places` has the number in the file of each component in the order in which they came.
    pub(super) fn write(mut self, places: &[u32], with_fields: bool) -> Vec<u8> {
        let mut tokens: Vec<(Box<str>, u32)> = self.known.into_iter().collect();
        tokens.sort_unstable();
        let (mut names, mut lists) = (Vec::new(), Vec::new());
        let (mut name_starts, mut list_starts) = (vec![0], vec![0]);
        for (token, number) in &tokens {
            names.extend_from_slice(token.as_bytes());
            name_starts.push(names.len() as u32);
            let list = &mut self.lists[*number as usize];
            list.iter_mut().for_each(|(component, _)| *component = places[*component as usize]);
            list.sort_unstable();
            let mut before = 0;
            for (component, fields) in &*list {
                put_number(&mut lists, u64::from(component - before));
                before = *component;
                if with_fields {
                    lists.push(*fields);
                }
            }
            list_starts.push(lists.len() as u32);
        }
        let mut out = (tokens.len() as u32).to_le_bytes().to_vec();
        name_starts.iter().chain(&list_starts).for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
        out.extend_from_slice(&names);
        out.extend_from_slice(&lists);
        out
    }
}

/// The tokens of an index that is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vocabulary<'a> {
    count: usize,
    name_starts: &'a [u8],
    list_starts: &'a [u8],
    names: &'a [u8],
    lists: &'a [u8],
    with_fields: bool,
}

impl<'a> Vocabulary<'a> {
    /// An empty one if the section is damaged.
    pub(super) fn new(section: &'a [u8], with_fields: bool) -> Self {
        let empty =
            Self { count: 0, name_starts: &[], list_starts: &[], names: &[], lists: &[], with_fields };
        Self::parts(section, with_fields).unwrap_or(empty)
    }

    fn parts(section: &'a [u8], with_fields: bool) -> Option<Self> {
        let count = u32_at(section, 0)? as usize;
        let starts = count.checked_add(1)?.checked_mul(4)?;
        let (name_starts, rest) = section.get(4..)?.split_at_checked(starts)?;
        let (list_starts, rest) = rest.split_at_checked(starts)?;
        let (names, lists) = rest.split_at_checked(u32_at(name_starts, count * 4)? as usize)?;
        Some(Self { count, name_starts, list_starts, names, lists, with_fields })
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The token of that number, as bytes; empty if it is damaged.
    pub(crate) fn token(&self, number: usize) -> &'a [u8] {
        span(self.name_starts, number).and_then(|s| self.names.get(s)).unwrap_or_default()
    }

    /// The number of a token.
    pub(crate) fn find(&self, token: &str) -> Option<usize> {
        let at = self.first(token.as_bytes());
        (at < self.count && self.token(at) == token.as_bytes()).then_some(at)
    }

    /// The tokens that begin so.
    pub(crate) fn with_prefix(&self, prefix: &str) -> Range<usize> {
        let prefix = prefix.as_bytes();
        let start = self.first(prefix);
        start..self.after(prefix, start)
    }

    /// The first token that is not before this one.
    pub(crate) fn first(&self, token: &[u8]) -> usize {
        self.partition(0, self.count, |known| known < token)
    }

    /// The first token from `start` on that does not begin so.
    pub(crate) fn after(&self, prefix: &[u8], start: usize) -> usize {
        let begins = |token: &[u8]| token.iter().take(prefix.len()).cmp(prefix) != Ordering::Greater;
        // The end is mostly near, so that steps which double find it sooner than halves of the whole.
        let mut step = 1;
        let mut low = start;
        while low + step < self.count && begins(self.token(low + step)) {
            low += step;
            step *= 2;
        }
        self.partition(low, (low + step).min(self.count), begins)
    }

    fn partition(&self, mut low: usize, mut high: usize, before: impl Fn(&[u8]) -> bool) -> usize {
        while low < high {
            let middle = low + (high - low) / 2;
            if before(self.token(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Gives each component of a token, with the fields in which it has it.
    pub(crate) fn components(&self, token: usize, mut take: impl FnMut(u32, u8)) {
        let list = span(self.list_starts, token).and_then(|s| self.lists.get(s)).unwrap_or_default();
        let mut cursor = Cursor::new(list);
        let mut component = 0_u32;
        while let Some(distance) = cursor.number() {
            let fields = if self.with_fields { cursor.byte() } else { Some(0) };
            let (Some(fields), Ok(distance)) = (fields, u32::try_from(distance)) else { return };
            component = component.saturating_add(distance);
            take(component, fields);
        }
    }

    /// Gives the tokens from `start` on that have these bytes in them.
    pub(crate) fn containing(&self, part: &str, start: usize, mut take: impl FnMut(usize)) {
        let from = u32_at(self.name_starts, start * 4).unwrap_or_default() as usize;
        // A damaged file may hold anything here; then there is nothing to be found.
        let names = self.names.get(from..).and_then(|n| std::str::from_utf8(n).ok()).unwrap_or_default();
        let mut at = 0;
        while let Some(found) = names.get(at..).and_then(|rest| rest.find(part)) {
            let (begin, end) = (from + at + found, from + at + found + part.len());
            let token = self.partition_by_start(begin);
            let Some(span) = span(self.name_starts, token) else { return };
            // What lies across two tokens is in neither.
            if span.start <= begin && end <= span.end {
                take(token);
            }
            at = span.end.max(begin + 1) - from;
        }
    }

    /// The token that has the byte at this place.
    fn partition_by_start(&self, byte: usize) -> usize {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if u32_at(self.name_starts, (middle + 1) * 4).is_some_and(|end| end as usize <= byte) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// From the start of an item to the start of the next.
fn span(starts: &[u8], number: usize) -> Option<Range<usize>> {
    let at = number.checked_mul(4)?;
    Some(u32_at(starts, at)? as usize..u32_at(starts, at + 4)? as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> Vec<u8> {
        let mut collector = Collector::default();
        for (component, tokens) in [["paint", "pain"], ["paint", "art"], ["zebra", "art"]].iter().enumerate()
        {
            tokens.iter().for_each(|t| collector.add(t, component as u32, 1 << component));
        }
        collector.add("art", 2, 64);
        collector.write(&[2, 1, 0], true)
    }

    #[test]
    fn tokens_and_their_components_are_found() {
        let bytes = section();
        let words = Vocabulary::new(&bytes, true);
        assert_eq!(words.len(), 4);
        assert_eq!(words.with_prefix("pai"), 1..3);
        assert_eq!(words.with_prefix("q"), 3..3);
        assert_eq!(words.find("pai"), None);
        let mut found = Vec::new();
        words.components(words.find("art").unwrap(), |c, f| found.push((c, f)));
        assert_eq!(found, [(0, 4 | 64), (1, 2)]);
        let mut found = Vec::new();
        words.containing("ain", 0, |t| found.push(t));
        assert_eq!(found, [1, 2]);
        // The end of one token and the beginning of the next are no token.
        words.containing("tp", 0, |t| found.push(t));
        assert_eq!(found, [1, 2]);
    }

    #[test]
    fn damage_finds_less_and_never_panics() {
        let bytes = section();
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bad = bytes.clone();
                bad[at] = value;
                let words = Vocabulary::new(&bad, true);
                for number in 0..words.len().min(10) {
                    words.components(number, |_, _| {});
                }
                let _ = (words.find("paint"), words.with_prefix("a"));
                words.containing("a", 0, |_| {});
            }
            let _ = Vocabulary::new(&bytes[..at], true).find("art");
        }
    }
}
