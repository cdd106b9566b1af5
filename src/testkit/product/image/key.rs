//! The key that signs the commits, made anew with each build and never used for anything else.

use crate::product::error::At;
use crate::product::{Result, tool};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// The secret half lives in a short-lived folder below /tmp: the agent's socket path must be short.
pub(super) struct Key {
    pub(super) home: tempfile::TempDir,
    pub(super) id: String,
}

impl Key {
    /// Makes it and writes the public half to `public`.
    pub(super) fn make(public: &Path) -> Result<Self> {
        let home = tempfile::Builder::new().prefix("cairn-key-").tempdir_in("/tmp").at("/tmp")?;
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).at(home.path())?;
        let gpg = |arguments: &[&str]| {
            let mut command = Command::new("gpg");
            tool::run(command.args(["--batch", "--quiet", "--homedir"]).arg(home.path()).args(arguments))
        };
        let owner = "Cairn test system (made on this machine) <test@cairn.invalid>";
        gpg(&["--passphrase", "", "--quick-generate-key", owner, "ed25519", "sign", "never"])?;
        let list = gpg(&["--with-colons", "--list-keys"])?;
        let fingerprint = list.lines().find_map(|line| line.strip_prefix("fpr:")).unwrap_or_default();
        let id = fingerprint.trim_matches(':').to_owned();
        let _ = fs::remove_file(public);
        gpg(&["--output", &public.to_string_lossy(), "--export", &id])?;
        Ok(Self { home, id })
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // The agent that gpg started would outlive the build.
        let _ =
            tool::run(Command::new("gpgconf").arg("--homedir").arg(self.home.path()).args(["--kill", "all"]));
    }
}
