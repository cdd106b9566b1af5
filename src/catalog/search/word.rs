//! What answers to one word, and how well.

use super::typo;
use crate::index::{Index, TYPED, Vocabulary, field};

/// Points for a whole word, by the best field that has it. Names count most, since people look for what they know.
const POINTS: [(u8, u16); 8] = [
    (field::FIRST, 70),
    (field::NAME, 62),
    (field::JOINED, 52),
    (field::PLAIN, 52),
    (field::ID, 42),
    (field::KEYWORD, 36),
    (field::SUMMARY, 27),
    (field::DEVELOPER, 20),
];
/// More for each further field; whatever says it everywhere is about it.
const FURTHER: u16 = 3;
/// Points for a word in the description.
const PROSE: u16 = 9;
const PROSE_BEGINNING: u16 = 6;

/// Per cent of the points for the ways of being similar.
const INFLECTED: u16 = 62;
const INSIDE: u16 = 34;
const SPLIT: u16 = 60;
const TYPO: [u16; 3] = [0, 52, 34];

/// Shortest words for which each way is tried; what is shorter is in everything.
const SHORTEST_STEM: usize = 4;
const SHORTEST_INSIDE: usize = 3;
const SHORTEST_PROSE_BEGINNING: usize = 3;
const SHORTEST_SPLIT: usize = 7;
/// With so many answers, looking inside of words only brings noise.
const ENOUGH: usize = 40;

/// Endings of English, German, French, Spanish and Italian that change a word but hardly its meaning, longest first.
const ENDINGS: [&str; 12] = ["ing", "ern", "en", "er", "es", "ed", "or", "s", "e", "n", "r", "x"];

/// Points of each component for a word.
#[derive(Debug)]
pub(super) struct Scores {
    pub(super) points: Vec<u16>,
    /// Nothing has the word itself or begins with it, so that it may be mistyped.
    pub(super) guessed: bool,
    /// Components that have any.
    found: usize,
}

impl Scores {
    pub(super) fn new(components: u32) -> Self {
        Self { points: vec![0; components as usize], guessed: false, found: 0 }
    }

    pub(super) fn raise(&mut self, component: u32, points: u16) {
        if let Some(known) = self.points.get_mut(component as usize) {
            self.found += usize::from(*known == 0 && points > 0);
            *known = (*known).max(points);
        }
    }

    fn token(&mut self, words: &Vocabulary<'_>, token: usize, percent: u16) {
        words.components(token, |component, fields| {
            self.raise(component, POINTS_OF[usize::from(fields)] * percent / 100);
        });
    }

    fn prose(&mut self, prose: &Vocabulary<'_>, token: usize, points: u16) {
        prose.components(token, |component, _| self.raise(component, points));
    }
}

/// Looks a word up in every way. `open` is for the last word, which may be half typed.
pub(super) fn look_up(index: &Index, word: &str, open: bool) -> Scores {
    let mut scores = Scores::new(index.components);
    let words = index.words();
    whole_and_begun(&words, word, open, &mut scores);
    let strong = scores.found;
    inflected(&words, word, &mut scores);
    let similar = scores.found;
    in_prose(index, word, open, &mut scores);
    if similar < ENOUGH && word.chars().count() >= SHORTEST_INSIDE {
        let start = words.first(TYPED);
        words.containing(word, start, |token| scores.token(&words, token, INSIDE));
    }
    scores.guessed = strong == 0;
    if scores.guessed {
        split(&words, word, &mut scores);
        for found in typo::near(&words, word, open) {
            scores.token(&words, found.token, TYPO[usize::from(found.mistakes)]);
        }
    }
    scores
}

/// Several words that people also write as one: only whole tokens and beginnings count.
pub(super) fn look_up_joined(index: &Index, word: &str, open: bool) -> Scores {
    let mut scores = Scores::new(index.components);
    whole_and_begun(&index.words(), word, open, &mut scores);
    scores
}

fn whole_and_begun(words: &Vocabulary<'_>, word: &str, open: bool, scores: &mut Scores) {
    if !open {
        if let Some(token) = words.find(word) {
            scores.token(words, token, 100);
        }
        return;
    }
    for token in words.with_prefix(word) {
        let length = words.token(token).len().max(1);
        // The more of it is typed, the more likely it is meant.
        let percent = if length == word.len() { 100 } else { 55 + 35 * word.len() / length };
        scores.token(words, token, percent as u16);
    }
}

/// `photos` finds `photo` and `photography`, `editing` finds `editor`.
fn inflected(words: &Vocabulary<'_>, word: &str, scores: &mut Scores) {
    if word.len() < SHORTEST_STEM || !word.is_char_boundary(SHORTEST_STEM) {
        return;
    }
    let stem = stem(word);
    for token in words.with_prefix(stem) {
        let rest = words.token(token).get(stem.len()..).unwrap_or_default();
        let ends = rest.is_empty() || ENDINGS.iter().any(|e| e.as_bytes() == rest);
        if ends {
            scores.token(words, token, INFLECTED);
        }
    }
}

/// The word without its ending, if enough is left.
fn stem(word: &str) -> &str {
    let cut = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending));
    cut.filter(|stem| stem.len() >= SHORTEST_STEM).min_by_key(|stem| stem.len()).unwrap_or(word)
}

fn in_prose(index: &Index, word: &str, open: bool, scores: &mut Scores) {
    let prose = index.prose();
    if let Some(token) = prose.find(word) {
        scores.prose(&prose, token, PROSE);
    }
    if open && word.len() >= SHORTEST_PROSE_BEGINNING {
        for token in prose.with_prefix(word) {
            scores.prose(&prose, token, PROSE_BEGINNING);
        }
    }
}

/// `videoeditor` finds what has both `video` and `editor`.
fn split(words: &Vocabulary<'_>, word: &str, scores: &mut Scores) {
    if word.len() < SHORTEST_SPLIT {
        return;
    }
    for (at, _) in word.char_indices().filter(|(at, _)| (3..=word.len() - 3).contains(at)) {
        let (left, right) = word.split_at(at);
        let (Some(left), Some(right)) = (words.find(left), words.find(right)) else { continue };
        let mut having = Vec::new();
        words.components(left, |component, fields| having.push((component, POINTS_OF[usize::from(fields)])));
        words.components(right, |component, fields| {
            if let Ok(at) = having.binary_search_by_key(&component, |(c, _)| *c) {
                let points = having[at].1.min(POINTS_OF[usize::from(fields)]);
                scores.raise(component, points * SPLIT / 100);
            }
        });
    }
}

/// [`POINTS`] for each set of fields.
static POINTS_OF: [u16; 256] = points_of();

const fn points_of() -> [u16; 256] {
    let mut table = [0; 256];
    let mut fields = 1;
    while fields < 256 {
        let (mut best, mut further, mut row) = (0, 0, 0);
        while row < POINTS.len() {
            if fields & POINTS[row].0 as usize != 0 {
                if best == 0 {
                    best = POINTS[row].1;
                } else {
                    further += FURTHER;
                }
            }
            row += 1;
        }
        table[fields] = best + further;
        fields += 1;
    }
    table
}
