//! The tracks that blendOS publishes, and whatever is followed now.

use super::{Blendos, disk};
use crate::distro;
use cairn_model::{Problem, Target, TargetId};

/// What they are called in `data/distros`.
const TRACKS: &str = "blend-os/tracks";
/// Tracks of somebody else have names of their own, of which nothing is known here.
const PUBLISHER: &str = "https://github.com/blend-os/tracks/raw/main";

/// # Errors
/// [`Problem::ConfigInvalid`]; [`Problem::NoOrigin`] for a system that follows no track.
pub(super) fn all(engine: &Blendos) -> Result<Vec<Target>, Problem> {
    let system = disk::system(engine)?;
    let none = || Problem::NoOrigin { detail: disk::SYSTEM.into() };
    let current = system.track().and_then(|track| TargetId::new(track).ok()).ok_or_else(none)?;
    let known = system.publisher().is_some_and(|at| at.trim_end_matches('/') == PUBLISHER);
    let mut targets = Vec::new();
    let origin = distro::origin(TRACKS).filter(|_| known);
    for channel in origin.iter().flat_map(|origin| &origin.channels) {
        let id = TargetId::new(&channel.id)?;
        let name = channel.name.clone().unwrap_or_else(|| channel.id.clone());
        targets.push(Target { current: id == current, id, name });
    }
    if !targets.iter().any(|target| target.current) {
        targets.insert(0, Target { name: current.to_string(), id: current, current: true });
    }
    Ok(targets)
}

/// The target of that id, which is followed afterwards.
///
/// # Errors
/// [`Problem::TargetUnknown`], also for what is followed already; else as [`all`].
pub(super) fn other(engine: &Blendos, id: &TargetId) -> Result<Target, Problem> {
    let found = all(engine)?.into_iter().find(|target| target.id == *id && !target.current);
    found.ok_or_else(|| Problem::TargetUnknown { target: id.to_string() })
}
