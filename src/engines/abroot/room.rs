//! Whether there is room for another image. ABRoot looks at the root's partition only, and only after the download.

use super::{Abroot, answer};
use cairn_host::{Host, space};
use cairn_model::plan::{SpaceNeed, Warning};
use cairn_model::{Plan, Problem};

const LAYERS: &str = "/var/lib/abroot/storage/overlay-layers/layers.json";
/// The image storage, or what it will be made in.
const PLACES: [&str; 3] = ["/var/lib/abroot", "/var", "/"];
/// Where the storage says nothing, less than this cannot hold any image.
const LEAST: u64 = 1 << 30;

/// The old image stays until the new one is there, so a second one like it has to fit.
///
/// # Errors
/// [`Problem::EngineFailed`] where the room cannot be looked at.
fn need(host: &Host) -> Result<(SpaceNeed, bool), Problem> {
    let room = PLACES.iter().find_map(|path| space::room(&host.path(path)).ok());
    let room = room.ok_or_else(|| Problem::EngineFailed { detail: "/var: no file system".into() })?;
    let layers = host.read(LAYERS).ok().flatten();
    let size = layers.and_then(|text| answer::layers(text.as_bytes()).ok().flatten());
    let needed = size.unwrap_or_default().max(LEAST);
    Ok((SpaceNeed { mount: "/var".into(), needed, free: room.free }, size.is_some()))
}

/// # Errors
/// [`Problem::NoSpace`].
pub(super) fn enough(host: &Host) -> Result<(SpaceNeed, bool), Problem> {
    let (need, known) = need(host)?;
    if need.free < need.needed {
        let (needed, free) = (need.needed, need.free);
        return Err(Problem::NoSpace { mount: need.mount, needed, free, missing: needed - free });
    }
    Ok((need, known))
}

/// Adds to a plan that builds a root what it takes.
///
/// # Errors
/// As [`enough`].
pub(super) fn reserve(engine: &Abroot, plan: &mut Plan) -> Result<(), Problem> {
    let (need, known) = enough(&engine.host)?;
    plan.space.push(need);
    if !known {
        plan.warnings.push(Warning::SpaceUnknown);
    }
    plan.warnings.push(Warning::CannotStop);
    Ok(())
}
