//! The parts of the page.

mod below;
mod hero;
mod restart;
mod trial;

pub use below::Below;
pub use hero::Hero;
pub use trial::Trial;
