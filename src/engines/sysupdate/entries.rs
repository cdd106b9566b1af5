//! What the boot loader has entries for, and which of them it has given up on.
//!
//! systemd-boot counts tries in the names of entries, `NAME+LEFT-DONE` (UAPI.1, "Boot counting"); one with none left is
//! started only if nothing else can be. Where the boot loader itself is not asked, file names are all that is looked at.

use super::loader::BootEntry;
use cairn_host::Host;
use cairn_model::Defect;

/// Where the EFI and the extended boot partition are mounted, with each kind of entry.
pub(super) const FOLDERS: [(&str, &str); 5] = [
    ("/efi/EFI/Linux", ".efi"),
    ("/boot/EFI/Linux", ".efi"),
    ("/boot/efi/EFI/Linux", ".efi"),
    ("/efi/loader/entries", ".conf"),
    ("/boot/loader/entries", ".conf"),
];

/// The entries of a system.
#[derive(Debug, Default)]
pub struct Entries(Vec<Entry>);

#[derive(Debug, Default, PartialEq, Eq)]
struct Entry {
    /// The file's, without its counter and ending.
    name: String,
    /// `None` where tries are not counted (any more), which is good.
    left: Option<u64>,
    /// What the boot loader calls it; empty where it was not asked.
    id: String,
    /// What it says of its version, which may be that of something else.
    said: Option<String>,
    /// It starts next.
    default: bool,
}

impl Entries {
    pub(super) fn read(host: &Host) -> Self {
        let names = FOLDERS.iter().flat_map(|(folder, ending)| {
            let files = host.list(folder).into_iter();
            files.filter_map(move |file| file.strip_suffix(ending).map(ToOwned::to_owned))
        });
        Self::named(names)
    }

    /// The same by the names of their files, without endings.
    pub fn named(names: impl Iterator<Item = String>) -> Self {
        Self(names.map(|name| entry(&name)).collect())
    }

    /// The same as the boot loader tells it.
    pub(super) fn told(told: &[BootEntry]) -> Self {
        let ending = |id: &str| id.strip_suffix(".efi").or_else(|| id.strip_suffix(".conf")).map(entry);
        let usual = told.iter().filter(|one| one.is_usual());
        Self(usual.map(|one| Entry {
            id: one.id.clone(),
            said: one.version.clone(),
            default: one.is_default,
            ..ending(&one.id).map_or_else(Entry::default, |found| Entry { left: one.tries_left.or(found.left), ..found })
        }).collect())
    }

    /// The version that starts next, if the boot loader told and it is one of those.
    pub(super) fn default<'a>(&self, all: &'a [String]) -> Option<&'a str> {
        self.0.iter().find(|entry| entry.default)?.version(all)
    }

    /// What the boot loader calls the best entry of a version.
    pub(super) fn id(&self, version: &str, all: &[String]) -> Option<&str> {
        let of = |entry: &&Entry| entry.version(all) == Some(version) && !entry.id.is_empty();
        let own = self.0.iter().filter(of);
        // One that nobody counts is good; the more tries are left the better is any other.
        own.max_by_key(|entry| entry.left.unwrap_or(u64::MAX)).map(|entry| entry.id.as_str())
    }

    /// What keeps a version from being started. Without an entry for the version that runs, the entries have other
    /// names than those of versions, or cannot be seen: then nothing is said about any.
    pub fn defect(&self, version: &str, running: &str, all: &[String]) -> Option<Defect> {
        let of = |version: &str| -> Vec<&Entry> {
            self.0.iter().filter(|entry| entry.version(all) == Some(version)).collect()
        };
        if of(running).is_empty() {
            return None;
        }
        let own = of(version);
        if own.is_empty() {
            return Some(Defect::NoBootEntry);
        }
        own.iter().all(|entry| entry.left == Some(0)).then_some(Defect::MarkedBad)
    }
}

impl Entry {
    /// The version that the name ends with. Where one version is the end of another, the longer one is meant. Only where the
    /// name says nothing the entry's own word counts, since an image may have a version of another kind.
    fn version<'a>(&self, all: &'a [String]) -> Option<&'a str> {
        let fits = |version: &&String| match self.name.strip_suffix(version.as_str()) {
            Some(before) => before.is_empty() || before.ends_with(['_', '-']),
            None => false,
        };
        let named = all.iter().filter(fits).max_by_key(|version| version.len());
        named.or_else(|| all.iter().find(|version| self.said.as_ref() == Some(version))).map(String::as_str)
    }
}

fn entry(name: &str) -> Entry {
    let counted = name.rsplit_once('+').and_then(|(name, counter)| {
        let (left, done) = counter.split_once('-').unwrap_or((counter, "0"));
        let digits = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
        // More tries than a number holds are many.
        (digits(left) && digits(done)).then(|| (name, left.parse().unwrap_or(u64::MAX)))
    });
    match counted {
        Some((name, left)) => Entry { name: name.into(), left: Some(left), ..Entry::default() },
        None => Entry { name: name.into(), ..Entry::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(names: &[&str]) -> Entries {
        Entries(names.iter().map(|name| entry(name)).collect())
    }

    #[test]
    fn counters_are_read_as_the_boot_loader_writes_them() {
        for (name, left) in [
            ("os_2+3", Some(3)),
            ("os_2+0-3", Some(0)),
            ("os_2+00-03", Some(0)),
            ("os_2", None),
            ("os_2+", None),
            ("os_2+a", None),
            ("os_2+1-", None),
            ("os_2+99999999999999999999", Some(u64::MAX)),
        ] {
            assert_eq!(entry(name).left, left, "{name}");
        }
        assert_eq!(entry("os_2+0-3").name, "os_2");
        assert_eq!(entry("os_1.0+git").name, "os_1.0+git");
    }

    #[test]
    fn an_entry_belongs_to_the_longest_version_that_it_ends_with() {
        let all = ["1".to_owned(), "2-1".to_owned(), "3".to_owned()];
        let found = entries(&["os_1", "os_2-1+0-3", "rescue"]);
        assert_eq!(found.defect("1", "1", &all), None);
        assert_eq!(found.defect("2-1", "1", &all), Some(Defect::MarkedBad));
        assert_eq!(found.defect("3", "1", &all), Some(Defect::NoBootEntry));
        assert_eq!(found.defect("3", "3", &all), None, "what runs has no entry: they are called otherwise");
    }

    #[test]
    fn the_boot_loader_s_word_is_taken_where_the_name_says_nothing() {
        let told = r#"[{"type":"type2","id":"os_2.efi","version":"1","triesLeft":0,"isDefault":true},
            {"type":"type1","id":"mid-6.12.conf","version":"1","isDefault":false},
            {"type":"type2","id":"os_2.efi@1","profile":1,"version":"2"}]"#;
        let found = Entries::told(&super::super::loader::entries(told).unwrap());
        let all = ["2".to_owned(), "1".to_owned()];
        assert_eq!(found.default(&all), Some("2"));
        assert_eq!((found.id("1", &all), found.id("2", &all)), (Some("mid-6.12.conf"), Some("os_2.efi")));
        assert_eq!(found.defect("2", "1", &all), Some(Defect::MarkedBad));
        assert_eq!(entries(&["os_1"]).id("1", &all), None, "nobody asked the boot loader");
    }

    #[test]
    fn one_good_entry_is_enough() {
        let all = ["1".to_owned(), "2".to_owned()];
        let found = entries(&["os_1", "os_2+0-3", "os_2"]);
        assert_eq!(found.defect("2", "1", &all), None);
    }
}
