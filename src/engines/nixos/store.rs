//! Paths of the store, whose form is a format of its own: `/nix/store/HASH-NAME` (Nix manual, "Store Path").

use crate::packages::PackageList;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

pub(super) const FOLDER: &str = "/nix/store";
/// The digits of Nix's own base 32.
const DIGITS: &str = "0123456789abcdfghijklmnpqrsvwxyz";
const HASH: usize = 32;
/// nix: src/libstore/path.cc, `StorePath::MaxPathLen`.
const LONGEST: usize = 211;

/// A path directly below the store's folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StorePath(String);

impl StorePath {
    /// `None` for what is no such path.
    pub fn parse(path: &str) -> Option<Self> {
        Self::of_name(path.strip_prefix(FOLDER)?.strip_prefix('/')?)
    }

    /// The path of that name, as newer versions of Nix write it in JSON.
    pub fn of_name(base: &str) -> Option<Self> {
        let (hash, name) = base.split_once('-')?;
        let digits = hash.len() == HASH && hash.chars().all(|c| DIGITS.contains(c));
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_' | '?' | '=');
        let named = !name.is_empty() && name.len() <= LONGEST && name.chars().all(legal);
        (digits && named).then(|| Self(base.to_owned()))
    }

    /// What tells it from every other path.
    pub fn hash(&self) -> &str {
        self.0.get(..HASH).unwrap_or_default()
    }

    pub fn name(&self) -> &str {
        self.0.get(HASH + 1..).unwrap_or_default()
    }

    pub fn path(&self) -> String {
        format!("{FOLDER}/{}", self.0)
    }

    /// Name and version of the package that it belongs to; `None` for what has no version, such as a unit or a
    /// script. The name of an output is left out as in nix: src/nix/diff-closures.cc, and the version begins at the
    /// first dash before something that is no letter, as in src/libstore/names.cc.
    pub fn package(&self) -> Option<(&str, &str)> {
        let name = self.name();
        let without = match name.rsplit_once('-') {
            Some((rest, end)) if is_output(end) => rest,
            _ => name,
        };
        let begin = without.char_indices().find(|(at, c)| {
            *c == '-'
                && without
                    .get(at + 1..)
                    .and_then(|v| v.chars().next())
                    .is_some_and(|c| !c.is_ascii_alphabetic())
        });
        let (at, _) = begin?;
        Some((without.get(..at)?, without.get(at + 1..)?)).filter(|(name, _)| !name.is_empty())
    }
}

fn is_output(word: &str) -> bool {
    matches!(word, "lib32" | "lib64") || (!word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
}

/// The packages that paths belong to. Where there are several versions of one, all are named.
pub fn packages<'a>(paths: impl Iterator<Item = &'a StorePath>) -> PackageList {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, version) in paths.filter_map(StorePath::package) {
        versions.entry(name).or_default().insert(version);
    }
    let join = |set: BTreeSet<&str>| set.into_iter().collect::<Vec<_>>().join(", ");
    versions.into_iter().map(|(name, set)| (name.to_owned(), join(set))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0123456789abcdfghijklmnpqrsvwxyz";

    fn path(name: &str) -> Option<StorePath> {
        StorePath::parse(&format!("/nix/store/{HASH}-{name}"))
    }

    #[test]
    fn only_paths_of_the_store_are_any() {
        let good = path("nixos-system-host-26.05.1").unwrap();
        assert_eq!((good.hash(), good.name()), (HASH, "nixos-system-host-26.05.1"));
        assert_eq!(good.path(), format!("/nix/store/{HASH}-nixos-system-host-26.05.1"));
        for bad in ["", "a/b", "a b", "../x", "ü", "a\n"] {
            assert_eq!(path(bad), None, "{bad:?}");
        }
        for bad in ["/nix/store", "/nix/store/x-y", "/etc/passwd", &format!("/nix/store/{HASH}"), "ü-é"] {
            assert_eq!(StorePath::parse(bad), None, "{bad:?}");
        }
        let wrong_digit = HASH.replace('z', "e");
        assert_eq!(StorePath::parse(&format!("/nix/store/{wrong_digit}-x")), None);
    }

    #[test]
    fn packages_are_named_as_nix_names_them() {
        let cases = [
            ("bash-5.3p9", Some(("bash", "5.3p9"))),
            ("glibc-2.42-61-bin", Some(("glibc", "2.42-61"))),
            ("python3.13-numpy-2.3.4", Some(("python3.13-numpy", "2.3.4"))),
            ("unit-sshd.service", None),
            ("etc", None),
            ("-1", None),
        ];
        for (name, expected) in cases {
            assert_eq!(path(name).unwrap().package(), expected, "{name}");
        }
        let two = [path("a-1").unwrap(), path("a-2").unwrap(), path("a-2-doc").unwrap()];
        assert_eq!(packages(two.iter()), PackageList::from([("a".into(), "1, 2".into())]));
    }
}
