//! A flatpak repository that commits trees as `flatpak build` left them, signed.

use crate::build::key::Key;
use crate::{Result, tool};
use std::path::{Path, PathBuf};
use std::process::Command;

/// An archive repository and the key of its maker.
pub(super) struct Repository<'a> {
    pub(super) path: PathBuf,
    pub(super) key: &'a Key,
}

/// What a commit says beside its tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) subject: String,
    /// `YYYY-MM-DD`; empty for now.
    pub(super) date: String,
    pub(super) end_of_life: Option<String>,
    pub(super) rebase: Option<String>,
}

/// Which folder of a tree holds its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    App,
    /// A runtime or an extension.
    Runtime,
}

impl Repository<'_> {
    /// Makes it if it is not there.
    pub(super) fn init(&self) -> Result<()> {
        std::fs::create_dir_all(&self.path)?;
        self.ostree(&["init", "--mode=archive"])?;
        self.ostree(&["config", "set", "archive.zlib-level", "1"])?;
        self.ostree(&["config", "set", "core.fsync", "false"]).map(|_| ())
    }

    /// Commits a tree; the summary does not know it before [`Self::update`].
    pub(super) fn export(&self, tree: &Path, kind: Kind, branch: &str, facts: &Facts) -> Result<()> {
        let mut command = self.flatpak("build-export");
        command.args(["--disable-fsync", "--no-update-summary", "--disable-sandbox", "--arch=x86_64"]);
        command.arg(format!("--subject={}", facts.subject));
        if !facts.date.is_empty() {
            command.arg(format!("--timestamp={}T12:00:00Z", facts.date));
        }
        command.args(facts.end_of_life.iter().map(|why| format!("--end-of-life={why}")));
        command.args(facts.rebase.iter().map(|id| format!("--end-of-life-rebase={id}")));
        if kind == Kind::Runtime {
            command.arg("--runtime");
        }
        tool::run(command.arg(&self.path).arg(tree).arg(branch)).map(|_| ())
    }

    /// Commits a folder to a branch that is no app's.
    pub(super) fn commit(&self, folder: &Path, branch: &str) -> Result<()> {
        let key = [format!("--gpg-sign={}", self.key.id), self.home()];
        let tree = format!("--tree=dir={}", folder.display());
        let words = ["commit", "--owner-uid=0", "--owner-gid=0", "--no-xattrs", "--branch", branch, &tree];
        self.ostree(&[&words[..], &[&key[0], &key[1]]].concat()).map(|_| ())
    }

    /// Writes catalogue and summary anew.
    pub(super) fn update(&self, title: &str, words: &[&str]) -> Result<()> {
        let mut command = self.flatpak("build-update-repo");
        tool::run(command.arg(format!("--title={title}")).args(words).arg(&self.path)).map(|_| ())
    }

    fn flatpak(&self, what: &str) -> Command {
        let mut command = Command::new("flatpak");
        command.args([what, &format!("--gpg-sign={}", self.key.id), &self.home()]);
        command.env("LC_ALL", "C.UTF-8");
        command
    }

    fn home(&self) -> String {
        format!("--gpg-homedir={}", self.key.home().display())
    }

    pub(super) fn ostree(&self, words: &[&str]) -> Result<String> {
        tool::run(tool::ostree([format!("--repo={}", self.path.display())]).args(words))
    }
}
