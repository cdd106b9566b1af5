//! The parts of the page.

mod apps;
mod below;
mod hero;
mod restart;
mod trial;

pub use apps::AppUpdates;
pub use below::Below;
pub use hero::Hero;
pub use trial::Trial;
