//! The words of a query.

use super::intent;
use crate::token;

/// Longest query in characters; what is longer was pasted by mistake.
const LONGEST: usize = 200;
/// Words that are looked at. The number of matches per word is counted in a byte, and nobody types more.
const WORDS: usize = 8;

/// A query, folded as the indexes are.
#[derive(Debug)]
pub(super) struct Query {
    /// Tokens that say something; the last may be half typed.
    pub(super) words: Vec<String>,
    /// All of it with one space between words.
    pub(super) folded: String,
    /// All of it without spaces.
    pub(super) joined: String,
}

impl Query {
    pub(super) fn new(text: &str, locale: &str) -> Self {
        let text = &text[..text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at)];
        let folded = token::folded(text);
        let mut all = Vec::new();
        token::tokens(text, |t| all.push(t.to_owned()));
        let said: Vec<String> =
            all.iter().filter(|word| !intent::is_stop_word(word, locale)).cloned().collect();
        let mut words = if said.is_empty() { all } else { said };
        words.truncate(WORDS);
        Self { words, joined: folded.replace(' ', ""), folded }
    }

    /// Whether a token shares its first sign with the one before and its last with the one after, as tokens of scripts
    /// without spaces do.
    pub(super) fn is_bridge(&self, at: usize) -> bool {
        let (Some(before), Some(after)) =
            (at.checked_sub(1).and_then(|b| self.words.get(b)), self.words.get(at + 1))
        else {
            return false;
        };
        let word = &self.words[at];
        !word.is_ascii()
            && before.chars().last() == word.chars().next()
            && word.chars().last() == after.chars().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filler_is_left_out() {
        let words = |text: &str, locale: &str| Query::new(text, locale).words;
        assert_eq!(words("a program for editing photos", "en"), ["editing", "photos"]);
        assert_eq!(words("Programm zum Zeichnen", "de_DE"), ["zeichnen"]);
        assert_eq!(words("the", "en"), ["the"]);
        assert_eq!(words(" ", "en"), [""; 0]);
        assert!(words(&"word ".repeat(1000), "en").len() <= WORDS);
    }
}
