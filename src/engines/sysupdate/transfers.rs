//! What transfer files say of the origin (sysupdate.d(5)): where versions come from, and whether they have to be signed.
//!
//! Only what a person wants to know is read here. What is fetched and where it goes is upstream's own business, and
//! drop-ins that change single values of a file are not looked at.

use cairn_host::Host;
use cairn_model::{Verification, text};
use std::collections::BTreeMap;

/// The first folder that has a file of a name hides those of the others.
const FOLDERS: [&str; 4] =
    ["/etc/sysupdate.d", "/run/sysupdate.d", "/usr/local/lib/sysupdate.d", "/usr/lib/sysupdate.d"];
/// Before 257 the files were called otherwise.
const ENDINGS: [&str; 2] = [".transfer", ".conf"];
/// The origin of a system whose files do not name one.
const NAMELESS: &str = "sysupdate";

/// What all files together say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Transfers {
    /// Where the first part comes from.
    pub(super) origin: String,
    /// Something comes over the network and no signature is asked for.
    pub(super) unsigned: bool,
    /// Where files of versions lie; partitions lie nowhere.
    pub(super) folders: Vec<String>,
    /// How many versions may be here, where a file says so: the smallest number that one says.
    pub(super) most: Option<usize>,
}

impl Transfers {
    pub(super) fn read(host: &Host) -> Self {
        let found = ENDINGS.iter().map(|ending| files(host, ending)).find(|files| !files.is_empty());
        let mut transfers = Self::default();
        for words in found.unwrap_or_default().into_values() {
            transfers.add(&words);
        }
        if transfers.origin.is_empty() {
            transfers.origin = NAMELESS.into();
        }
        transfers
    }

    pub(super) fn verification(&self) -> Verification {
        if self.unsigned { Verification::NotRequired } else { Verification::Unknown }
    }

    /// Takes in one more file.
    pub fn add(&mut self, words: &str) {
        let values = values(words);
        let value = |section: &str, key: &str| values.get(&(section, key)).copied().unwrap_or_default();
        if self.origin.is_empty() {
            self.origin = text::line(value("Source", "Path"));
        }
        let never = ["no", "n", "false", "f", "off", "0"];
        let asked = !never.iter().any(|no| value("Transfer", "Verify").eq_ignore_ascii_case(no));
        self.unsigned |= value("Source", "Type").starts_with("url-") && !asked;
        let most = value("Target", "InstancesMax").parse().ok().filter(|most| *most >= 2);
        self.most = self.most.into_iter().chain(most).min();
        let (folder, above) = (value("Target", "Path"), value("Target", "PathRelativeTo"));
        if folder.starts_with('/') && matches!(above, "" | "root") {
            self.folders.push(folder.into());
        }
    }
}

/// File name → its words.
fn files(host: &Host, ending: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for folder in FOLDERS {
        for name in host.list(folder).into_iter().filter(|name| name.ends_with(ending)) {
            let path = format!("{folder}/{name}");
            files.entry(name).or_insert_with(|| host.read(&path).ok().flatten().unwrap_or_default());
        }
    }
    files
}

/// (section, key) → the last value.
fn values(words: &str) -> BTreeMap<(&str, &str), &str> {
    let mut section = "";
    let mut values = BTreeMap::new();
    for line in words.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with(['#', ';'])) {
            values.insert((section, key.trim()), value.trim());
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Transfers {
        let root = tempfile::tempdir().unwrap();
        for (path, words) in files {
            let file = root.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, words).unwrap();
        }
        Transfers::read(&Host::at(root.path()))
    }

    const USR: &str = "[Transfer]\n# Verify=yes\nVerify = No\n[Source]\nType=url-file\nPath=https://a/\n[Target]\nType=partition\nPath=auto\n";

    #[test]
    fn the_first_file_names_the_origin() {
        let more = "[Source]\nType=url-file\nPath=https://b/\n[Target]\nPath=/EFI/Linux\nPathRelativeTo=boot\n";
        let found = read(&[("usr/lib/sysupdate.d/50-usr.transfer", USR), ("usr/lib/sysupdate.d/60.transfer", more)]);
        assert_eq!((found.origin.as_str(), found.unsigned, found.folders.len()), ("https://a/", true, 0));
        assert_eq!(found.most, None);
    }

    #[test]
    fn the_smallest_number_of_versions_counts() {
        let file = |most: &str| format!("[Target]\nType=partition\nInstancesMax={most}\n");
        let of = |a: &str, b: &str| {
            read(&[("usr/lib/sysupdate.d/a.transfer", &file(a)), ("usr/lib/sysupdate.d/b.transfer", &file(b))]).most
        };
        assert_eq!(of("3", "2"), Some(2));
        assert_eq!(of("3", "infinity"), Some(3));
        assert_eq!(of("1", "-4"), None);
    }

    #[test]
    fn a_file_below_etc_hides_the_maker_s() {
        let own = "[Source]\nType=regular-file\nPath=/srv\n[Target]\nPath=/var/images\n";
        let found = read(&[("usr/lib/sysupdate.d/a.transfer", USR), ("etc/sysupdate.d/a.transfer", own)]);
        assert_eq!(found.origin, "/srv");
        assert_eq!(found.folders, ["/var/images"]);
        assert_eq!(found.verification(), Verification::Unknown);
        assert_eq!(read(&[("etc/sysupdate.d/a.conf", USR)]).verification(), Verification::NotRequired);
    }

    #[test]
    fn without_files_the_origin_is_nameless() {
        assert_eq!(read(&[]).origin, NAMELESS);
        assert_eq!(read(&[("etc/sysupdate.d/a.transfer", "\u{0}[[]\n=\n[\n]=[")]).origin, NAMELESS);
    }
}
