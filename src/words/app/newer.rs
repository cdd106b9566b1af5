//! From which version of an app to which.

use crate::fill;
use gettextrs::gettext;

/// `3.2 → 3.3`; what of it is known, since a source may have an update without saying which version that is.
pub fn newer(old: &str, new: &str) -> String {
    match (old, new) {
        ("", new) => new.to_owned(),
        (old, "") => fill(&gettext("you have {version}"), &[("version", old)]),
        (old, new) if old == new => new.to_owned(),
        (old, new) => fill(&gettext("{old} → {new}"), &[("old", old), ("new", new)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_an_update_is_said() {
        assert_eq!(newer("3.2", "3.3"), "3.2 → 3.3");
        assert_eq!(newer("3.2", ""), "you have 3.2");
        assert_eq!((newer("", "3.3"), newer("3.3", "3.3")), ("3.3".into(), "3.3".into()));
        assert_eq!(newer("", ""), "");
    }
}
