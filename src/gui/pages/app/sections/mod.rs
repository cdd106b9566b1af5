//! The parts of the page.

mod header;
mod install;
mod manage;
mod rows;
mod screenshots;
mod story;

pub use header::Header;
pub use rows::Rows;
pub use screenshots::Screenshots;
pub use story::Story;
