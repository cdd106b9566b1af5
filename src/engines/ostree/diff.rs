//! What differs between two versions, and between a version's defaults and the machine's /etc.

use super::commit::Commit;
use super::tree::{self, Digest};
use super::{Ostree, open};
use crate::packages;
use cairn_host::compare;
use cairn_model::change::{ChangeKind, Changes, FileChange};
use cairn_model::{DeploymentId, Problem, text};
use ostree::Repo;
use std::cmp::Ordering;

/// The changes from one version to another, by package where both list theirs, by file otherwise.
pub(super) fn deployments(
    engine: &Ostree,
    from: &DeploymentId,
    to: &DeploymentId,
) -> Result<Changes, Problem> {
    let sysroot = open::sysroot(engine)?;
    let repo = sysroot.repo();
    let load = |id| Commit::load(&repo, open::find(&sysroot, id)?.csum().as_str());
    commits(&repo, &load(from)?, &load(to)?)
}

fn commits(repo: &Repo, from: &Commit, to: &Commit) -> Result<Changes, Problem> {
    let mut changes = Changes::default();
    if let (Some(a), Some(b)) = (from.packages(), to.packages()) {
        changes.by_package = true;
        changes.packages = packages::compare(&a, &b);
    }
    let mut walk = Walk { repo, changes: &mut changes };
    let (a, b) = (tree::root(repo, &from.checksum)?, tree::root(repo, &to.checksum)?);
    walk.pair("", Some(&a), Some(&b))?;
    Ok(changes)
}

struct Walk<'a> {
    repo: &'a Repo,
    changes: &'a mut Changes,
}

impl Walk<'_> {
    fn pair(&mut self, path: &str, a: Option<&Digest>, b: Option<&Digest>) -> Result<(), Problem> {
        if a == b {
            return Ok(());
        }
        let read =
            |t: Option<&Digest>| t.map_or(Ok(tree::Directory::default()), |t| tree::directory(self.repo, t));
        let (a, b) = (read(a)?, read(b)?);
        for (name, a, b) in join(&a.files, &b.files, |f| &f.0) {
            let kind = match (a, b) {
                (Some(a), Some(b)) if a.1 == b.1 => continue,
                (Some(_), Some(_)) => ChangeKind::Modified,
                (Some(_), None) => ChangeKind::Removed,
                (None, _) => ChangeKind::Added,
            };
            self.changes.file_count += 1;
            if self.changes.files.len() < Changes::MAX_FILES {
                let path = text::line(&format!("{path}/{name}"));
                self.changes.files.push(FileChange { path, kind });
            }
        }
        for (name, a, b) in join(&a.directories, &b.directories, |d| &d.0) {
            self.pair(&format!("{path}/{name}"), a.map(|d| &d.1), b.map(|d| &d.1))?;
        }
        Ok(())
    }
}

/// Brings two lists together that are sorted by name, as directory objects are.
fn join<'a, T>(
    a: &'a [T],
    b: &'a [T],
    name: fn(&T) -> &String,
) -> Vec<(&'a str, Option<&'a T>, Option<&'a T>)> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut joined = Vec::new();
    loop {
        let order = match (a.peek(), b.peek()) {
            (None, None) => return joined,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(x), Some(y)) => name(x).cmp(name(y)),
        };
        let x = if order.is_le() { a.next() } else { None };
        let y = if order.is_ge() { b.next() } else { None };
        if let Some(either) = x.or(y) {
            joined.push((name(either).as_str(), x, y));
        }
    }
}

/// Files below /etc that differ from the version's own defaults in usr/etc.
pub(super) fn drift(engine: &Ostree, id: &DeploymentId) -> Result<Vec<FileChange>, Problem> {
    let sysroot = open::sysroot(engine)?;
    let deployment = open::find(&sysroot, id)?;
    if deployment.is_staged() {
        return Err(Problem::IsStaged { version: id.to_string() });
    }
    let path = engine.host.path(sysroot.deployment_dirpath(&deployment).as_str());
    let found = compare::directories(&path.join("usr/etc"), &path.join("etc"), Changes::MAX_FILES);
    let kind = |k| match k {
        compare::Difference::Added => ChangeKind::Added,
        compare::Difference::Removed => ChangeKind::Removed,
        compare::Difference::Modified => ChangeKind::Modified,
    };
    Ok(found
        .into_iter()
        .map(|(p, k)| FileChange { path: text::line(&format!("/etc/{p}")), kind: kind(k) })
        .collect())
}
