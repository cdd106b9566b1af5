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
        let home = tempfile::Builder::new().prefix("cairn-key-").tempdir_in("/tmp")?;
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).at(home.path())?;
        let gpg = |arguments: &[&str]| {
            let mut command = Command::new("gpg");
            tool::run(command.args(["--batch", "--quiet", "--homedir"]).arg(home.path()).args(arguments))
        };
        let owner = "Cairn OS demo (made on this machine) <demo@cairn.invalid>";
        gpg(&["--passphrase", "", "--quick-generate-key", owner, "ed25519", "sign", "never"])?;
        let list = gpg(&["--with-colons", "--list-keys"])?;
        let fingerprint = list.lines().find_map(|l| l.strip_prefix("fpr:")).unwrap_or_default();
        let id = fingerprint.trim_matches(':').to_owned();
        let public = folder.join("key.gpg");
        let _ = fs::remove_file(&public);
        gpg(&["--output", &public.to_string_lossy(), "--export", &id])?;
        Ok(Self { home, id })
    }

    pub(super) fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // The agent that gpg started would outlive the build.
        let _ =
            tool::run(Command::new("gpgconf").arg("--homedir").arg(self.home.path()).args(["--kill", "all"]));
    }
}
