//! One folder for each family of atomic system, behind one trait.
//!
//! - [`engine`]: the trait, which is the whole contract
//! - [`detect`]: which engine a machine needs, with the evidence
//! - [`packages`]: what two package lists differ in, the same for every family
//! - [`ostree`]: libostree, without another tool above it

pub mod detect;
pub mod engine;
pub mod ostree;
pub mod packages;

pub use detect::detect;
pub use engine::{Engine, Usage};
