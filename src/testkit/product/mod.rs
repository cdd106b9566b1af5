//! Cairn as a distribution would ship it, on a system that really boots.
//!
//! - [`image`]: the system, made once and cached: Debian with systemd, polkit, libostree and what `meson install`
//!   puts there, as two signed commits, a sysroot and a disk
//! - [`site`]: the HTTP server that the system gets its updates from
//! - [`nspawn`]: boots the sysroot in a container with systemd as the first process: real units, real logind, real
//!   finalisation at shutdown; no kernel and no boot loader
//! - [`machine`]: boots the disk in QEMU: BIOS, GRUB, kernel, initramfs, and a power switch
//!
//! Everything needs root and the tools of `./dev`; [`nspawn::missing`] and [`machine::missing`] say what is not there.

mod answer;
mod error;
pub mod image;
pub mod machine;
pub mod nspawn;
pub mod site;
mod tool;

pub use answer::Answer;
pub use error::{Error, Result};
pub use image::Image;
pub use machine::Machine;
pub use nspawn::{Container, Ending};
pub use site::Site;
