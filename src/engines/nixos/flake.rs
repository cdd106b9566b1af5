//! A flake: the sources stand in its lock file. A newer lock is made beside it, and what was looked at with that lock is
//! what is built with it; only then it takes the old one's place.

use super::answer::{self, Evaluated};
use super::nix::Nix;
use super::{Nixos, failure};
use cairn_host::Host;
use cairn_model::Problem;

const ENTRY: &str = "/etc/nixos/flake.nix";
/// The lock that the last check made.
const NEW_LOCK: &str = "/var/lib/cairn/nixos/flake.lock";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flake {
    /// The folder that the flake really lies in, as nixos-rebuild looks for it.
    folder: String,
    /// Which of its systems this machine is.
    host_name: String,
}

impl Flake {
    pub(super) fn find(host: &Host) -> Option<Self> {
        let file = host.resolve(ENTRY).ok()?;
        let folder = file.strip_suffix("/flake.nix")?.to_owned();
        let names = ["/proc/sys/kernel/hostname", "/etc/hostname"];
        let name = names.iter().find_map(|path| host.read(path).ok().flatten())?.trim().to_owned();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        // What stands behind `#` is a path of attributes, and what stands before it an address.
        let plain = folder.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'));
        let fits = !name.is_empty() && name.chars().all(legal) && plain;
        fits.then_some(Self { folder, host_name: name })
    }

    pub(super) fn word(&self) -> String {
        format!("{}#{}", self.folder, self.host_name)
    }

    /// A lock with the newest of everything, as text. Nothing of the flake changes.
    pub(super) async fn lock(&self, nix: &Nix<'_>) -> Result<String, Problem> {
        let host = &nix.engine().host;
        // An empty file makes the folder and is no lock.
        host.write(NEW_LOCK, "").and_then(|()| host.remove(NEW_LOCK)).map_err(|e| failure::io(&e))?;
        let (folder, new) = (nix.place(&self.folder), nix.place(NEW_LOCK));
        nix.flake(&["flake", "update", "--flake", &folder, "--output-lock-file", &new])
            .await
            .map_err(failure::fetching)?;
        // Where nothing is newer there is nothing to write.
        let lock = match host.read(NEW_LOCK).map_err(|e| failure::io(&e))? {
            Some(lock) => Some(lock),
            None => host.read(&format!("{}/flake.lock", self.folder)).map_err(|e| failure::io(&e))?,
        };
        lock.ok_or_else(|| Problem::NoOrigin { detail: self.word() })
    }

    /// The system that the flake makes with that lock.
    pub(super) async fn evaluate(&self, nix: &Nix<'_>, lock: &str) -> Result<Evaluated, Problem> {
        nix.engine().host.write(NEW_LOCK, lock).map_err(|e| failure::io(&e))?;
        let what = format!("{}#nixosConfigurations.\"{}\"", nix.place(&self.folder), self.host_name);
        let (new, describe) = (nix.place(NEW_LOCK), include_str!("describe.nix"));
        let own = [
            "eval",
            "--json",
            "--reference-lock-file",
            &new,
            "--no-write-lock-file",
            "--apply",
            describe,
            &what,
        ];
        let answer = nix.flake(&own).await.map_err(failure::evaluating)?;
        answer::evaluated("nix", &answer)
    }

    /// Lets the flake have that lock. Gives the one that it had.
    pub(super) fn adopt(&self, engine: &Nixos, lock: &str) -> Result<Option<String>, Problem> {
        let file = format!("{}/flake.lock", self.folder);
        let before = engine.host.read(&file).map_err(|e| failure::io(&e))?;
        engine.host.write(&file, lock).map_err(|e| failure::io(&e))?;
        Ok(before)
    }

    pub(super) fn put_back(&self, engine: &Nixos, before: Option<&str>) {
        let file = format!("{}/flake.lock", self.folder);
        // What failed before is what is said.
        let _ = match before {
            Some(lock) => engine.host.write(&file, lock),
            None => engine.host.remove(&file),
        };
    }
}
