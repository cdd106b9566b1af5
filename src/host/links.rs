//! Symbolic links of a system, followed below its root: what a link says is a path of that system, not of this machine.

use crate::Host;
use cairn_model::Seconds;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Component, Path};

/// As many as the kernel follows (path_resolution(7)).
const MOST: usize = 40;

impl Host {
    /// What a link says, as it stands there.
    ///
    /// # Errors
    /// What the system says; `InvalidInput` for what is no link, `InvalidData` for a target that is no UTF-8.
    pub fn read_link(&self, path: &str) -> io::Result<String> {
        let target = fs::read_link(self.path(path))?;
        target.into_os_string().into_string().map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// The absolute path of that system without any link in it. What it leads to need not be there.
    ///
    /// # Errors
    /// What the system says; `InvalidInput` for links without an end.
    pub fn resolve(&self, path: &str) -> io::Result<String> {
        let mut rest: Vec<String> = parts(path).rev().collect();
        let mut done: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(part) = rest.pop() {
            if part == ".." {
                done.pop();
                continue;
            }
            done.push(part);
            let here = format!("/{}", done.join("/"));
            if !fs::symlink_metadata(self.path(&here)).is_ok_and(|m| m.is_symlink()) {
                continue;
            }
            links += 1;
            if links > MOST {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            let target = self.read_link(&here)?;
            done.pop();
            if target.starts_with('/') {
                done.clear();
            }
            rest.extend(parts(&target).rev());
        }
        Ok(format!("/{}", done.join("/")))
    }

    /// When a link or file itself was last changed; `None` where there is none.
    pub fn changed(&self, path: &str) -> Option<Seconds> {
        fs::symlink_metadata(self.path(path)).ok().map(|m| m.mtime())
    }

    /// Makes a link, with the folders above it, or lets one that is there say something else; in between there is
    /// always one of the two.
    ///
    /// # Errors
    /// What the system says.
    pub fn link(&self, path: &str, target: &str) -> io::Result<()> {
        let link = self.path(path);
        if let Some(folder) = link.parent() {
            fs::create_dir_all(folder)?;
        }
        let fresh = link.with_extension("new");
        let _ = fs::remove_file(&fresh);
        symlink(target, &fresh)?;
        fs::rename(fresh, link)
    }
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = String> {
    Path::new(path).components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_below_the_root() {
        let dir = tempfile::tempdir().unwrap();
        let host = Host::at(dir.path());
        fs::create_dir_all(dir.path().join("store/a")).unwrap();
        fs::write(dir.path().join("store/a/version"), "26.05").unwrap();
        host.link("/profile/system", "system-1-link").unwrap();
        host.link("/profile/system-1-link", "/store/a").unwrap();
        assert_eq!(host.resolve("/profile/system/version").unwrap(), "/store/a/version");
        assert_eq!(host.resolve("/profile/../../../store/./a").unwrap(), "/store/a");
        assert_eq!(host.read_link("/profile/system").unwrap(), "system-1-link");
        host.link("/profile/system", "elsewhere").unwrap();
        assert_eq!(host.resolve("/profile/system").unwrap(), "/profile/elsewhere");
        host.link("/round", "/round").unwrap();
        assert!(host.resolve("/round").is_err());
    }
}
