//! The generations of the system's profile, read from its links: no tool, no lock, no rights.
//!
//! nix: src/libstore/profiles.cc. The profile is a link to `system-N-link`, which is a link into the store.

use super::store::StorePath;
use cairn_host::Host;
use cairn_model::{DeploymentId, Problem, Seconds};

pub(super) const FOLDER: &str = "/nix/var/nix/profiles";
pub(super) const PROFILE: &str = "/nix/var/nix/profiles/system";
/// What ids begin with where a system has no number (any more).
const LOOSE: &str = "store-";

/// One number of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Generation {
    pub(super) number: u64,
    pub(super) path: StorePath,
    /// When its link was made.
    pub(super) made: Option<Seconds>,
}

/// All of them, the newest first. What is no link to a system is none.
pub(super) fn all(host: &Host) -> Vec<Generation> {
    let mut found: Vec<Generation> = host
        .list(FOLDER)
        .into_iter()
        .filter_map(|name| {
            let number = number(&name)?;
            let link = format!("{FOLDER}/{name}");
            let path = StorePath::parse(&host.read_link(&link).ok()?)?;
            Some(Generation { number, path, made: host.changed(&link) })
        })
        .collect();
    found.sort_by_key(|g| std::cmp::Reverse(g.number));
    found
}

/// The number that the profile itself says; its generation need not be there.
pub(super) fn chosen(host: &Host) -> Option<u64> {
    let target = host.read_link(PROFILE).ok()?;
    number(target.strip_prefix("/nix/var/nix/profiles/").unwrap_or(&target))
}

/// The system that was started.
pub(super) fn booted(host: &Host) -> Option<StorePath> {
    system(host, "/run/booted-system").or_else(|| live(host))
}

/// The system whose services run, another than the booted one after `nixos-rebuild switch`.
pub(super) fn live(host: &Host) -> Option<StorePath> {
    system(host, "/run/current-system")
}

fn system(host: &Host, link: &str) -> Option<StorePath> {
    StorePath::parse(&host.read_link(link).ok()?)
}

/// The id of a generation.
pub(super) fn id_of(number: u64) -> Result<DeploymentId, Problem> {
    DeploymentId::new(number.to_string())
}

/// The id of a system without a number.
pub(super) fn loose_id(path: &StorePath) -> Result<DeploymentId, Problem> {
    DeploymentId::new(format!("{LOOSE}{}", path.hash()))
}

fn number(name: &str) -> Option<u64> {
    digits(name.strip_prefix("system-")?.strip_suffix("-link")?)
}

/// A number as Nix writes it, so that no two names mean the same.
fn digits(text: &str) -> Option<u64> {
    let written = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| written)
}
