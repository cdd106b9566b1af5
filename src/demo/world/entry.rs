//! The boot loader, played: reads the Boot Loader Specification entries and picks the default one.

use crate::error::At;
use crate::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A boot entry that names a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub title: String,
    /// The higher, the earlier in the menu.
    pub version: u32,
    /// The kernel's command line.
    pub options: String,
    /// The deployment's folder.
    pub deployment: PathBuf,
    /// The shared /var.
    pub var: PathBuf,
}

/// The entry that a boot loader would start.
pub(super) fn default(sysroot: &Path) -> Result<Entry> {
    let folder = sysroot.join("boot/loader/entries");
    let files = fs::read_dir(&folder).at(&folder)?.flatten();
    let texts = files.filter_map(|f| fs::read_to_string(f.path()).ok());
    texts.filter_map(|t| parse(sysroot, &t)).max_by_key(|e| e.version).ok_or(Error::NoBootEntry)
}

fn parse(sysroot: &Path, text: &str) -> Option<Entry> {
    let field =
        |name: &str| text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(' ')).map(str::trim);
    let options = field("options")?;
    let target = options.split_whitespace().find_map(|o| o.strip_prefix("ostree=/"))?;
    let stateroot = target.split('/').nth(2)?;
    Some(Entry {
        title: field("title").unwrap_or_default().to_owned(),
        version: field("version")?.parse().ok()?,
        options: options.to_owned(),
        deployment: sysroot.join(target).canonicalize().ok()?,
        var: sysroot.join("ostree/deploy").join(stateroot).join("var"),
    })
}
