//! The archive repository: one signed commit per version, and what the server shows when that version is the newest.

use super::history::{HISTORY, Version};
use super::key::Key;
use super::{BRANCH, packages, payload, remove};
use crate::error::At;
use crate::{Result, tool};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// Commits every version in order. The branch ends at the newest; `published/` has each earlier moment.
pub(super) fn commit_all(
    folder: &Path,
    key: &Key,
    say: &mut dyn FnMut(&str),
) -> Result<BTreeMap<String, String>> {
    let (repo, tree, published) = (folder.join("repo"), folder.join("tree"), folder.join("published"));
    let (layer, whole) = (folder.join("layer"), folder.join("whole"));
    remove(&published)?;
    archive(&repo)?;
    let packages = packages::installed(&folder.join("root"))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let mut versions = BTreeMap::new();
    for (index, version) in HISTORY.iter().enumerate() {
        say(&format!("commit {}", version.name));
        remove(&layer)?;
        remove(&whole)?;
        payload::write(&layer, &tree, &packages, index)?;
        let list = packages::variant(&packages, index);
        // One folder and not two --tree: libostree forgets the sizes of all but the last.
        tool::run(Command::new("cp").arg("-al").arg(&tree).arg(&whole))?;
        tool::run(Command::new("cp").args(["-a", "--remove-destination"]).arg(layer.join(".")).arg(&whole))?;
        let mut arguments: Vec<String> = facts(version, &list, now - version.age * 3600);
        arguments.push(format!("--tree=dir={}", whole.display()));
        arguments
            .extend([format!("--gpg-sign={}", key.id), format!("--gpg-homedir={}", key.home().display())]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        versions.insert(version.name.to_owned(), ostree(&repo, &arguments)?);
        ostree(&repo, &["summary", "--update"])?;
        let moment = published.join(version.name);
        let heads = moment.join("refs/heads").join(BRANCH);
        if let Some(parent) = heads.parent() {
            fs::create_dir_all(parent).at(parent)?;
        }
        fs::copy(repo.join("refs/heads").join(BRANCH), &heads).at(&heads)?;
        fs::copy(repo.join("summary"), moment.join("summary")).at(&moment)?;
    }
    remove(&layer)?;
    remove(&whole)?;
    Ok(versions)
}

fn ostree(repo: &Path, arguments: &[&str]) -> Result<String> {
    tool::run(tool::ostree([format!("--repo={}", repo.display())]).args(arguments))
}

/// An empty archive repository in place of what is there.
fn archive(repo: &Path) -> Result<()> {
    remove(repo)?;
    fs::create_dir_all(repo).at(repo)?;
    ostree(repo, &["init", "--mode=archive"])?;
    ostree(repo, &["config", "set", "archive.zlib-level", "1"])?;
    ostree(repo, &["config", "set", "core.fsync", "false"]).map(|_| ())
}

fn facts(version: &Version, list: &str, time: u64) -> Vec<String> {
    vec![
        "commit".into(),
        format!("--branch={BRANCH}"),
        format!("--subject={}", version.title),
        format!("--timestamp=@{time}"),
        format!("--add-metadata-string=version={}", version.name),
        format!("--add-metadata-string=ostree.source-title={}", version.title),
        format!("--add-metadata=io.github.cairndesktop.packages={list}"),
        "--bootable".into(),
        "--generate-sizes".into(),
    ]
}
