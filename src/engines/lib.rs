//! One folder for each family of atomic system, behind one trait.
//!
//! - [`engine`]: the trait, which is the whole contract
//! - [`detect`](mod@detect): which engine a machine needs, with the evidence
//! - [`family`]: every family that is known, one row each; [`sign`]: what they leave on a disk
//! - [`packages`]: what two package lists differ in, the same for every family
//! - [`ostree`]: libostree, without another tool above it

pub mod detect;
pub mod engine;
mod family;
pub mod ostree;
pub mod packages;
mod sign;

pub use detect::detect;
pub use engine::{Engine, Usage};
