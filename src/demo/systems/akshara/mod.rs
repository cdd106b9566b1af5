//! akshara, played: the program that builds a blendOS anew, and what it leaves at the root.
//!
//! - [`state`]: what the repositories and tracks have
//! - `disk`: what lies on the disk; early boot
//! - `program`: what is asked of it

mod disk;
mod program;
pub mod state;

use super::System;

/// What the stand-in's state is called.
const NAME: &str = "akshara";

pub const SYSTEMS: [System; 1] = [System {
    name: "blendos",
    title: "blendOS",
    engine: "blendos",
    btrfs: false,
    lay_out: disk::lay_out,
    restart: disk::restart,
    programs: &[("akshara", program::play)],
    services: &[],
}];
