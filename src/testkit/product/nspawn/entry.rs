//! The boot loader of the container: reads what libostree wrote and picks the entry that comes first.

use crate::product::error::At;
use crate::product::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A boot entry that names a deployment.
#[derive(Debug)]
pub(super) struct Entry {
    version: u32,
    /// The kernel's command line.
    pub(super) options: String,
    /// Its word that names the deployment.
    pub(super) target: String,
    pub(super) deployment: PathBuf,
    pub(super) var: PathBuf,
}

impl Entry {
    pub(super) fn default_of(sysroot: &Path) -> Result<Self> {
        let folder = sysroot.join("boot/loader/entries");
        let files = fs::read_dir(&folder).at(&folder)?.flatten();
        let texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
        let entries = texts.filter_map(|text| Self::parse(sysroot, &text));
        entries.max_by_key(|entry| entry.version).ok_or(Error::NoBootEntry)
    }

    fn parse(sysroot: &Path, text: &str) -> Option<Self> {
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let options = field("options")?;
        let target = options.split_whitespace().find(|word| word.starts_with("ostree=/"))?;
        let path = target.strip_prefix("ostree=/")?;
        let stateroot = path.split('/').nth(2)?;
        Some(Self {
            version: field("version")?.trim().parse().ok()?,
            options: options.to_owned(),
            target: target.to_owned(),
            deployment: sysroot.join(path).canonicalize().ok()?,
            var: sysroot.join("ostree/deploy").join(stateroot).join("var"),
        })
    }
}
