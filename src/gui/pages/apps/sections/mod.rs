//! The parts of the page.

mod explore;
mod installed;
mod results;

pub use explore::{Explore, first_icons};
pub use installed::Installed;
pub use results::Results;
