//! By which tokens a component is found.

use crate::reader::Component;
use crate::token;
use cairn_model::app::details::Block;

/// Where a component has a token, a bit each.
pub(crate) mod field {
    /// The first word of the name.
    pub(crate) const FIRST: u8 = 1;
    pub(crate) const NAME: u8 = 1 << 1;
    /// Words of the name put together, or parts of one.
    pub(crate) const JOINED: u8 = 1 << 2;
    pub(crate) const ID: u8 = 1 << 3;
    pub(crate) const KEYWORD: u8 = 1 << 4;
    pub(crate) const SUMMARY: u8 = 1 << 5;
    pub(crate) const DEVELOPER: u8 = 1 << 6;
    /// The untranslated name.
    pub(crate) const PLAIN: u8 = 1 << 7;
}

/// Before a category. It sorts before every letter and digit, so that no query meets it.
pub(crate) const CATEGORY: char = '#';
/// Before what an app is called as a whole: its name, or the last part of its id, without spaces.
pub(crate) const CALLED: char = '&';
/// The first token that people can type.
pub(crate) const TYPED: &[u8] = b"0";

/// Parts of ids that say nothing about the app.
const EMPTY_PARTS: [&str; 15] = [
    "org", "com", "net", "io", "de", "fr", "eu", "dev", "app", "page", "github", "gitlab", "codeberg",
    "debian", "packages",
];

/// Gives every token of the short texts with its fields.
pub(super) fn short(app: &Component, add: &mut impl FnMut(&str, u8)) {
    name(&app.name.best, add);
    if app.name.plain != app.name.best {
        token::tokens(&app.name.plain, |t| add(t, field::PLAIN));
    }
    id(&app.id, add);
    for text in app.keywords.best.iter().chain(&app.keywords.plain) {
        token::tokens(text, |t| add(t, field::KEYWORD));
    }
    for text in [&app.summary.best, &app.summary.plain] {
        token::tokens(text, |t| add(t, field::SUMMARY));
    }
    token::tokens(&app.developer.best, |t| add(t, field::DEVELOPER));
    for category in &app.categories {
        add(&format!("{CATEGORY}{}", category.to_ascii_lowercase()), field::KEYWORD);
    }
    for whole in [&app.name.best, &app.name.plain, last_part(&app.id)] {
        let whole = called(whole);
        if !whole.is_empty() {
            add(&format!("{CALLED}{whole}"), field::NAME);
        }
    }
}

/// Gives every token of the description.
pub(super) fn prose(app: &Component, mut add: impl FnMut(&str)) {
    for block in &app.description {
        let lines = match block {
            Block::Paragraph(line) => std::slice::from_ref(line),
            Block::Bullets(lines) | Block::Numbers(lines) => lines.as_slice(),
        };
        // One letter and mere numbers tell nothing about an app.
        let tells = |t: &str| t.len() > 1 && t.bytes().any(|b| !b.is_ascii_digit());
        lines.iter().for_each(|line| {
            token::tokens(line, |t| {
                if tells(t) {
                    add(t)
                }
            })
        });
    }
}

/// What something is called as a whole, as [`CALLED`] tokens have it.
pub(crate) fn called(name: &str) -> String {
    let mut whole = String::new();
    token::words(name, |word| whole.push_str(word));
    whole.truncate(whole.floor_char_boundary(token::LONGEST));
    whole
}

fn name(name: &str, add: &mut impl FnMut(&str, u8)) {
    let mut words: Vec<String> = Vec::new();
    token::words(name, |word| {
        let mut fields = field::NAME | if words.is_empty() { field::FIRST } else { 0 };
        token::pieces(word, |t| {
            add(t, fields);
            fields &= !field::FIRST;
        });
        words.push(word.to_owned());
    });
    token::humps(name).for_each(|part| token::tokens(part, |t| add(t, field::JOINED)));
    for pair in words.windows(2) {
        joined(&pair.concat(), add);
    }
    if words.len() > 2 {
        joined(&words.concat(), add);
    }
}

fn joined(word: &str, add: &mut impl FnMut(&str, u8)) {
    if word.len() <= token::LONGEST {
        add(word, field::JOINED);
    }
}

fn id(id: &str, add: &mut impl FnMut(&str, u8)) {
    for part in id.split('.') {
        let lower = part.to_ascii_lowercase();
        if EMPTY_PARTS.contains(&lower.as_str()) {
            continue;
        }
        token::tokens(part, |t| add(t, field::ID));
        token::humps(part).for_each(|hump| token::tokens(hump, |t| add(t, field::ID)));
    }
}

/// What an app is called by its id.
pub(super) fn last_part(id: &str) -> &str {
    id.rsplit('.').next().unwrap_or_default()
}
