//! What zypper and rpm answer, as data. Pure; no input makes it panic.
//!
//! Facts: zypper, src/Summary.cc `dumpAsXmlTo` and src/output/xmlout.rnc; rpm(8), `--queryformat`.

use super::xml::{Element, elements};
use crate::packages::{PackageList, order};
use cairn_model::change::{ChangeKind, PackageChange};
use cairn_model::package::FoundPackage;
use cairn_model::{PackageName, Problem, text};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The longest summary of a package that is shown, in characters.
const SUMMARY: usize = 200;

/// What zypper would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    pub changes: Vec<PackageChange>,
    /// The version of the product that would be installed then, where it is another one.
    pub product: Option<String>,
    /// In bytes, over the network.
    pub download: Option<u64>,
    /// In bytes, how much more is taken on the disk; less than nothing where it is less.
    pub growth: Option<i64>,
}

impl Offer {
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.product.is_none()
    }

    pub fn adds(&self, name: &str) -> bool {
        self.changes.iter().any(|change| change.kind == ChangeKind::Added && change.name == name)
    }

    pub fn removes(&self, name: &str) -> bool {
        self.changes.iter().any(|change| change.kind == ChangeKind::Removed && change.name == name)
    }

    /// The same for the same changes, another for others: FNV-1a over names and versions.
    pub fn fingerprint(&self) -> u64 {
        let mut lines: Vec<String> =
            self.changes.iter().map(|c| format!("{} {:?} {:?}\n", c.name, c.kind, c.to)).collect();
        lines.sort_unstable();
        lines.push(self.product.clone().unwrap_or_default());
        let bytes = lines.iter().flat_map(|line| line.bytes());
        bytes
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

/// `zypper --xmlout dup --dry-run`. No summary means that there is nothing to do.
///
/// # Errors
/// [`Problem::BadAnswer`] for what is no such XML.
pub fn offer(answer: &[u8]) -> Result<Offer, Problem> {
    let mut offer = Offer::default();
    for element in elements(answer)? {
        match (element.name.as_str(), element.above.as_str()) {
            ("install-summary", _) => {
                offer.download = element.get("download-size").and_then(|n| n.parse().ok());
                offer.growth = element.get("space-usage-diff").and_then(|n| n.parse().ok());
            }
            ("solvable", section) => add(&mut offer, &element, section)?,
            _ => {}
        }
    }
    offer.changes.sort_by(|a, b| a.name.cmp(&b.name));
    offer.changes.dedup();
    Ok(offer)
}

fn add(offer: &mut Offer, element: &Element, section: &str) -> Result<(), Problem> {
    let (Some(name), Some(edition)) = (element.get("name"), element.get("edition")) else {
        return Err(super::xml::bad("a solvable without a name or an edition"));
    };
    let old = element.get("edition-old");
    // It changes neither version nor vendor, or is no section of changes at all.
    let Some(kind) = kind(section, old, edition) else { return Ok(()) };
    match element.get("type").or_else(|| element.get("kind")) {
        Some("package") => offer.changes.push(change(name, kind, old, edition)),
        // The version is what stands before the release, as in os-release.
        Some("product") if kind != ChangeKind::Removed => {
            let version = edition.split('-').next().unwrap_or(edition);
            offer.product = Some(text::line(version));
        }
        _ => {}
    }
    Ok(())
}

fn kind(section: &str, old: Option<&str>, new: &str) -> Option<ChangeKind> {
    Some(match section {
        "to-install" => ChangeKind::Added,
        "to-remove" => ChangeKind::Removed,
        "to-downgrade" => ChangeKind::Downgraded,
        "to-upgrade" => ChangeKind::Upgraded,
        "to-reinstall" => ChangeKind::Modified,
        // Another vendor or architecture, often of another version as well.
        "to-change-vendor" | "to-change-arch" | "to-upgrade-change-arch" | "to-downgrade-change-arch" => {
            match old.map_or(Ordering::Equal, |old| order(old, new)) {
                Ordering::Less => ChangeKind::Upgraded,
                Ordering::Greater => ChangeKind::Downgraded,
                Ordering::Equal => ChangeKind::Modified,
            }
        }
        _ => return None,
    })
}

fn change(name: &str, kind: ChangeKind, old: Option<&str>, edition: &str) -> PackageChange {
    let (from, to) = match kind {
        ChangeKind::Removed => (Some(edition), None),
        _ => (old, Some(edition)),
    };
    PackageChange { name: text::line(name), kind, from: from.map(text::line), to: to.map(text::line) }
}

/// `zypper --xmlout search`: packages by name, each once. What nobody could ask for is left out.
///
/// # Errors
/// [`Problem::BadAnswer`] for what is no such XML.
pub fn found(answer: &[u8]) -> Result<Vec<FoundPackage>, Problem> {
    let mut found: BTreeMap<PackageName, FoundPackage> = BTreeMap::new();
    for element in elements(answer)?.into_iter().filter(|e| e.name == "solvable") {
        let is_package = element.get("kind") == Some("package");
        let name = element.get("name").filter(|_| is_package).and_then(|name| PackageName::new(name).ok());
        let Some(name) = name else { continue };
        let summary = element.get("summary").map(|s| text::clean(s, SUMMARY)).filter(|s| !s.is_empty());
        let one = found.entry(name.clone()).or_insert(FoundPackage {
            name,
            version: None,
            summary,
            repository: None,
            here: false,
        });
        one.here |= element.get("status") == Some("installed");
    }
    Ok(found.into_values().collect())
}

/// How rpm is asked for what is installed.
pub const FORMAT: &str = "%{NAME}\\t%{VERSION}-%{RELEASE}\\n";

/// A line for each package: name, tab, version. Of several versions of one package the newest counts.
///
/// # Errors
/// [`Problem::BadAnswer`] for a line that is none, and for no line at all: no system has no package.
pub fn installed(answer: &[u8]) -> Result<PackageList, Problem> {
    let bad = |detail: &str| Problem::BadAnswer { tool: super::RPM.into(), detail: text::clean(detail, 200) };
    let lines = std::str::from_utf8(answer).map_err(|e| bad(&e.to_string()))?;
    let mut list = PackageList::new();
    for line in lines.lines() {
        let (name, version) = line.split_once('\t').ok_or_else(|| bad(&format!("no package: {line}")))?;
        match list.get(name) {
            Some(known) if order(known, version) == Ordering::Greater => {}
            _ => drop(list.insert(name.to_owned(), version.to_owned())),
        }
    }
    if list.is_empty() { Err(bad("no package is installed")) } else { Ok(list) }
}
