//! What the system's own configuration says (rauc: docs/reference.rst, "System Configuration File"); a key file of GLib.

use cairn_host::Host;
use cairn_model::text;

/// The first that is there counts.
const FILES: [&str; 3] = ["/etc/rauc/system.conf", "/run/rauc/system.conf", "/usr/lib/rauc/system.conf"];

/// What of it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    pub bootloader: Option<String>,
    /// What signatures are verified with: a file or a folder.
    pub keyring: Option<String>,
    /// Where it is written what lies in the slots.
    pub status: Option<String>,
}

impl Configuration {
    pub fn read(host: &Host) -> Self {
        let words = FILES.iter().find_map(|file| host.read(file).ok().flatten());
        parse(&words.unwrap_or_default())
    }

    /// Whether RAUC can let a slot start next.
    pub fn chooses(&self) -> bool {
        self.bootloader.as_deref().is_some_and(|bootloader| bootloader != "noop")
    }

    /// The folder with the file of the slots' contents.
    pub fn status_folder(&self) -> Option<String> {
        let folder = self.status.as_ref()?.rsplit_once('/')?.0;
        folder.starts_with('/').then(|| folder.to_owned())
    }
}

/// Reads a configuration; what it does not say is `None`.
pub fn parse(words: &str) -> Configuration {
    let value = |group: &str, key: &str| {
        let mut inside = false;
        let found = words.lines().map(str::trim).find_map(|line| {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                inside = name == group;
                return None;
            }
            let (name, value) = line.split_once('=').filter(|_| inside)?;
            (name.trim() == key).then(|| text::line(value))
        });
        found.filter(|value| !value.is_empty())
    };
    let data = value("system", "data-directory").map(|folder| format!("{folder}/central.raucs"));
    Configuration {
        bootloader: value("system", "bootloader"),
        keyring: value("keyring", "path").or_else(|| value("keyring", "directory")),
        status: value("system", "statusfile").filter(|file| file != "per-slot").or(data),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_is_found_in_its_group() {
        let words = "# path=/no\n[system]\ncompatible=x\n bootloader = grub\ndata-directory=/data\n\
                     [slot.rootfs.0]\npath=/no\n[keyring]\npath=/etc/rauc/ca.pem\n";
        let read = parse(words);
        assert_eq!(read.bootloader.as_deref(), Some("grub"));
        assert_eq!(read.keyring.as_deref(), Some("/etc/rauc/ca.pem"));
        assert_eq!(read.status_folder().as_deref(), Some("/data"));
        assert!(read.chooses() && !parse("[system]\nbootloader=noop").chooses());
        for nothing in ["", "[", "]=[", "=\n[]\n=", "[system]\nbootloader=\n", "\u{0}[keyring"] {
            assert_eq!(parse(nothing), Configuration::default(), "{nothing:?}");
        }
        assert_eq!(parse("[system]\nstatusfile=per-slot").status_folder(), None);
    }
}
