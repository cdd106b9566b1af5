//! What is damaged of what is installed: objects whose content is not what their name says, objects that are missing,
//! and files that are missing where the app is deployed. Found by OSTree's own check, mended by fetching again.

use super::installed;
use cairn_model::app::{Operation, Ref};
use cairn_model::{Problem, text};
use libflatpak::gio::Cancellable;
use libflatpak::gio::prelude::*;
use libflatpak::prelude::*;
use libflatpak::{Installation, InstalledRef};
use ostree::{ObjectName, ObjectType, Repo, RepoCommitState, gio, glib};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Refs that are damaged, with their remotes. Reads every object of every installed ref once.
pub(crate) fn find(
    installation: &Installation,
    cancellable: &Cancellable,
) -> Result<Vec<(Ref, String)>, Problem> {
    let repo = open(installation)?;
    let refs = installation.list_installed_refs(Some(cancellable)).map_err(|e| super::problem(&e, ""))?;
    let mut looked = Looked { repo, good: BTreeMap::new(), cancellable: cancellable.clone() };
    let mut damaged = Vec::new();
    for installed in &refs {
        let Some(reference) = installed::reference(installed) else { continue };
        if !looked.is_whole(installed)? {
            tracing::warn!(%reference, "damaged");
            damaged.push((reference, installed::origin(installed)));
        }
    }
    Ok(damaged)
}

/// Takes bad objects of these refs away and says that their commits are not whole, so that they are fetched again.
pub(crate) fn clear(i: &Installation, operations: &[Operation], c: &Cancellable) -> Result<(), Problem> {
    let repo = open(i)?;
    for operation in operations {
        let Ok(deployed) = super::find(i, &operation.reference, c) else { continue };
        let commit = installed::commit(&deployed);
        let objects = repo.traverse_commit(&commit, 0, gio::Cancellable::NONE).unwrap_or_default();
        for object in &objects {
            if c.is_cancelled() {
                return Err(Problem::Cancelled);
            }
            let bad =
                repo.fsck_object(object.object_type(), object.checksum(), gio::Cancellable::NONE).is_err();
            if bad && is_there(&repo, object) {
                repo.delete_object(object.object_type(), object.checksum(), gio::Cancellable::NONE)
                    .map_err(|e| failed(&e))?;
            }
        }
        let is_gone = repo.load_commit(&commit).is_err();
        if !is_gone {
            repo.mark_commit_partial(&commit, true).map_err(|e| failed(&e))?;
        }
    }
    Ok(())
}

fn is_there(repo: &Repo, object: &ObjectName) -> bool {
    repo.has_object(object.object_type(), object.checksum(), gio::Cancellable::NONE).unwrap_or(false)
}

fn open(installation: &Installation) -> Result<Repo, Problem> {
    let repo = Repo::new_for_path(super::folder(installation).join("repo"));
    repo.open(gio::Cancellable::NONE).map_err(|e| failed(&e))?;
    Ok(repo)
}

fn failed(error: &glib::Error) -> Problem {
    let detail = text::line(error.message());
    match error.kind::<gio::IOErrorEnum>() {
        Some(gio::IOErrorEnum::PermissionDenied) => Problem::NotAuthorized,
        _ => Problem::EngineFailed { detail },
    }
}

struct Looked {
    repo: Repo,
    /// Objects are shared between refs; each is read once.
    good: BTreeMap<String, bool>,
    cancellable: Cancellable,
}

impl Looked {
    fn is_whole(&mut self, of: &InstalledRef) -> Result<bool, Problem> {
        let commit = installed::commit(of);
        let Ok((_, state)) = self.repo.load_commit(&commit) else { return Ok(false) };
        // Of translations only some languages are there; what is missing of them is no damage.
        let by_part = !of.subpaths().is_empty();
        if state.contains(RepoCommitState::PARTIAL) && !by_part {
            return Ok(false);
        }
        let Ok(objects) = self.repo.traverse_commit(&commit, 0, gio::Cancellable::NONE) else {
            return Ok(by_part);
        };
        for object in &objects {
            if self.cancellable.is_cancelled() {
                return Err(Problem::Cancelled);
            }
            let missing_part = by_part && !is_there(&self.repo, object);
            if !missing_part && !self.is_good(object) {
                return Ok(false);
            }
        }
        let deploy = of.deploy_dir().map(PathBuf::from).unwrap_or_default();
        if !deploy.join("metadata").is_file() {
            return Ok(false);
        }
        Ok(by_part || self.is_deployed(&commit, &deploy))
    }

    fn is_good(&mut self, object: &ObjectName) -> bool {
        if object.object_type() == ObjectType::Commit {
            return true;
        }
        let name = object.to_string();
        let repo = &self.repo;
        *self.good.entry(name).or_insert_with(|| {
            repo.fsck_object(object.object_type(), object.checksum(), gio::Cancellable::NONE).is_ok()
        })
    }

    /// Every file of the commit is in the folder that the app runs from, as large as it should be.
    fn is_deployed(&self, commit: &str, deploy: &Path) -> bool {
        let Ok((root, _)) = self.repo.read_commit(commit, gio::Cancellable::NONE) else { return false };
        let files = gio::prelude::FileExt::child(&root, "files");
        same(&files, &deploy.join("files"))
    }
}

fn same(wanted: &gio::File, there: &Path) -> bool {
    use gio::prelude::FileExt;
    let flags = gio::FileQueryInfoFlags::NOFOLLOW_SYMLINKS;
    let attributes = "standard::name,standard::type,standard::size";
    let Ok(children) = wanted.enumerate_children(attributes, flags, gio::Cancellable::NONE) else {
        return true;
    };
    for info in children {
        let Ok(info) = info else { return false };
        let path = there.join(info.name());
        let found = fs::symlink_metadata(&path);
        let good = match info.file_type() {
            // flatpak takes some folders away that have nothing in them.
            gio::FileType::Directory => same(&wanted.child(info.name()), &path),
            gio::FileType::SymbolicLink => found.is_ok_and(|f| f.is_symlink()),
            _ => found.is_ok_and(|f| i64::try_from(f.len()).is_ok_and(|size| size == info.size())),
        };
        if !good {
            return false;
        }
    }
    true
}
