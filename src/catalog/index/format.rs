//! The layout of an index file. All numbers are little-endian.
//!
//! ```text
//! magic (8 bytes) · format version u32 · number of components u32 · length of the file u64 ·
//! checksum u64 · for each section: offset u32, length u32 · the sections
//! ```
//!
//! The checksum is over the table of sections and over every section but the last, the text of the pages, which is
//! large and read only one page at a time. No access trusts an offset: a damaged file yields empty strings.

/// The first bytes of every index.
pub(super) const MAGIC: [u8; 8] = *b"CairnCat";
/// Goes up with each change of the layout or of what is put into it, so that an old file is built again.
pub(super) const VERSION: u32 = 1;
/// Where the table of sections begins.
pub(super) const TABLE: usize = 32;
/// Where the first section begins at the earliest.
pub(super) const SECTIONS: usize = TABLE + 8 * Section::COUNT;
/// Largest file; offsets are 32 bits.
pub(super) const LARGEST: usize = u32::MAX as usize;

/// The parts of a file, in their order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Section {
    /// What it is the index of: commit, locale, both with their length before them.
    Key,
    /// Strings with their length before them; a reference is an offset, 0 is the empty string.
    Strings,
    /// [`super::record`] of each component, by id and branch.
    Records,
    /// Numbers of the apps among them by folded name, u32 each.
    ByName,
    /// Other ids: reference of the string, number of the component; by string.
    Aliases,
    /// What add-ons extend: reference of the id, number of the add-on; by id.
    Extensions,
    /// [`super::vocabulary`] of names, keywords, summaries, developers, ids and categories.
    Words,
    /// [`super::vocabulary`] of descriptions.
    Prose,
    /// [`super::page`] of each component.
    Pages,
}

impl Section {
    pub(super) const COUNT: usize = 9;
}
