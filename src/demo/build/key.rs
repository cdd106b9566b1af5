//! The key that signs the commits, made anew with each build and never used for anything else.

use crate::error::At;
use crate::{Result, tool};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The secret key lives in a short-lived folder below /tmp: the agent's socket path must be short.
pub(super) struct Key {
    home: tempfile::TempDir,
    pub(super) id: String,
}

impl Key {
    /// Makes it and writes the public half to `key.gpg` in `folder`.
    pub(super) fn make(folder: &Path) -> Result<Self> {
        let home = short_home()?;
        let gpg = |arguments: &[&str]| gpg(home.path(), arguments);
        let owner = "Cairn OS demo (made on this machine) <demo@cairn.invalid>";
        gpg(&["--passphrase", "", "--quick-generate-key", owner, "ed25519", "sign", "never"])?;
        let id = fingerprint(home.path())?;
        let public = folder.join("key.gpg");
        let _ = fs::remove_file(&public);
        gpg(&["--output", &public.to_string_lossy(), "--export", &id])?;
        Ok(Self { home, id })
    }

    /// Writes the secret half to a folder, for [`Self::open`].
    pub(super) fn keep(&self, folder: &Path) -> Result<()> {
        copy(self.home.path(), folder)
    }

    /// The key that an earlier build kept.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let home = short_home()?;
        copy(folder, home.path())?;
        let id = fingerprint(home.path())?;
        Ok(Self { home, id })
    }

    pub(super) fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }
}

fn short_home() -> Result<tempfile::TempDir> {
    let home = tempfile::Builder::new().prefix("cairn-key-").tempdir_in("/tmp")?;
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).at(home.path())?;
    Ok(home)
}

fn gpg(home: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("gpg");
    tool::run(command.args(["--batch", "--quiet", "--homedir"]).arg(home).args(arguments))
}

fn fingerprint(home: &Path) -> Result<String> {
    let list = gpg(home, &["--with-colons", "--list-keys"])?;
    let line = list.lines().find_map(|l| l.strip_prefix("fpr:")).unwrap_or_default();
    Ok(line.trim_matches(':').to_owned())
}

/// The files of a key without the agent's sockets.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).at(to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).at(to)?;
    let files = ["private-keys-v1.d", "pubring.kbx", "trustdb.gpg"].map(|name| from.join(name));
    tool::run(Command::new("cp").arg("-a").args(files).arg(to)).map(|_| ())
}

impl Drop for Key {
    fn drop(&mut self) {
        // The agent that gpg started would outlive the build.
        let _ =
            tool::run(Command::new("gpgconf").arg("--homedir").arg(self.home.path()).args(["--kill", "all"]));
    }
}
