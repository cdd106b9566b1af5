//! Files that are written as a whole: whoever is cut off leaves the old one or the new one.

use crate::Host;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

impl Host {
    /// Writes a file, with the folders above it. One that was there keeps its owner and mode.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, path: &str, text: &str) -> io::Result<()> {
        // What a link leads to is replaced, not the link.
        let file = self.path(&self.resolve(path)?);
        let folder = file.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(folder)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let fresh = folder.join(format!(".{name}.new"));
        let written = write(&fresh, text.as_bytes(), fs::metadata(&file).ok().as_ref());
        let renamed = written.and_then(|()| fs::rename(&fresh, &file));
        if renamed.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        renamed?;
        fs::File::open(folder)?.sync_all()
    }

    /// Removes a file or link; one that is not there is no error.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.path(path)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

fn write(path: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<()> {
    // What lies there under that name was left by a crash, or put there by somebody for us to follow.
    let _ = fs::remove_file(path);
    let mut file = fs::File::create_new(path)?;
    if let Some(old) = old {
        file.set_permissions(fs::Permissions::from_mode(old.mode() & 0o7777))?;
        chown(path, Some(old.uid()), Some(old.gid()))?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_where_it_lies() {
        let dir = tempfile::tempdir().unwrap();
        let host = Host::at(dir.path());
        host.write("/a/b/file", "one").unwrap();
        fs::set_permissions(dir.path().join("a/b/file"), fs::Permissions::from_mode(0o640)).unwrap();
        host.link("/link", "/a/b/file").unwrap();
        host.write("/link", "two").unwrap();
        assert_eq!(host.read("/a/b/file").unwrap().as_deref(), Some("two"));
        assert_eq!(host.read_link("/link").unwrap(), "/a/b/file");
        assert_eq!(fs::metadata(dir.path().join("a/b/file")).unwrap().mode() & 0o777, 0o640);
        assert_eq!(host.list("/a/b"), ["file"]);
        host.remove("/a/b/file").unwrap();
        host.remove("/a/b/file").unwrap();
        assert!(!host.exists("/a/b/file"));
    }
}
