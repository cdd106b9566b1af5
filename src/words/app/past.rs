//! A version to go back to.

use crate::moment;
use crate::update::join;
use cairn_model::Seconds;
use cairn_model::app::PastVersion;
use gettextrs::gettext;

/// Letters of a commit that tell it from others.
const SHORT: usize = 10;

/// `25.3 · yesterday · installed here before`.
pub fn version(version: &PastVersion) -> String {
    line(version, moment::now())
}

fn line(version: &PastVersion, now: Seconds) -> String {
    let name = match (version.version.as_str(), version.subject.as_str()) {
        ("", "") => version.commit.chars().take(SHORT).collect(),
        ("", subject) => subject.to_owned(),
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
}
