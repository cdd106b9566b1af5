//! The parts of the page.

mod menu;
mod space;
mod trail;

pub use space::Space;
pub use trail::Trail;
