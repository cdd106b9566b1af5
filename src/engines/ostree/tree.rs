//! Walking the directory objects of commits.

use super::failure;
use cairn_model::Problem;
use ostree::{ObjectType, Repo};

/// The bytes of a checksum: a third of the memory of its hexadecimal form, and a system has hundreds of thousands.
pub(super) type Digest = [u8; 32];

/// One directory.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// Name and content, by name.
    pub(super) files: Vec<(String, Digest)>,
    /// Name, tree and metadata, by name.
    pub(super) directories: Vec<(String, Digest, Digest)>,
}

pub(super) fn hex(digest: &Digest) -> String {
    ostree::Checksum::from_bytes(digest).to_hex()
}

/// The root directory of a commit.
pub(super) fn root(repo: &Repo, commit: &str) -> Result<Digest, Problem> {
    let variant = repo.load_variant(ObjectType::Commit, commit).map_err(|e| failure::of(&e))?;
    digest(&variant.child_value(6))
}

/// Reads one directory object, `(a(say)a(sayay))`.
pub(super) fn directory(repo: &Repo, tree: &Digest) -> Result<Directory, Problem> {
    let variant = repo.load_variant(ObjectType::DirTree, &hex(tree)).map_err(|e| failure::of(&e))?;
    let mut read = Directory::default();
    for entry in variant.child_value(0).iter() {
        read.files.push((name(&entry.child_value(0)), digest(&entry.child_value(1))?));
    }
    for entry in variant.child_value(1).iter() {
        let meta = digest(&entry.child_value(2))?;
        read.directories.push((name(&entry.child_value(0)), digest(&entry.child_value(1))?, meta));
    }
    Ok(read)
}

fn name(variant: &ostree::glib::Variant) -> String {
    variant.str().unwrap_or_default().to_owned()
}

fn digest(variant: &ostree::glib::Variant) -> Result<Digest, Problem> {
    variant
        .fixed_array::<u8>()
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Problem::Corrupt { detail: "directory object".into() })
}
