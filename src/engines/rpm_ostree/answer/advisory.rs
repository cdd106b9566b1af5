//! The holes that an update closes: `advisories` of `CachedUpdate`, an `a(suuasa{sv})` of id, kind, severity, packages and
//! more (rpm-ostree: src/daemon/org.projectatomic.rpmostree1.xml). Upstream lists those about security alone.

use super::dict::{Facts, fields, items, number_of, text_of};
use super::nevra;
use cairn_model::advisory::{Advisory, Severity, sort};
use cairn_model::text;
use zbus::zvariant::Value;

/// More than any update has.
const MOST: usize = 500;

/// The worst first. Nothing depends on them, so that what makes no sense is left out.
pub fn read(value: &Value<'_>) -> Vec<Advisory> {
    let mut all: Vec<Advisory> = items(value).iter().filter_map(one).take(MOST).collect();
    sort(&mut all);
    all
}

fn one(item: &Value<'_>) -> Option<Advisory> {
    let [id, _kind, severity, packages, more] = fields(item) else { return None };
    let id = text::line(text_of(id)?);
    let names = items(packages).iter().filter_map(text_of).filter_map(nevra::split);
    let references = Facts::of(more).ok().and_then(|more| more.get("cve_references"));
    let references = references.map(items).unwrap_or_default();
    Some(Advisory {
        id: Some(id).filter(|id| !id.is_empty())?,
        severity: severity_of(number_of(severity)),
        holes: once(references.iter().flat_map(holes)),
        packages: once(names.map(|(name, _)| text::line(name))),
    })
}

/// `RpmOstreeAdvisorySeverity` (rpm-ostree: src/lib/rpmostree-package.h).
fn severity_of(number: Option<u64>) -> Severity {
    match number {
        Some(1) => Severity::Low,
        Some(2) => Severity::Moderate,
        Some(3) => Severity::Important,
        Some(4) => Severity::Critical,
        _ => Severity::Unknown,
    }
}

/// The names in a reference, address and title: the title is that of a bug, and may name several holes.
fn holes(reference: &Value<'_>) -> Vec<String> {
    let names = |at: usize| -> Vec<String> {
        let words = fields(reference).get(at).and_then(text_of).unwrap_or_default();
        words.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter_map(hole).collect()
    };
    let titled = names(1);
    if titled.is_empty() { names(0) } else { titled }
}

/// `CVE-YEAR-NUMBER` (cve.org: "CVE ID syntax").
fn hole(word: &str) -> Option<String> {
    let (year, number) = word.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let fits = year.len() == 4 && (4..=19).contains(&number.len()) && digits(year) && digits(number);
    fits.then(|| word.to_owned())
}

/// In order, each one once.
fn once(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = names.take(MOST).collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_holes_are_found_in_titles() {
        for no in ["CVE-2026", "CVE-26-1234", "CVE-2026-12", "cve-2026-1234", "CVE-2026-1234-5", "xCVE-2026-1234"] {
            assert_eq!(hole(no), None, "{no}");
        }
        let title = "CVE-2026-1234 CVE-2026-23456: openssl: use after free [fedora-43]";
        let reference = Value::from(("https://bugzilla.redhat.com/1", title));
        assert_eq!(holes(&reference), ["CVE-2026-1234", "CVE-2026-23456"]);
        let reference = Value::from(("https://access.redhat.com/security/cve/CVE-2026-1234", "a hole"));
        assert_eq!(holes(&reference), ["CVE-2026-1234"]);
    }
}
