//! An update of nothing but packages that were added: the base stays, so its checksum does not tell the new version from
//! the one that runs.
//!
//! It is told by the base together with what changes. What was prepared of it is noted by the commit that came of it, which
//! is made on this machine and found again after each restart. The note is Cairn's own: a lost one is an empty one, and the
//! version is told by its base again.

use super::RpmOstree;
use super::answer::Entry;
use cairn_model::change::Changes;
use cairn_model::text;
use ostree::glib::{ChecksumType, compute_checksum_for_data};
use std::collections::BTreeMap;

const FOLDER: &str = "/var/lib/cairn";
const FILE: &str = "/var/lib/cairn/rpm-ostree.json";
/// Between the base and what changes.
const SIGN: char = '+';
/// As much of a hash as tells changes apart.
const LENGTH: usize = 32;

/// Commits, each with what its version is told by.
pub(super) type Notes = BTreeMap<String, String>;

/// What tells an update apart that changes these packages on that base; `None` where it changes none.
pub(super) fn identity(base: &str, changes: Option<&Changes>) -> Option<String> {
    let packages = &changes?.packages;
    // In the order of their names, whatever the order in which they were told.
    let mut lines: Vec<String> =
        packages.iter().map(|p| format!("{}\n{:?}\n{:?}\n{:?}\n", p.name, p.kind, p.from, p.to)).collect();
    lines.sort();
    let hash = compute_checksum_for_data(ChecksumType::Sha256, lines.concat().as_bytes())?;
    (!lines.is_empty()).then(|| format!("{base}{SIGN}{}", hash.chars().take(LENGTH).collect::<String>()))
}

/// The base in what tells a version, be it alone.
pub(super) fn base(checksum: &str) -> &str {
    let is_hash = |hash: &str| hash.len() == LENGTH && hash.bytes().all(|b| b.is_ascii_hexdigit());
    checksum.rsplit_once(SIGN).filter(|(_, hash)| is_hash(hash)).map_or(checksum, |(base, _)| base)
}

pub(super) fn notes(engine: &RpmOstree) -> Notes {
    let text = engine.host.read(FILE).ok().flatten().unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// What a version is told by.
pub(super) fn checksum(notes: &Notes, entry: &Entry) -> String {
    let noted = notes.get(&entry.commit).filter(|noted| {
        cairn_model::deployment::is_identity(noted) && noted.as_str() != base(noted) && base(noted) == entry.checksum
    });
    noted.unwrap_or(&entry.checksum).clone()
}

/// Notes what the version is told by from now on, and forgets those that are gone.
pub(super) fn note(engine: &RpmOstree, entries: &[Entry], made: &Entry, identity: &str) {
    let mut notes = notes(engine);
    notes.retain(|commit, _| entries.iter().any(|entry| entry.commit == *commit));
    notes.insert(made.commit.clone(), identity.to_owned());
    let json = serde_json::to_string(&notes).unwrap_or_default();
    let written = engine.host.make_private_directory(FOLDER).and_then(|()| engine.host.write(FILE, &json));
    // Nothing that was prepared is lost by this; it is only told by its base.
    if let Err(error) = written {
        tracing::warn!("{}", text::line(&format!("{FILE}: {error}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::change::{ChangeKind, PackageChange};

    fn change(name: &str, to: &str) -> PackageChange {
        let (from, to) = (Some("1".into()), Some(to.into()));
        PackageChange { name: name.into(), kind: ChangeKind::Upgraded, from, to }
    }

    #[test]
    fn the_same_changes_on_the_same_base_are_the_same_update() {
        let told = |packages: Vec<PackageChange>| {
            identity("sha256:ab", Some(&Changes { packages, ..Changes::default() }))
        };
        let one = told(vec![change("vim", "2"), change("zsh", "2")]).unwrap();
        assert!(cairn_model::deployment::is_identity(&one), "{one}");
        assert_eq!(told(vec![change("zsh", "2"), change("vim", "2")]), Some(one.clone()));
        assert_ne!(told(vec![change("vim", "3"), change("zsh", "2")]), Some(one.clone()));
        assert_eq!((base(&one), base("sha256:ab"), base("ab+cd")), ("sha256:ab", "sha256:ab", "ab+cd"));
        assert_eq!((told(Vec::new()), identity("ab", None)), (None, None));
    }
}
