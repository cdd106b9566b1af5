//! Whether there is room to build another system, which akshara never looks for.

use super::Blendos;
use super::disk::Content;
use cairn_host::space;
use cairn_model::plan::{SpaceNeed, Warning};
use cairn_model::{Plan, Problem, text};

/// The archive that a build begins with, and what it downloads beside the packages.
const MARGIN: u64 = 1 << 30;

/// A build takes as much as what runs, and the running one stays until after the restart.
///
/// # Errors
/// [`Problem::NoSpace`].
pub(super) fn enough(engine: &Blendos) -> Result<(SpaceNeed, bool), Problem> {
    let room = space::room(&engine.host.path("/"));
    let room = room.map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
    let size = Content::running(engine).size(engine);
    let (needed, free) = (size.unwrap_or_default().saturating_add(MARGIN), room.free);
    if free < needed {
        return Err(Problem::NoSpace { mount: "/".into(), needed, free, missing: needed - free });
    }
    Ok((SpaceNeed { mount: "/".into(), needed, free }, size.is_some()))
}

/// Adds to a plan that builds a system what it takes.
///
/// # Errors
/// As [`enough`].
pub(super) fn reserve(engine: &Blendos, plan: &mut Plan) -> Result<(), Problem> {
    let (need, known) = enough(engine)?;
    plan.space.push(need);
    if !known {
        plan.warnings.push(Warning::SpaceUnknown);
    }
    plan.warnings.push(Warning::CannotStop);
    Ok(())
}
