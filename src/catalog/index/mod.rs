//! One file per source, commit and locale, with all that search needs made beforehand.
//!
//! A file is written once, completely, under another name, then renamed; nothing changes it afterwards. Whatever is wrong
//! with a file, it counts as missing or yields less; no read leaves its bounds and none panics.

mod builder;
mod bytes;
mod checksum;
mod file;
mod format;
mod key;
mod page;
mod quality;
mod record;
mod shelf;
mod strings;
mod terms;
mod vocabulary;
mod write;

pub(crate) use builder::build;
pub(crate) use file::Index;
pub use file::mend;
pub use key::Key;

pub(crate) use record::{Flags, Record};
pub(crate) use shelf::bit;
pub(crate) use terms::{CALLED, CATEGORY, TYPED, called, field};
pub(crate) use vocabulary::Vocabulary;
pub(crate) use write::{clean, write};
