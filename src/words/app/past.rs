//! A version to go back to.

use crate::moment;
use crate::update::join;
use cairn_model::Seconds;
use cairn_model::app::PastVersion;
use gettextrs::gettext;

/// Letters of a commit that tell it from others.
const SHORT: usize = 10;

/// `25.3 · yesterday · installed here before`. Where the commit's own words have the number in them, they stand for it, as
/// they do for versions whose number nobody wrote down: one list names its versions in one way.
pub fn version(version: &PastVersion) -> String {
    line(version, moment::now())
}

fn line(version: &PastVersion, now: Seconds) -> String {
    let name = match (version.version.as_str(), version.subject.as_str()) {
        ("", "") => version.commit.chars().take(SHORT).collect(),
        ("", subject) => subject.to_owned(),
        (number, subject) if has_word(subject, number) => subject.to_owned(),
        (number, _) => number.to_owned(),
    };
    let date = version.date.map(|at| moment::day(at, now)).unwrap_or_default();
    let place = match (version.current, version.was_here) {
        (true, _) => gettext("the one you have"),
        (false, true) => gettext("installed here before"),
        (false, false) => String::new(),
    };
    join(&[name, date, place])
}

fn has_word(text: &str, word: &str) -> bool {
    text.split_whitespace().any(|w| w == word || w.strip_prefix('v') == Some(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_without_a_number_is_still_named() {
        let now = 1_795_219_200;
        let mut past = PastVersion {
            commit: "0123456789abcdef".into(),
            version: "25.3".into(),
            date: Some(now - 86_400),
            subject: "Update dependencies".into(),
            was_here: true,
            current: false,
        };
        assert_eq!(line(&past, now), "25.3 · yesterday · installed here before");
        past.version.clear();
        past.was_here = false;
        assert_eq!(line(&past, now), "Update dependencies · yesterday");
        past.subject.clear();
        past.date = None;
        past.current = true;
        assert_eq!(line(&past, now), "0123456789 · the one you have");
    }

    #[test]
    fn one_list_names_its_versions_in_one_way() {
        let past = |version: &str, subject: &str, current| PastVersion {
            commit: "0123456789abcdef".into(),
            version: version.into(),
            date: None,
            subject: subject.into(),
            was_here: current,
            current,
        };
        assert_eq!(line(&past("3.1", "Lumen 3.1", true), 0), "Lumen 3.1 · the one you have");
        assert_eq!(line(&past("", "Lumen 3.0", false), 0), "Lumen 3.0");
        assert_eq!(line(&past("3.1", "Release v3.1", false), 0), "Release v3.1");
        assert_eq!(line(&past("3.1", "Fixes since 3.10", false), 0), "3.1", "another number");
    }
}
