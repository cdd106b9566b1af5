//! What people mean by everyday words: "edit photos", "photoshop", "video schneiden".
//!
//! One table per language, curated by people (`intents/README.md` has the form). The tables of all languages work for
//! everybody; those of the person's own count more.

mod table;

use super::query::Query;
use super::typo;
use super::word::Scores;
use crate::index::{CALLED, CATEGORY, Index, field};
use table::{Alternative, Intent, Part, Target};

/// Points of a target that fits perfectly: more than any word but the name itself.
const POINTS: u32 = 84;
/// More for each further word of the phrase, as each would bring when it were found in a text.
const FURTHER_WORD: u32 = 34;
/// Per cent for tables of other languages than the person's.
const FOREIGN: u32 = 80;
/// Per cent for phrases whose last word is typed nearly to its end; less for less of it.
const HALF_TYPED: usize = 90;
/// Per cent for a phrase with a mistake.
const MISTYPED: u32 = 55;
/// Points for a word beside a phrase: what people mean is not lost for a word that no text has.
const REST: u16 = 1;
/// Shortest beginning of a phrase's word that counts.
const SHORTEST: usize = 3;
/// Per cent for a word of a target that stands in the summary only.
const SUMMARY_ONLY: u32 = 88;

/// Whether a word of a query says nothing about what is looked for.
pub(super) fn is_stop_word(word: &str, locale: &str) -> bool {
    let own = table::languages().iter().filter(|l| l.is_of(locale) || l.is_of("en"));
    own.into_iter().any(|language| language.stop.iter().any(|stop| stop == word))
}

/// Whether a table names an app that is called so: people know it.
pub(crate) fn is_well_known(called: &str) -> bool {
    table::names(called)
}

/// Gives points to the components that are meant.
pub(super) fn raise(index: &Index, query: &Query, locale: &str, scores: &mut [Scores]) {
    let meant: Vec<Vec<&str>> = query
        .words
        .iter()
        .zip(&*scores)
        .map(|(word, s)| if s.guessed { typo::near_among(table::tokens(), word) } else { Vec::new() })
        .collect();
    for language in table::languages() {
        let percent = if language.is_of(locale) { 100 } else { FOREIGN };
        for intent in &language.intents {
            let Some(mut said) = Said::new(intent, query, &meant) else { continue };
            said.go_on(query, &language.soft);
            let whole = POINTS + FURTHER_WORD * (said.words.len() as u32 - 1);
            for target in &intent.targets {
                let points =
                    whole * target.points * said.percent * percent / 1_000_000 / said.words.len() as u32;
                for (component, share) in components(index, target) {
                    let points = u16::try_from(points * share / 100).unwrap_or(u16::MAX);
                    said.words.iter().for_each(|word| scores[*word].raise(component, points));
                    said.rest.iter().for_each(|word| scores[*word].raise(component, REST));
                }
            }
        }
    }
}

/// Which words of a query say a phrase, and how surely.
struct Said {
    words: Vec<usize>,
    /// The other words, where the phrase is at least half of the query.
    rest: Vec<usize>,
    percent: u32,
}

impl Said {
    fn new(intent: &Intent, query: &Query, meant: &[Vec<&str>]) -> Option<Self> {
        let mut said = Self { words: Vec::new(), rest: Vec::new(), percent: 100 };
        if intent.is(&query.joined) {
            said.words.extend(0..query.words.len());
            return Some(said);
        }
        for alternatives in &intent.words {
            let best = alternatives.iter().filter_map(|a| meets(a, query, meant)).max_by_key(|(p, _)| *p);
            let (percent, words) = best?;
            said.percent = said.percent.min(percent);
            said.words.extend(words);
        }
        said.words.sort_unstable();
        said.words.dedup();
        Some(said)
    }

    /// Counts what adds nothing as said: soft words, and tokens that only bridge two words which are written without a
    /// space between.
    fn go_on(&mut self, query: &Query, soft: &[String]) {
        for (at, word) in query.words.iter().enumerate() {
            let has = |other: usize| self.words.contains(&other);
            let bridges = at > 0 && has(at - 1) && has(at + 1) && query.is_bridge(at);
            if !has(at) && (bridges || soft.contains(word)) {
                self.words.push(at);
            }
        }
        if self.words.len() * 2 >= query.words.len() {
            self.rest = (0..query.words.len()).filter(|at| !self.words.contains(at)).collect();
            self.percent = self.percent * self.words.len() as u32 / query.words.len() as u32;
        }
    }
}

/// The words of the query that say all tokens of an alternative, and how surely. `meant` has what each word of the query
/// may be a mistyped form of.
fn meets(alternative: &Alternative, query: &Query, meant: &[Vec<&str>]) -> Option<(u32, Vec<usize>)> {
    let last = query.words.len() - 1;
    let (mut surely, mut words) = (100, Vec::new());
    for token in alternative {
        let each = query.words.iter().enumerate();
        let found = each.filter_map(|(at, word)| Some((similar(word, token, at == last, &meant[at])?, at)));
        let (percent, at) = found.max()?;
        surely = surely.min(percent);
        words.push(at);
    }
    Some((surely, words))
}

fn similar(word: &str, token: &str, last: bool, meant: &[&str]) -> Option<u32> {
    if word == token {
        return Some(100);
    }
    let shorter = word.len().min(token.len());
    let longer = word.len().max(token.len());
    let begins = word.starts_with(token) || token.starts_with(word);
    if begins && shorter >= 4 && longer - shorter <= 2 {
        return Some(96);
    }
    if last && token.starts_with(word) && word.chars().count() >= SHORTEST {
        return Some((HALF_TYPED * word.len() / token.len()) as u32);
    }
    meant.contains(&token).then_some(MISTYPED)
}

/// The components that a target means, each with the per cent of its points.
fn components(index: &Index, target: &Target) -> Vec<(u32, u32)> {
    let mut common: Option<Vec<(u32, u32)>> = None;
    for part in &target.parts {
        let mut having = having(index, part);
        having.sort_unstable();
        // A component that has several tokens of a beginning counts once, at its best.
        having.reverse();
        having.dedup_by_key(|(component, _)| *component);
        having.reverse();
        common = Some(match common {
            None => having,
            Some(known) => both(&known, &having),
        });
    }
    common.unwrap_or_default()
}

fn both(left: &[(u32, u32)], right: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let other =
        |component: u32| right.binary_search_by_key(&component, |(c, _)| *c).ok().map(|at| right[at].1);
    left.iter().filter_map(|(c, share)| Some((*c, (*share).min(other(*c)?)))).collect()
}

fn having(index: &Index, part: &Part) -> Vec<(u32, u32)> {
    let words = index.words();
    let mut found = Vec::new();
    let tokens = match part {
        Part::Called(name) => single(words.find(&format!("{CALLED}{name}"))),
        Part::Category(name) => single(words.find(&format!("{CATEGORY}{name}"))),
        Part::Word(word) => single(words.find(word)),
        Part::Beginning(word) => words.with_prefix(word),
    };
    let is_word = matches!(part, Part::Word(_) | Part::Beginning(_));
    for token in tokens {
        words.components(token, |component, fields| {
            let strong = fields & !(field::SUMMARY | field::DEVELOPER | field::ID) != 0;
            if strong || fields & field::SUMMARY != 0 {
                found.push((component, if is_word && !strong { SUMMARY_ONLY } else { 100 }));
            }
        });
    }
    found
}

fn single(token: Option<usize>) -> std::ops::Range<usize> {
    token.map_or(0..0, |t| t..t + 1)
}
