//! What two package lists differ in.

use cairn_model::change::{ChangeKind, PackageChange};
use cairn_model::text;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Package name (with its architecture where there are several) → version.
pub type PackageList = BTreeMap<String, String>;

/// The changes that lead from one list to the other, by name.
pub fn compare(from: &PackageList, to: &PackageList) -> Vec<PackageChange> {
    let mut changes = Vec::new();
    for (name, old) in from {
        match to.get(name) {
            None => changes.push(change(name, ChangeKind::Removed, Some(old), None)),
            Some(new) if new != old => {
                let kind = match order(old, new) {
                    Ordering::Greater => ChangeKind::Downgraded,
                    _ => ChangeKind::Upgraded,
                };
                changes.push(change(name, kind, Some(old), Some(new)));
            }
            Some(_) => {}
        }
    }
    for (name, new) in to.iter().filter(|(name, _)| !from.contains_key(*name)) {
        changes.push(change(name, ChangeKind::Added, None, Some(new)));
    }
    changes.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

fn change(name: &str, kind: ChangeKind, from: Option<&String>, to: Option<&String>) -> PackageChange {
    let clean = |v: Option<&String>| v.map(|v| text::line(v));
    PackageChange { name: text::line(name), kind, from: clean(from), to: clean(to) }
}

/// Orders versions with an optional epoch before a colon; the rest by UAPI.10, which covers dpkg and rpm.
pub fn order(a: &str, b: &str) -> Ordering {
    let split = |v: &str| match v.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|b| b.is_ascii_digit()) => {
            (epoch.parse::<u64>().unwrap_or(u64::MAX), rest.to_owned())
        }
        _ => (0, v.to_owned()),
    };
    let ((epoch_a, a), (epoch_b, b)) = (split(a), split(b));
    epoch_a.cmp(&epoch_b).then_with(|| uapi_version::Version::from(&a).cmp(&uapi_version::Version::from(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[(&str, &str)]) -> PackageList {
        items.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn every_kind_of_change_is_found() {
        let from = list(&[("bash", "5.2-1"), ("curl", "8.1"), ("gone", "1"), ("same", "2")]);
        let to = list(&[("bash", "5.2-2"), ("curl", "8.0"), ("new", "1"), ("same", "2")]);
        let kinds: Vec<_> = compare(&from, &to).into_iter().map(|c| (c.name, c.kind)).collect();
        let expected = [
            ("bash", ChangeKind::Upgraded),
            ("curl", ChangeKind::Downgraded),
            ("gone", ChangeKind::Removed),
            ("new", ChangeKind::Added),
        ];
        assert_eq!(kinds, expected.map(|(n, k)| (n.to_owned(), k)));
    }

    #[test]
    fn versions_are_ordered_as_packagers_mean_them() {
        for (low, high) in [("9.0", "10.0"), ("1:1.0", "2:0.1"), ("5.0", "1:0.1"), ("2.0~rc1", "2.0")] {
            assert_eq!(order(low, high), Ordering::Less, "{low} {high}");
        }
        assert_eq!(order("1.0", "1.0"), Ordering::Equal);
    }
}
