//! Files below a root, with a limit: nothing that lies on a disk may fill the memory.

use crate::Host;
use std::fs;
use std::io::{self, Read};

/// More than any file that is read whole.
const MAX: u64 = 1 << 20;

impl Host {
    /// The text of a file, or `None` where there is none. Bytes that are not UTF-8 become replacement marks.
    ///
    /// # Errors
    /// What the system says, other than "not found"; `InvalidData` for a file of more than one mebibyte.
    pub fn read(&self, path: &str) -> io::Result<Option<String>> {
        Ok(self.read_bytes(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The bytes of a file, or `None` where there is none.
    ///
    /// # Errors
    /// As [`Host::read`].
    pub fn read_bytes(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let file = match fs::File::open(self.path(path)) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let mut bytes = Vec::new();
        file.take(MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "file too large"));
        }
        Ok(Some(bytes))
    }

    /// Whether anything is there. A link leads on this machine (to a program that stands in for another) or, below a
    /// root, on that system.
    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists() || self.resolve(path).is_ok_and(|path| self.path(&path).exists())
    }

    /// Names in a directory, sorted; empty where there is none.
    pub fn list(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path(path)) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    /// Makes a directory that only root can read, with its parents.
    ///
    /// # Errors
    /// What the system says.
    pub fn make_private_directory(&self, path: &str) -> io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(self.path(path))
    }

    /// One field of os-release (os-release(5)), unquoted.
    pub fn os_release(&self, key: &str) -> Option<String> {
        let text =
            ["/etc/os-release", "/usr/lib/os-release"].iter().find_map(|p| self.read(p).ok().flatten())?;
        os_release_field(&text, key)
    }

    /// Tells one boot from the next.
    pub fn boot_id(&self) -> String {
        let id = self.read("/proc/sys/kernel/random/boot_id").ok().flatten().unwrap_or_default();
        id.trim().to_owned()
    }
}

/// One field of an os-release text, unquoted.
pub fn os_release_field(text: &str, key: &str) -> Option<String> {
    let value = text.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('='))?.trim();
    Some(value.trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn os_release_is_read_below_the_root() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("usr/lib")).unwrap();
        fs::write(dir.path().join("usr/lib/os-release"), "ID=x\nPRETTY_NAME=\"Cairn OS 44\"\n").unwrap();
        let host = Host::at(dir.path());
        assert_eq!(host.os_release("PRETTY_NAME").as_deref(), Some("Cairn OS 44"));
        assert_eq!(host.os_release("NAME"), None);
        assert_eq!(host.read("/none").unwrap(), None);
    }

    #[test]
    fn a_huge_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("huge"), vec![b'x'; (MAX + 1) as usize]).unwrap();
        assert!(Host::at(dir.path()).read("huge").is_err());
    }
}
