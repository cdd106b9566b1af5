//! What the boot menu has, as far as it can be read. Where nothing of NixOS is found, nothing is said.
//!
//! nixpkgs: nixos/modules/system/boot/loader/systemd-boot/systemd-boot-builder.py writes
//! `loader/entries/nixos-generation-N.conf` and names one of them in `loader/loader.conf`; lanzaboote writes
//! `EFI/Linux/nixos-generation-N-….efi`; grub/install-grub.pl writes `init=/nix/store/…/init` into grub.cfg.

use super::store::{self, StorePath};
use cairn_host::Host;
use std::collections::{BTreeSet, HashSet};

/// Where the boot loader's file systems may be.
const PLACES: [&str; 3] = ["/boot", "/boot/efi", "/efi"];
const GRUB: &str = "grub/grub.cfg";

/// What the menu offers.
#[derive(Debug, Default)]
pub(super) struct Menu {
    numbers: BTreeSet<u64>,
    systems: HashSet<StorePath>,
    default: Option<u64>,
}

impl Menu {
    pub(super) fn read(host: &Host) -> Self {
        let mut menu = Self::default();
        let mut grub = false;
        for place in PLACES {
            for folder in ["loader/entries", "EFI/Linux"] {
                menu.numbers.extend(host.list(&format!("{place}/{folder}")).iter().filter_map(|n| number(n)));
            }
            if let Ok(Some(text)) = host.read(&format!("{place}/{GRUB}")) {
                grub = true;
                menu.systems.extend(started(&text));
            }
            if let Ok(Some(text)) = host.read(&format!("{place}/loader/loader.conf")) {
                menu.default = menu.default.or_else(|| default(&text));
            }
        }
        // Nothing tells which of two boot loaders the firmware starts.
        if grub {
            menu.default = None;
        }
        menu
    }

    /// Whether it has an entry; true where the menu cannot be read.
    pub(super) fn has(&self, number: u64, path: &StorePath) -> bool {
        let unknown = self.numbers.is_empty() && self.systems.is_empty();
        unknown || self.numbers.contains(&number) || self.systems.contains(path)
    }

    /// The generation that the boot loader starts by itself, where it says so.
    pub(super) fn preferred(&self) -> Option<u64> {
        self.default.filter(|number| self.numbers.contains(number))
    }
}

/// The generation of `nixos-generation-N.conf` and of what has more behind the number. A specialisation alone is no
/// entry of the generation itself.
pub fn number(file: &str) -> Option<u64> {
    let rest = file.strip_prefix("nixos-generation-")?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let (digits, more) = rest.split_at_checked(end)?;
    let fits = more == ".conf" || more.starts_with('+') || (more.starts_with('-') && more.ends_with(".efi"));
    digits.parse().ok().filter(|_| fits && !more.starts_with("-specialisation-"))
}

/// `default` of loader.conf(5), the last one counts; a pattern says nothing of one generation.
pub fn default(conf: &str) -> Option<u64> {
    let mut words = conf.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
    let value = words.rfind(|(key, _)| *key == "default")?.1.trim();
    number(value).filter(|_| value.ends_with(".conf"))
}

/// The systems that entries of GRUB start.
pub fn started(grub: &str) -> impl Iterator<Item = StorePath> + '_ {
    let inits = grub.split_ascii_whitespace().filter_map(|word| word.strip_prefix("init="));
    inits.filter_map(|init| {
        let name = init.strip_prefix(store::FOLDER)?.strip_prefix('/')?.strip_suffix("/init")?;
        StorePath::of_name(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_told_by_their_names() {
        for (file, expected) in [
            ("nixos-generation-43.conf", Some(43)),
            ("nixos-generation-43+2-1.conf", Some(43)),
            ("nixos-generation-43-abc.efi", Some(43)),
            ("nixos-generation-43-specialisation-safe.conf", None),
            ("nixos-work-generation-43.conf", None),
            ("nixos-generation-99999999999999999999999.conf", None),
            ("nixos-generation-.conf", None),
            ("windows.conf", None),
        ] {
            assert_eq!(number(file), expected, "{file}");
        }
        assert_eq!(default("timeout 5\ndefault nixos-generation-7.conf\n"), Some(7));
        assert_eq!(default("default nixos-*\n"), None);
    }
}
