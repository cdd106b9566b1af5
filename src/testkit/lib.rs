//! What the tests of the whole product stand on; development only.
//!
//! [`product`] has Cairn as a distribution would ship it: installed by meson into an OSTree system that boots, in a
//! container and in a virtual machine. [`world`] is the demo world as a test needs it, [`disk`] a
//! small one to fill up.

pub mod disk;
pub mod product;
pub mod world;
