//! What versions cost on disk: objects that only one of them reaches, and all objects once.

use super::tree::{self, Digest};
use super::{Ostree, failure, open};
use crate::Usage;
use cairn_model::Problem;
use ostree::gio::Cancellable;
use ostree::gio::prelude::CancellableExtManual;
use ostree::{ObjectType, Repo};
use std::collections::HashMap;

/// More versions than any boot menu holds.
const MAX: usize = 64;

/// Which of the versions reach an object, one bit each.
type Owners = HashMap<Digest, u64>;

pub(super) fn read(engine: &Ostree, cancellable: &Cancellable) -> Result<Usage, Problem> {
    let sysroot = open::sysroot(engine)?;
    let repo = sysroot.repo();
    let deployments = sysroot.deployments();
    let mut commits: Vec<String> = deployments.iter().map(|d| d.csum().to_string()).collect();
    commits.sort();
    commits.dedup();
    commits.truncate(MAX);
    let mut files = Owners::new();
    let mut seen = Owners::new();
    for (index, commit) in commits.iter().enumerate() {
        let mut walk = Walk { repo: &repo, bit: 1 << index, files: &mut files, seen: &mut seen, cancellable };
        walk.directory(&tree::root(&repo, commit)?)?;
    }
    let (mut unique, mut total) = (vec![0; commits.len()], 0);
    for (digest, owners) in files {
        let size = repo
            .query_object_storage_size(ObjectType::File, &tree::hex(&digest), Some(cancellable))
            .map_err(|e| failure::of(&e))?;
        total += size;
        if owners.count_ones() == 1 {
            unique[owners.trailing_zeros() as usize] += size;
        }
    }
    let mut usage = Usage { total, ..Usage::default() };
    for deployment in &deployments {
        // Two deployments of one commit share everything: removing one of them frees nothing.
        let alone = deployments.iter().filter(|d| d.csum() == deployment.csum()).count() == 1;
        let at = commits.binary_search(&deployment.csum().to_string()).ok();
        let bytes = at.filter(|_| alone).map_or(0, |at| unique[at]);
        usage.unique.insert(open::id_of(deployment)?, bytes);
    }
    Ok(usage)
}

struct Walk<'a> {
    repo: &'a Repo,
    bit: u64,
    files: &'a mut Owners,
    seen: &'a mut Owners,
    cancellable: &'a Cancellable,
}

impl Walk<'_> {
    fn directory(&mut self, tree: &Digest) -> Result<(), Problem> {
        self.cancellable.set_error_if_cancelled().map_err(|e| failure::of(&e))?;
        let seen = self.seen.entry(*tree).or_default();
        if *seen & self.bit != 0 {
            return Ok(());
        }
        *seen |= self.bit;
        let read = tree::directory(self.repo, tree)?;
        for (_, digest) in read.files {
            *self.files.entry(digest).or_default() |= self.bit;
        }
        for (_, tree, _) in read.directories {
            self.directory(&tree)?;
        }
        Ok(())
    }
}
