//! What the makers say about holes that an update closes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a hole is, in the words of Fedora's and Red Hat's security teams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nobody has said.
    #[default]
    Unknown,
    Low,
    Moderate,
    Important,
    Critical,
}

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Advisory {
    /// The makers' name for it, for example `FEDORA-2026-0123456789`.
    pub id: String,
    pub severity: Severity,
    /// Names of holes, for example `CVE-2026-1234`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<String>,
    /// Names of the packages that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
}

/// The worst first, then by name.
pub fn sort(advisories: &mut [Advisory]) {
    advisories.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first() {
        let advisory = |id: &str, severity| Advisory {
            id: id.into(),
            severity,
            holes: Vec::new(),
            packages: Vec::new(),
        };
        let mut all = [
            advisory("B", Severity::Low),
            advisory("C", Severity::Critical),
            advisory("A", Severity::Critical),
            advisory("D", Severity::Unknown),
        ];
        sort(&mut all);
        assert_eq!(all.map(|a| a.id), ["A", "C", "B", "D"]);
    }
}
