//! Putting the words together.

use super::intent;
use super::query::Query;
use super::word::{self, Scores};
use crate::index::{Flags, Index, Record};
use crate::library::{Entry, Library};
use std::cmp::Reverse;

/// The whole name was typed.
const WHOLE_NAME: u32 = 80;
/// The name goes on after what was typed: at the end of a word, or in the middle of one.
const NAME_GOES_ON: u32 = 18;
const NAME_BEGINS: u32 = 8;
/// Of a hundred points of quality so many count beside the words.
const QUALITY: u32 = 22;
/// What is not cared for any more has to be much better.
const END_OF_LIFE: u32 = 40;
const CONSOLE: u32 = 12;
/// What can only be looked at comes after what can be had, unless it is meant by name.
const NOT_OFFERED: u32 = 45;
/// Two words that are found as one share its points; a little less than if each were found.
const JOINED: u16 = 55;

/// How many words of the query an entry answers to, and how well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Answer {
    words: u8,
    points: u32,
}

pub(crate) fn search(library: &Library, text: &str, limit: usize) -> Vec<Entry> {
    let query = Query::new(text, library.locale());
    if query.words.is_empty() || limit == 0 {
        return Vec::new();
    }
    let mut answers = vec![Answer::default(); library.entries()];
    for (index, entries) in library.indexes() {
        collect(index, entries, &query, library.locale(), &mut answers);
    }
    // Every word must be met; where nothing meets all, as many as possible.
    let most = answers.iter().map(|a| a.words).max().unwrap_or(0);
    let best = answers.iter().zip(0..).filter(|(a, _)| a.words == most && most > 0);
    let mut found: Vec<(Reverse<u32>, Entry)> =
        best.map(|(answer, n)| (Reverse(answer.points), Entry(n))).collect();
    if found.len() > limit {
        // Only the best are sorted; the first letter of a query finds half of the catalogue.
        found.select_nth_unstable(limit - 1);
        found.truncate(limit);
    }
    found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| library.folded(a.1).cmp(library.folded(b.1))));
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// Adds what one index answers.
fn collect(index: &Index, entries: &[u32], query: &Query, locale: &str, answers: &mut [Answer]) {
    let mut scores = by_word(index, query);
    intent::raise(index, query, locale, &mut scores);
    for component in 0..index.components {
        let each = scores.iter().map(|s| s.points[component as usize]);
        let (words, sum) = each.filter(|p| *p > 0).fold((0, 0), |(n, sum), p| (n + 1, sum + u32::from(p)));
        let entry = entries.get(component as usize).and_then(|e| answers.get_mut(*e as usize));
        let Some(entry) = entry.filter(|_| words > 0) else { continue };
        let record = index.record(component);
        if record.flags.has(Flags::ADD_ON) {
            continue;
        }
        let points = 100 + sum + named(index, &record, query) + u32::from(record.quality) * QUALITY / 100;
        let less = if record.flags.has(Flags::END_OF_LIFE) { END_OF_LIFE } else { 0 }
            + if record.flags.has(Flags::CONSOLE) { CONSOLE } else { 0 }
            + if record.is_offered() { 0 } else { NOT_OFFERED };
        *entry = (*entry).max(Answer { words, points: points.saturating_sub(less) });
    }
}

fn by_word(index: &Index, query: &Query) -> Vec<Scores> {
    let last = query.words.len() - 1;
    let mut scores: Vec<Scores> =
        query.words.iter().enumerate().map(|(at, w)| word::look_up(index, w, at == last)).collect();
    // `libre office` and `vs code` are also written as one.
    for at in 0..last {
        let pair = query.words[at..=at + 1].concat();
        let found = word::look_up_joined(index, &pair, at + 1 == last);
        for (component, points) in found.points.iter().enumerate().filter(|(_, p)| **p > 0) {
            scores[at].raise(component as u32, points * JOINED / 100);
            scores[at + 1].raise(component as u32, points * JOINED / 100);
        }
    }
    scores
}

/// Points for the name as a whole.
fn named(index: &Index, record: &Record, query: &Query) -> u32 {
    let name = index.folded(record);
    let begins = name.strip_prefix(query.folded.as_str());
    match begins {
        Some("") => WHOLE_NAME,
        Some(rest) if rest.starts_with(' ') => NAME_GOES_ON,
        Some(_) => NAME_BEGINS,
        None if name.len() >= query.joined.len() && same_without_spaces(name, &query.joined) => WHOLE_NAME,
        None => 0,
    }
}

fn same_without_spaces(name: &str, joined: &str) -> bool {
    name.bytes().filter(|b| *b != b' ').eq(joined.bytes())
}
