//! Which translation suits a person best.

use std::cell::RefCell;
use std::collections::HashMap;

/// How well a translation suits; more is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(u8);

impl Rank {
    /// What stands there for everybody, in English by custom.
    pub(crate) const UNTRANSLATED: Self = Self(0);
}

/// A person's language, as `setlocale` or BCP 47 names it: `de_AT.UTF-8`, `sr@latin`, `zh-Hans-CN`.
#[derive(Debug)]
pub(crate) struct Locale {
    wanted: Tag,
    known: RefCell<HashMap<String, Option<Rank>>>,
}

#[derive(Debug, Default, PartialEq)]
struct Tag {
    language: String,
    script: String,
    territory: String,
    variant: String,
}

impl Locale {
    pub(crate) fn new(name: &str) -> Self {
        Self { wanted: Tag::new(name), known: RefCell::default() }
    }

    /// `None` for another language.
    pub(crate) fn rank(&self, tag: &str) -> Option<Rank> {
        if let Some(rank) = self.known.borrow().get(tag) {
            return *rank;
        }
        let rank = self.wanted.suits(&Tag::new(tag));
        let mut known = self.known.borrow_mut();
        // A catalogue has about 150 tags; a hostile one may not grow this without end.
        if known.len() < 1000 {
            known.insert(tag.to_owned(), rank);
        }
        rank
    }
}

impl Tag {
    fn new(name: &str) -> Self {
        let (name, modifier) = name.split_once('@').unwrap_or((name, ""));
        let name = name.split('.').next().unwrap_or_default();
        let mut parts = name.split(['_', '-']);
        let mut tag =
            Self { language: parts.next().unwrap_or_default().to_ascii_lowercase(), ..Self::default() };
        for part in parts {
            match part.len() {
                4 => tag.script = part.to_ascii_lowercase(),
                2 | 3 => tag.territory = part.to_ascii_lowercase(),
                _ => tag.variant = part.to_ascii_lowercase(),
            }
        }
        match modifier {
            "" | "euro" => {}
            "latin" => tag.script = "latn".into(),
            "cyrillic" => tag.script = "cyrl".into(),
            other => tag.variant = other.to_ascii_lowercase(),
        }
        if tag.language == "c" || tag.language == "posix" {
            tag.language = "en".into();
        }
        tag
    }

    /// The script that is meant where none is named.
    fn script(&self) -> &str {
        if !self.script.is_empty() {
            return &self.script;
        }
        match (self.language.as_str(), self.territory.as_str()) {
            ("zh", "tw" | "hk" | "mo") => "hant",
            ("zh", _) => "hans",
            ("sr", _) => "cyrl",
            // English is also written in the letters of Shaw.
            ("en", _) => "latn",
            _ => "",
        }
    }

    fn suits(&self, offered: &Self) -> Option<Rank> {
        let scripts =
            self.script() == offered.script() || self.script().is_empty() || offered.script().is_empty();
        let same_place = self.territory == offered.territory;
        let variants = offered.variant.is_empty() || self.variant == offered.variant;
        if self.language != offered.language || !scripts || !variants {
            return None;
        }
        if !same_place && !offered.territory.is_empty() {
            // Portuguese of another country is better than English, but only just; English of another country is not
            // better than what stands there for everybody.
            return (self.language != "en").then_some(Rank(1));
        }
        let exact = u8::from(same_place) + u8::from(self.variant == offered.variant);
        Some(Rank(2 + exact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_translation_wins() {
        let order = |name: &str, tags: &[&str]| {
            let locale = Locale::new(name);
            let ranks: Vec<Option<Rank>> = tags.iter().map(|t| locale.rank(t)).collect();
            assert!(ranks.windows(2).all(|w| w[0] > w[1]), "{name} {tags:?}: {ranks:?}");
        };
        order("de_AT.UTF-8", &["de_AT", "de", "de-DE", "fr"]);
        order("zh_CN.UTF-8", &["zh-Hans-CN", "zh-Hant-TW"]);
        order("zh_TW", &["zh-Hant-TW", "zh-Hans-CN"]);
        order("sr@latin", &["sr-Latn", "sr-Cyrl"]);
        order("ca", &["ca", "ca-valencia"]);
        order("ca@valencia", &["ca-valencia", "ca", "es"]);
        order("C", &["en", "de"]);
        assert_eq!(Locale::new("").rank("de"), None);
        assert_eq!(Locale::new("C").rank("en-Shaw"), None);
        assert_eq!(Locale::new("en_US.UTF-8").rank("en-GB"), None);
    }
}
