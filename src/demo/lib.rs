//! A world made of real parts to try Cairn in: a real OSTree repository served over HTTP, a real sysroot whose
//! running deployment libostree itself sees as booted, the real `cairnd` on a private system bus with the real
//! polkitd. Only firmware, kernel and logind are played.
//!
//! [`build::build`] makes the parts once and caches them; [`world::World`] is one machine made of them;
//! [`supervisor`] runs a command or a window beside such a machine; [`control`] steers it from there. [`show`] is
//! `./dev demo`, [`systems`] the systems of the field, [`play`] presses the window's buttons on a [`screen`] that nobody looks at.

pub mod bench;
pub mod build;
pub mod control;
mod error;
pub mod logind;
pub mod play;
mod process;
pub mod screen;
pub mod server;
pub mod show;
pub mod supervisor;
pub mod systems;
mod tool;
pub mod world;

pub use error::{Error, Result};
pub use server::{Failure, Server};
pub use world::{Config, Polkit, World};
