//! One folder for each family of atomic system, behind one trait.
//!
//! - [`engine`]: the trait, which is the whole contract
//! - [`detect`](mod@detect): which engine a machine needs, with the evidence
//! - [`family`]: what is known of a family; [`sign`]: what it leaves on a disk
//! - [`distro`]: what is a fact about a distribution and not about its family
//! - [`plan`]: what a wish comes to where nothing is special
//! - [`bus`]: asking services of the system; `bounded`: the socket to it
//! - [`dict`]: what such services write
//! - [`packages`]: what two package lists differ in, the same for every family
//!
//! Every other module is an engine.

mod bounded;
pub mod bus;
pub mod detect;
pub mod dict;
pub mod distro;
pub mod engine;
mod family;
pub mod packages;
pub mod plan;
mod sign;

pub use detect::detect;
pub use engine::{Engine, Usage};

/// Each word is a folder with an engine, whose family stands in its `FAMILY`.
macro_rules! engines {
    ($($engine:ident)*) => {
        $(pub mod $engine;)*
        /// Every family that has an engine.
        pub(crate) const BUILT: &[family::Family] = &[$($engine::FAMILY),*];
    };
}

engines! {
    abroot
    blendos
    bootc
    eos_updater
    nixos
    ostree
    rauc
    rpm_ostree
    snapper
    steamos
    sysupdate
    tukit
}
