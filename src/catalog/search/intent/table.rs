//! The tables, read once.

use crate::token;
use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

/// Language and its table; a new language is a new row.
const TABLES: [(&str, &str); 6] = [
    ("en", include_str!("../../intents/en.tsv")),
    ("de", include_str!("../../intents/de.tsv")),
    ("fr", include_str!("../../intents/fr.tsv")),
    ("es", include_str!("../../intents/es.tsv")),
    ("it", include_str!("../../intents/it.tsv")),
    ("zh", include_str!("../../intents/zh.tsv")),
];

/// Points of a target that names none, by its kind.
const CALLED: u32 = 100;
const CATEGORY: u32 = 60;
const WORDS: u32 = 62;
/// The first app of a row is meant most.
const LATER: u32 = 3;

#[derive(Debug)]
pub(super) struct Language {
    code: &'static str,
    /// Words that say nothing.
    pub(super) stop: Vec<String>,
    /// Words that add nothing once a phrase is said: `client`, `make`.
    pub(super) soft: Vec<String>,
    pub(super) intents: Vec<Intent>,
}

/// A phrase and what is meant by it.
#[derive(Debug)]
pub(super) struct Intent {
    /// Each must be said, in any order, in one of its alternatives.
    pub(super) words: Vec<Vec<Alternative>>,
    pub(super) targets: Vec<Target>,
    /// The ways to write all of it as one word, where they are few.
    joined: Vec<String>,
}

/// Tokens that must all be said.
pub(super) type Alternative = Vec<String>;

#[derive(Debug)]
pub(super) struct Target {
    /// A component must have all of them.
    pub(super) parts: Vec<Part>,
    /// 0 to 100.
    pub(super) points: u32,
}

#[derive(Debug, PartialEq)]
pub(super) enum Part {
    /// What an app is called as a whole.
    Called(String),
    Category(String),
    Word(String),
    Beginning(String),
}

impl Language {
    pub(super) fn is_of(&self, locale: &str) -> bool {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        language == self.code || (self.code == "en" && matches!(language, "" | "C" | "POSIX"))
    }
}

impl Intent {
    /// Whether somebody wrote all of it as one word.
    pub(super) fn is(&self, joined: &str) -> bool {
        self.joined.iter().any(|own| own == joined)
    }
}

pub(super) fn languages() -> &'static [Language] {
    static LANGUAGES: OnceLock<Vec<Language>> = OnceLock::new();
    LANGUAGES.get_or_init(|| TABLES.iter().map(|(code, text)| language(code, text)).collect())
}

/// Every word of every phrase that is long enough to be mistyped and still known.
pub(super) fn tokens() -> impl Iterator<Item = &'static str> {
    static TOKENS: OnceLock<Vec<&'static str>> = OnceLock::new();
    let sorted = || {
        let all = languages().iter().flat_map(|l| &l.intents).flat_map(|i| &i.words).flatten().flatten();
        let long: BTreeSet<&'static str> = all.map(String::as_str).filter(|t| t.len() > 4).collect();
        long.into_iter().collect()
    };
    TOKENS.get_or_init(sorted).iter().copied()
}

/// Whether a table names an app that is called so.
pub(super) fn names(called: &str) -> bool {
    static NAMED: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let all = || languages().iter().flat_map(|l| &l.intents).flat_map(|i| &i.targets).flat_map(|t| &t.parts);
    let name = |part: &'static Part| if let Part::Called(name) = part { Some(name.as_str()) } else { None };
    NAMED.get_or_init(|| all().filter_map(name).collect()).contains(called)
}

fn language(code: &'static str, text: &str) -> Language {
    let mut language = Language { code, stop: Vec::new(), soft: Vec::new(), intents: Vec::new() };
    for line in text.lines().filter(|l| !l.starts_with("//")) {
        let Some((phrase, meaning)) = line.split_once('\t') else { continue };
        match phrase {
            "%stop" => token::tokens(meaning, |word| language.stop.push(word.to_owned())),
            "%soft" => token::tokens(meaning, |word| language.soft.push(word.to_owned())),
            _ => language.intents.push(intent(phrase, meaning)),
        }
    }
    language
}

fn intent(phrase: &str, meaning: &str) -> Intent {
    let words: Vec<Vec<Alternative>> =
        phrase.split_whitespace().map(|word| word.split('|').map(alternative).collect()).collect();
    let whole = |text: &str| token::folded(text).replace(' ', "");
    let joined = match (phrase.contains(' '), phrase.contains('|')) {
        (false, _) => phrase.split('|').map(whole).collect(),
        (true, false) => vec![whole(phrase)],
        (true, true) => Vec::new(),
    };
    let targets = meaning.split_whitespace().enumerate().map(|(at, text)| target(text, at as u32)).collect();
    Intent { words, targets, joined }
}

fn alternative(word: &str) -> Alternative {
    let mut tokens = Vec::new();
    token::tokens(word, |t| tokens.push(t.to_owned()));
    tokens
}

fn target(text: &str, at: u32) -> Target {
    let (text, points) = text.rsplit_once(':').unwrap_or((text, ""));
    let parts: Vec<Part> = text.split('&').map(part).collect();
    let usual = match parts.as_slice() {
        [Part::Called(_)] => CALLED.saturating_sub(LATER * at),
        [Part::Category(_)] => CATEGORY,
        _ => WORDS,
    };
    Target { parts, points: points.parse().unwrap_or(usual).min(100) }
}

fn part(text: &str) -> Part {
    if let Some(name) = text.strip_prefix('@') {
        Part::Called(crate::index::called(name))
    } else if let Some(category) = text.strip_prefix('#') {
        Part::Category(category.to_ascii_lowercase())
    } else if let Some(word) = text.strip_suffix('*') {
        Part::Beginning(token::folded(word))
    } else {
        Part::Word(token::folded(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_table_says_something() {
        for (code, text) in TABLES {
            let rows = text.lines().filter(|l| !l.starts_with("//") && !l.is_empty());
            for row in rows {
                let parts: Vec<&str> = row.split('\t').collect();
                assert_eq!(parts.len(), 2, "{code}: {row}");
            }
            let language = language(code, text);
            assert!(!language.stop.is_empty() && language.intents.len() > 40, "{code}");
            for intent in &language.intents {
                assert!(!intent.words.is_empty() && !intent.targets.is_empty(), "{code}: {intent:?}");
                assert!(intent.words.iter().flatten().all(|a| !a.is_empty()), "{code}: {intent:?}");
                let empty = |p: &Part| matches!(p, Part::Called(t) | Part::Category(t) | Part::Word(t) | Part::Beginning(t) if t.is_empty());
                assert!(!intent.targets.iter().flat_map(|t| &t.parts).any(empty), "{code}: {intent:?}");
            }
        }
    }

    #[test]
    fn rows_are_read() {
        let intent = intent("edit|editing photo", "@GIMP #Photography image&editor:50 paint*");
        assert_eq!(intent.words.len(), 2);
        assert_eq!(intent.targets[0].parts, [Part::Called("gimp".into())]);
        assert_eq!(intent.targets[2].parts.len(), 2);
        assert_eq!(intent.targets[2].points, 50);
        assert_eq!(intent.targets[3].parts, [Part::Beginning("paint".into())]);
    }
}
