//! ABRoot, played: the program `abroot` of Vanilla OS and the files that it keeps.
//!
//! - [`state`]: the two roots, and what the registry offers
//! - `disk`: what lies on the disk
//! - `program`: what is asked of it; `build`: building the other root; `records`: packages

mod build;
mod disk;
mod program;
mod records;
pub mod state;

use super::{Stage, System};
use state::State;
use std::io;

/// What the stand-in's state is called.
const NAME: &str = "abroot";

pub const SYSTEMS: [System; 1] = [System {
    name: "vanilla",
    title: "Vanilla OS 2 Orchid",
    engine: "abroot",
    btrfs: false,
    lay_out,
    restart,
    programs: &[("abroot", program::play)],
    services: &[],
}];

fn lay_out(stage: &Stage) -> io::Result<()> {
    let state: State = stage.change(NAME, |state: &mut State| state.clone())?;
    disk::lay_out(stage, &state)
}

/// GRUB starts the root that is its default; everything below /run is gone.
fn restart(stage: &Stage) -> io::Result<()> {
    let state = stage.change(NAME, |state: &mut State| {
        state.present.clone_from(&state.default);
        state.clone()
    })?;
    disk::start(stage, &state)
}

/// The person picks the other root in the boot menu, once.
///
/// # Errors
/// What the file system says.
pub fn restart_into_other(stage: &Stage) -> io::Result<()> {
    let state = stage.change(NAME, |state: &mut State| {
        state.present = state.other(&state.default.clone());
        state.clone()
    })?;
    disk::start(stage, &state)
}
