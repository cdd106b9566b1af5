//! Words that are nearly so: letters wrong, missing, too many or two in the wrong order (Damerau and Levenshtein, each letter
//! changed at most once).
//!
//! The vocabulary is sorted, so that neighbours share a beginning; the rows of the table for it are computed once. As soon
//! as no word with a beginning can be near enough, all of them are passed over.

use crate::index::{TYPED, Vocabulary};
use crate::token::LONGEST;

/// More tokens than this are a word with a hundred meanings, not one mistyped.
const MOST: usize = 48;
/// Bytes of the longest word that is looked at, and of the tokens it is compared with.
const WIDTH: usize = LONGEST + 1;

/// A token, and how many mistakes lie between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Near {
    pub(super) token: usize,
    pub(super) mistakes: u8,
}

/// How many mistakes are forgiven in a word.
pub(super) fn forgiven(word: &str) -> u8 {
    match word.chars().count() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// The tokens near a word, nearest first. `open`: the token may go on after what was typed.
pub(super) fn near(words: &Vocabulary<'_>, word: &str, open: bool) -> Vec<Near> {
    let forgiven = forgiven(word);
    let Some(mut table) = Table::new(word.as_bytes(), forgiven) else { return Vec::new() };
    let mut found = Vec::new();
    let mut number = words.first(TYPED);
    let mut before: &[u8] = &[];
    while number < words.len() {
        let token = words.token(number);
        let token = &token[..token.len().min(LONGEST)];
        let shared = before.iter().zip(token).take_while(|(a, b)| a == b).count();
        match table.go_on(token, shared, open) {
            Outcome::Near(mistakes) => {
                found.push(Near { token: number, mistakes });
                number += 1;
            }
            Outcome::Far => number += 1,
            Outcome::Hopeless(length) => number = words.after(&token[..length], number + 1),
        }
        before = token;
    }
    found.sort_by_key(|near| near.mistakes);
    found.truncate(MOST);
    found
}

/// Those of some words that are nearly a word, at least one mistake away.
pub(super) fn near_among<'t>(tokens: impl Iterator<Item = &'t str>, word: &str) -> Vec<&'t str> {
    let forgiven = forgiven(word);
    let Some(mut table) = Table::new(word.as_bytes(), forgiven) else { return Vec::new() };
    let near = |token: &&str| {
        let short = token.len().abs_diff(word.len()) <= usize::from(forgiven) && token.len() <= LONGEST;
        short && matches!(table.go_on(token.as_bytes(), 0, false), Outcome::Near(_))
    };
    tokens.filter(near).collect()
}

enum Outcome {
    Near(u8),
    Far,
    /// No token with so many of its first bytes can be near.
    Hopeless(usize),
}

struct Table<'w> {
    word: &'w [u8],
    forgiven: u8,
    rows: Box<[[u8; WIDTH]; WIDTH]>,
    path: [u8; WIDTH],
    /// Rows that are right for the token looked at last.
    valid: usize,
}

impl<'w> Table<'w> {
    fn new(word: &'w [u8], forgiven: u8) -> Option<Self> {
        if forgiven == 0 || word.len() > LONGEST {
            return None;
        }
        let mut rows = Box::new([[u8::MAX; WIDTH]; WIDTH]);
        (0..=word.len()).for_each(|column| rows[0][column] = column as u8);
        Some(Self { word, forgiven, rows, path: [0; WIDTH], valid: 0 })
    }

    /// Computes the rows of a token of which the first `shared` bytes are those of the one before.
    fn go_on(&mut self, token: &[u8], shared: usize, open: bool) -> Outcome {
        let length = self.word.len();
        let mut best = u8::MAX;
        let start = shared.min(self.valid);
        if open {
            best = (0..=start).map(|row| self.rows[row][length]).min().unwrap_or(u8::MAX);
        }
        for row in start + 1..=token.len() {
            let least = self.row(row, token[row - 1]);
            self.valid = row;
            if open {
                best = best.min(self.rows[row][length]);
            }
            if least > self.forgiven && best > self.forgiven {
                return Outcome::Hopeless(row);
            }
            if least > self.forgiven {
                break;
            }
        }
        if !open && self.valid >= token.len() {
            best = self.rows[token.len()][length];
        }
        self.valid = self.valid.min(token.len());
        if best == 0 || best > self.forgiven { Outcome::Far } else { Outcome::Near(best) }
    }

    /// One row, and the least number in it. Only columns that the forgiven mistakes can reach are looked at.
    fn row(&mut self, row: usize, byte: u8) -> u8 {
        self.path[row] = byte;
        let width = usize::from(self.forgiven);
        let from = row.saturating_sub(width);
        let to = (row + width).min(self.word.len());
        let mut least = u8::MAX;
        if from == 0 {
            self.rows[row][0] = row as u8;
            least = row as u8;
        } else {
            self.rows[row][(from - 1).min(self.word.len())] = u8::MAX;
        }
        for column in from.max(1)..=to {
            let same = self.word[column - 1] == byte;
            let above = self.rows[row - 1];
            let mut cost = above[column - 1].saturating_add(u8::from(!same));
            // The cell above the last column of the band was never computed.
            if column < row + width {
                cost = cost.min(above[column].saturating_add(1));
            }
            cost = cost.min(self.rows[row][column - 1].saturating_add(1));
            let swapped = row > 1
                && column > 1
                && self.word[column - 2] == byte
                && self.path[row - 1] == self.word[column - 1];
            if swapped {
                cost = cost.min(self.rows[row - 2][column - 2].saturating_add(1));
            }
            self.rows[row][column] = cost;
            least = least.min(cost);
        }
        if to < self.word.len() {
            // Behind the band lie cells of an earlier token.
            self.rows[row][to + 1..=self.word.len()].fill(u8::MAX);
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, without any short cut.
    fn plain(a: &[u8], b: &[u8]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let mut cost = (d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]))
                        .min(d[i - 1][j] + 1)
                        .min(d[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        cost = cost.min(d[i - 2][j - 2] + 1);
                    }
                    cost
                };
            }
        }
        d[a.len()][b.len()]
    }

    fn distance(word: &str, token: &str) -> Option<u8> {
        let mut table = Table::new(word.as_bytes(), forgiven(word))?;
        match table.go_on(token.as_bytes(), 0, false) {
            Outcome::Near(mistakes) => Some(mistakes),
            _ => None,
        }
    }

    #[test]
    fn mistakes_are_counted() {
        assert_eq!(distance("fierfox", "firefox"), Some(1));
        assert_eq!(distance("libreofice", "libreoffice"), Some(1));
        assert_eq!(distance("thunderbrid", "thunderbird"), Some(1));
        assert_eq!(distance("gmip", "gimp"), Some(1));
        assert_eq!(distance("gimp", "gimp"), None);
        assert_eq!(distance("cat", "cut"), None);
        assert_eq!(distance("blender", "firefox"), None);
        let tokens = ["excel", "word", "photoshop"];
        assert_eq!(near_among(tokens.into_iter(), "photoshp"), ["photoshop"]);
    }

    #[test]
    fn the_short_cuts_change_nothing() {
        let mut seed = 7_u64;
        let mut random = |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % n
        };
        for _ in 0..20_000 {
            let mut make =
                || -> String { (0..4 + random(8)).map(|_| (b'a' + random(3) as u8) as char).collect() };
            let (a, b) = (make(), make());
            let exact = plain(a.as_bytes(), b.as_bytes());
            let expected = (exact > 0 && exact <= usize::from(forgiven(&a))).then_some(exact as u8);
            assert_eq!(distance(&a, &b), expected, "{a} {b}");
        }
    }
}
