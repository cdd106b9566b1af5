//! Text as it is searched: folded words, and the tokens of a word.
//!
//! Folding makes lower case, takes marks away (NFKD) and spells letters out that people without them type as others.
//! The same is done to what is indexed and to what is asked.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest token in bytes; what is longer is cut, so that a hostile word cannot grow the vocabulary or a query.
pub(crate) const LONGEST: usize = 40;

/// Gives each folded word to `take`: runs of letters and digits, with `+` and `#` after them (`c++`, `c#`). Scripts that
/// write no spaces are runs of their own.
pub(crate) fn words(text: &str, mut take: impl FnMut(&str)) {
    let mut word = String::new();
    let mut asian = false;
    let mut put = |c: char, word: &mut String| {
        let is_part = c.is_alphanumeric() || (matches!(c, '+' | '#') && !word.is_empty());
        if !is_part || (asian != is_asian(c) && !word.is_empty()) {
            if !word.is_empty() {
                take(word);
                word.clear();
            }
            if !is_part {
                return;
            }
        }
        asian = is_asian(c);
        word.push(c);
    };
    if text.is_ascii() {
        text.chars().for_each(|c| put(c.to_ascii_lowercase(), &mut word));
    } else {
        for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
            match spelled(c) {
                Some(letters) => letters.chars().for_each(|c| put(c, &mut word)),
                None => put(c, &mut word),
            }
        }
    }
    put(' ', &mut word);
}

/// The words with one space between each.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    words(text, |word| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    });
    out
}

/// Gives the tokens of a folded word: itself, or each two neighbours where the script writes no spaces.
pub(crate) fn pieces<'w>(word: &'w str, mut take: impl FnMut(&'w str)) {
    if !word.starts_with(is_asian) {
        return take(&word[..word.floor_char_boundary(LONGEST)]);
    }
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    if starts.len() <= 2 {
        return take(word);
    }
    starts.windows(3).for_each(|pair| take(&word[pair[0]..pair[2]]));
}

/// All tokens of a text.
pub(crate) fn tokens(text: &str, mut take: impl FnMut(&str)) {
    words(text, |word| pieces(word, &mut take));
}

/// The parts of words that are written together with capitals: `LibreOffice` → `Libre`, `Office`.
pub(crate) fn humps(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).flat_map(|word| {
        let mut cuts = vec![0];
        let mut before = ' ';
        for (at, c) in word.char_indices() {
            if c.is_uppercase() && before.is_lowercase() {
                cuts.push(at);
            }
            before = c;
        }
        let alone = cuts.len() == 1;
        cuts.push(word.len());
        let parts: Vec<&str> = cuts.windows(2).map(|w| &word[w[0]..w[1]]).collect();
        parts.into_iter().filter(move |p| !alone && p.chars().count() > 2)
    })
}

/// Letters that do not fall apart into a base and a mark.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

/// Han, kana and their relatives; Korean has spaces.
fn is_asian(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        tokens(text, |t| out.push(t.to_owned()));
        out
    }

    #[test]
    fn words_fold_to_what_people_type() {
        assert_eq!(
            all("Größe: Éditeur d’Images, C++ & C#!"),
            ["grosse", "editeur", "d", "images", "c++", "c#"]
        );
        assert_eq!(all("图片编辑器 GIMP"), ["图片", "片编", "编辑", "辑器", "gimp"]);
        assert_eq!(all("画"), ["画"]);
        assert_eq!(all("3D ﬁle"), ["3d", "file"]);
        assert_eq!(all("# + ++a"), ["a"]);
        assert_eq!(all(""), [""; 0]);
        assert_eq!(folded("  Visual-Studio  Code "), "visual studio code");
        assert!(all(&"ä".repeat(500)).iter().all(|t| t.len() <= LONGEST));
    }

    #[test]
    fn capitals_part_words() {
        assert_eq!(humps("LibreOffice Writer").collect::<Vec<_>>(), ["Libre", "Office"]);
        assert_eq!(humps("GIMP gThumb").collect::<Vec<_>>(), ["Thumb"]);
    }
}
