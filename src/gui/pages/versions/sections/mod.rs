//! The parts of the page.

mod menu;
mod origin;
mod space;
mod trail;

pub use origin::Origin;
pub use space::Space;
pub use trail::Trail;
