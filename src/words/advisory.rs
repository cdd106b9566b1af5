//! Holes that an update closes.

use crate::fill;
use crate::moment::plural;
use cairn_model::Advisory;
use cairn_model::advisory::Severity;
use cairn_model::change::Changes;
use gettextrs::{gettext, ngettext};

pub fn severity(severity: Severity) -> String {
    match severity {
        Severity::Unknown => gettext("Security"),
        Severity::Low => gettext("Low"),
        Severity::Moderate => gettext("Moderate"),
        Severity::Important => gettext("Important"),
        Severity::Critical => gettext("Critical"),
    }
}

/// All of them in one sentence; `None` where there is none.
pub fn summary(changes: &Changes) -> Option<String> {
    let worst = changes.advisories.iter().map(|advisory| advisory.severity).max()?;
    let count = changes.advisories.len() as u64;
    let words = match worst {
        Severity::Critical => ngettext(
            "Closes {n} security hole; it is critical",
            "Closes {n} security holes; the worst is critical",
            plural(count),
        ),
        Severity::Important => ngettext(
            "Closes {n} security hole; it is important",
            "Closes {n} security holes; the worst is important",
            plural(count),
        ),
        _ => ngettext("Closes {n} security hole", "Closes {n} security holes", plural(count)),
    };
    Some(fill(&words, &[("n", &count.to_string())]))
}

/// What one is about: packages and the names of the holes.
pub fn line(advisory: &Advisory) -> String {
    let mut about = advisory.packages.join(", ");
    if about.is_empty() {
        about.clone_from(&advisory.id);
    }
    if advisory.holes.is_empty() {
        return about;
    }
    let values = [("about", about.as_str()), ("holes", &advisory.holes.join(", "))];
    fill(&gettext("{about}: {holes}"), &values)
}
