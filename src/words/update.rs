//! An update and what changes with it.

use crate::moment::plural;
use crate::{amount, fill};
use cairn_model::change::{ChangeKind, Changes, PackageChange};
use cairn_model::{Update, Verification};
use gettextrs::{gettext, ngettext};

/// `Version 44.2 · 412 MB`.
pub fn summary(update: &Update) -> String {
    let version = fill(&gettext("Version {version}"), &[("version", &update.version)]);
    match update.download {
        Some(bytes) => join(&[version, amount::size(bytes)]),
        // That it is here already stands beside it.
        None if update.downloaded => version,
        None => join(&[version, gettext("size not known")]),
    }
}

/// Said where nothing of it has to be fetched any more.
pub fn is_here() -> String {
    gettext("It is downloaded already.")
}

/// `62 newer, 2 added, 1 removed`; empty where nothing is known.
pub fn counts(changes: &Changes) -> String {
    if !changes.by_package {
        let count = changes.file_count;
        let words = ngettext("{n} file differs", "{n} files differ", plural(count));
        return fill(&words, &[("n", &count.to_string())]);
    }
    let part = |kind, words: fn(u32) -> String| {
        let count = changes.packages_of(kind) as u64;
        (count > 0).then(|| fill(&words(plural(count)), &[("n", &count.to_string())]))
    };
    let parts: Vec<String> = [
        part(ChangeKind::Upgraded, |n| ngettext("{n} part newer", "{n} parts newer", n)),
        part(ChangeKind::Added, |n| ngettext("{n} added", "{n} added", n)),
        part(ChangeKind::Removed, |n| ngettext("{n} removed", "{n} removed", n)),
        part(ChangeKind::Downgraded, |n| ngettext("{n} older", "{n} older", n)),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.join(", ")
}

/// `bash 5.2-1 → 5.2-2`.
pub fn package(change: &PackageChange) -> String {
    match (&change.from, &change.to) {
        (Some(from), Some(to)) => fill(&gettext("{from} → {to}"), &[("from", from), ("to", to)]),
        (None, Some(version)) | (Some(version), None) => version.clone(),
        (None, None) => String::new(),
    }
}

pub fn kind(kind: ChangeKind) -> String {
    match kind {
        ChangeKind::Added => gettext("Added"),
        ChangeKind::Removed => gettext("Removed"),
        ChangeKind::Upgraded => gettext("Newer"),
        ChangeKind::Downgraded => gettext("Older"),
        ChangeKind::Modified => gettext("Changed"),
    }
}

/// Who made it, and how sure that is.
pub fn trust(verification: &Verification) -> String {
    match verification {
        Verification::Unknown => gettext("It has not been checked who made it."),
        Verification::NotRequired => gettext("Not signed: this system does not ask for signatures."),
        Verification::Signed { signer, .. } if !signer.is_empty() => {
            fill(&gettext("Signed by {signer}"), &[("signer", signer)])
        }
        Verification::Signed { key, .. } => fill(&gettext("Signed with key {key}"), &[("key", key)]),
        Verification::Failed { .. } => gettext("The signature does not hold."),
    }
}

/// Puts facts behind each other, as all lines below a title do.
pub fn join(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_leave_out_what_is_none() {
        let change = |kind| PackageChange { name: "a".into(), kind, from: None, to: None };
        let mut changes = Changes { by_package: true, ..Changes::default() };
        assert_eq!(counts(&changes), "");
        changes.packages =
            vec![change(ChangeKind::Upgraded), change(ChangeKind::Upgraded), change(ChangeKind::Removed)];
        assert_eq!(counts(&changes), "2 parts newer, 1 removed");
    }
}
