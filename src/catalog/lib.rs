//! The catalogues of apps: AppStream becomes one memory-mapped index per source, which answers within one frame.
//!
//! A [`Library`] is every index that is there. Opening never builds and never fails; [`Library::refresh`] builds what
//! is missing on a worker's thread. Nothing here asks the network or another program.

mod index;
mod library;
mod reader;
mod search;
mod token;

pub use index::{Key, mend};
pub use library::{Entry, Library, build};
