//! The parts of the page.

mod menu;
mod more;
mod origin;
mod save;
mod space;
mod trail;

pub use more::More;
pub use origin::Origin;
pub use save::Save;
pub use space::Space;
pub use trail::Trail;
