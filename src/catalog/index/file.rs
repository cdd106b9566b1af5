//! An index on disk: opened by mapping it, written beside itself and renamed.

use super::bytes::{u32_at, u64_at};
use super::format::{MAGIC, SECTIONS, Section, TABLE, VERSION};
use super::key::Key;
use super::page::{self, Page};
use super::record::{Record, SIZE};
use super::vocabulary::Vocabulary;
use super::{checksum, strings};
use memmap2::Mmap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

/// An index that is open.
#[derive(Debug)]
pub(crate) struct Index {
    bytes: Bytes,
    sections: [Range<usize>; Section::COUNT],
    /// Components in it; none of their numbers is higher.
    pub(crate) components: u32,
}

#[derive(Debug)]
enum Bytes {
    Mapped(Mmap),
    Owned(Vec<u8>),
}

impl Bytes {
    fn all(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl Index {
    /// Maps a file. `None` if it is not there, damaged, of another version or of another key.
    pub(crate) fn open(path: &Path, key: Key<'_>) -> Option<Self> {
        let file = File::open(path).ok()?;
        Self::new(Bytes::Mapped(map(&file)?), Some(key))
    }

    /// The same for bytes in memory, of any key.
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        Self::new(Bytes::Owned(bytes), None)
    }

    fn new(bytes: Bytes, key: Option<Key<'_>>) -> Option<Self> {
        let all = bytes.all();
        let head = all.get(..SECTIONS)?;
        let right = head.starts_with(&MAGIC)
            && u32_at(head, 8) == Some(VERSION)
            && u64_at(head, 16) == Some(all.len() as u64);
        if !right {
            return None;
        }
        let mut sections: [Range<usize>; Section::COUNT] = Default::default();
        for (number, section) in sections.iter_mut().enumerate() {
            let start = u32_at(head, TABLE + 8 * number)? as usize;
            let end = start.checked_add(u32_at(head, TABLE + 8 * number + 4)? as usize)?;
            all.get(start..end)?;
            *section = start..end;
        }
        let checked = all.get(TABLE..sections[Section::Pages as usize].start)?;
        if u64_at(head, 24) != Some(checksum::add(0, checked)) {
            return None;
        }
        let components = u32_at(head, 12)?;
        if sections[Section::Records as usize].len() != components as usize * SIZE {
            return None;
        }
        let own = Key::read(all.get(sections[Section::Key as usize].clone())?)?;
        if key.is_some_and(|key| key != own) {
            return None;
        }
        Some(Self { bytes, sections, components })
    }

    fn section(&self, section: Section) -> &[u8] {
        self.bytes.all().get(self.sections[section as usize].clone()).unwrap_or_default()
    }

    pub(crate) fn record(&self, component: u32) -> Record {
        Record::read(self.section(Section::Records), component)
    }

    fn text(&self, reference: u32) -> &str {
        strings::read(self.section(Section::Strings), reference)
    }

    pub(crate) fn id(&self, record: &Record) -> &str {
        self.text(record.id)
    }

    pub(crate) fn name(&self, record: &Record) -> &str {
        self.text(record.name)
    }

    /// The name as it is compared.
    pub(crate) fn folded(&self, record: &Record) -> &str {
        self.text(record.folded)
    }

    pub(crate) fn summary(&self, record: &Record) -> &str {
        self.text(record.summary)
    }

    pub(crate) fn developer(&self, record: &Record) -> &str {
        self.text(record.developer)
    }

    /// A file name; empty if there is no icon.
    pub(crate) fn icon(&self, record: &Record) -> &str {
        self.text(record.icon)
    }

    /// As flatpak writes it; empty for what offers no download.
    pub(crate) fn reference(&self, record: &Record) -> &str {
        self.text(record.reference)
    }

    pub(crate) fn page(&self, record: &Record) -> Page {
        let start = record.page as usize;
        let bytes =
            self.section(Section::Pages).get(start..start.saturating_add(record.page_length as usize));
        page::read(bytes.unwrap_or_default())
    }

    /// The components by name, add-ons left out.
    pub(crate) fn by_name(&self) -> impl Iterator<Item = u32> {
        let (numbers, _) = self.section(Section::ByName).as_chunks::<4>();
        numbers.iter().map(|n| u32::from_le_bytes(*n)).filter(|n| *n < self.components)
    }

    /// The component that has this as another id.
    pub(crate) fn alias(&self, id: &str) -> Option<u32> {
        self.pairs(Section::Aliases, id).next()
    }

    /// The add-ons of an app.
    pub(crate) fn add_ons(&self, id: &str) -> impl Iterator<Item = u32> {
        self.pairs(Section::Extensions, id)
    }

    fn pairs(&self, section: Section, text: &str) -> impl Iterator<Item = u32> {
        let (pairs, _) = self.section(section).as_chunks::<8>();
        let known = |pair: &[u8; 8]| self.text(u32_at(pair, 0).unwrap_or_default());
        let start = pairs.partition_point(|pair| known(pair) < text);
        let same = pairs.get(start..).unwrap_or_default().iter().take_while(move |pair| known(pair) == text);
        same.filter_map(|pair| u32_at(pair, 4)).filter(|n| *n < self.components)
    }

    /// Tokens of the short texts, with fields.
    pub(crate) fn words(&self) -> Vocabulary<'_> {
        Vocabulary::new(self.section(Section::Words), true)
    }

    /// Tokens of descriptions.
    pub(crate) fn prose(&self) -> Vocabulary<'_> {
        Vocabulary::new(self.section(Section::Prose), false)
    }
}

/// Writes the right first bytes, length and checksum into bytes that are no right index, as fuzzing needs it to get
/// behind the first look. Bytes too short for a header stay as they are.
pub fn mend(bytes: &mut [u8]) {
    let length = bytes.len() as u64;
    let pages = u32_at(bytes, TABLE + 8 * Section::Pages as usize).map_or(usize::MAX, |p| p as usize);
    let sum = bytes.get(TABLE..pages).map(|checked| checksum::add(0, checked));
    let Some(head) = bytes.get_mut(..TABLE) else { return };
    head[..8].copy_from_slice(&MAGIC);
    head[8..12].copy_from_slice(&VERSION.to_le_bytes());
    head[16..24].copy_from_slice(&length.to_le_bytes());
    head[24..].copy_from_slice(&sum.unwrap_or_default().to_le_bytes());
}

#[allow(unsafe_code)]
fn map(file: &File) -> Option<Mmap> {
    // SAFETY: a mapping is sound as long as nobody changes or cuts the file. Indexes are written under another name and
    // renamed when they are complete, and never opened for writing afterwards; replacing or removing one leaves the
    // mapped file as it is. The folder is the person's own cache, which no other user may write to.
    unsafe { Mmap::map(file) }.ok()
}
