//! Versions that the person keeps: a root of our own for the garbage collector (Nix manual, "Garbage Collector Roots").
//!
//! It holds the system, not its number: where another tool takes the number away, the system is still shown.

use super::failure;
use super::store::StorePath;
use cairn_host::Host;
use cairn_model::Problem;

/// Everything that Cairn holds lies in here.
pub(super) const ROOTS: &str = "/nix/var/nix/gcroots/cairn";
const KEPT: &str = "keep-";

fn link(path: &StorePath) -> String {
    format!("{ROOTS}/{KEPT}{}", path.hash())
}

pub(super) fn is_kept(host: &Host, path: &StorePath) -> bool {
    host.read_link(&link(path)).is_ok_and(|target| target == path.path())
}

pub(super) fn all(host: &Host) -> Vec<StorePath> {
    let names = host.list(ROOTS).into_iter().filter(|name| name.starts_with(KEPT));
    let targets = names.filter_map(|name| host.read_link(&format!("{ROOTS}/{name}")).ok());
    let paths = targets.filter_map(|target| StorePath::parse(&target));
    paths.filter(|path| is_kept(host, path)).collect()
}

pub(super) fn set(host: &Host, path: &StorePath, kept: bool) -> Result<(), Problem> {
    let link = link(path);
    let done = if kept { host.link(&link, &path.path()) } else { host.remove(&link) };
    done.map_err(|e| failure::io(&e))
}
