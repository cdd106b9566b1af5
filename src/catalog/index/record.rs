//! What search and lists need of a component, in a fixed number of bytes.

use super::bytes::{u32_at, u64_at};
use crate::reader::Kind;
use cairn_model::Seconds;

/// Bytes of one record.
pub(super) const SIZE: usize = 64;

/// One component; strings are references into the strings of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Record {
    pub(super) id: u32,
    pub(super) name: u32,
    pub(super) folded: u32,
    pub(super) summary: u32,
    pub(super) developer: u32,
    pub(super) icon: u32,
    pub(super) reference: u32,
    pub(super) page: u32,
    pub(super) page_length: u32,
    /// `i64::MIN` where no release has a date.
    pub(crate) released: Seconds,
    pub(crate) flags: Flags,
    /// Shelves that it belongs to, a bit each in the order of `Category::ALL`.
    pub(crate) shelves: u8,
    /// Those of them that it is mainly for.
    pub(crate) main_shelves: u8,
    /// How much speaks for it before anything is asked, 0 to 100.
    pub(crate) quality: u8,
}

/// Yes and no about a component, in the bits of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(u32);

impl Flags {
    pub(crate) const ADD_ON: Self = Self(1);
    pub(crate) const CONSOLE: Self = Self(1 << 1);
    pub(crate) const WEB: Self = Self(1 << 2);
    pub(crate) const VERIFIED: Self = Self(1 << 3);
    pub(crate) const FREE: Self = Self(1 << 4);
    pub(crate) const END_OF_LIFE: Self = Self(1 << 5);
    pub(crate) const SCREENSHOTS: Self = Self(1 << 6);
    pub(crate) const BRANDED: Self = Self(1 << 7);

    pub(crate) fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    pub(super) fn set(&mut self, flag: Self, on: bool) {
        if on {
            self.0 |= flag.0;
        }
    }

    pub(super) fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Desktop => Self::default(),
            Kind::Web => Self::WEB,
            Kind::Console => Self::CONSOLE,
            Kind::AddOn => Self::ADD_ON,
        }
    }
}

impl Record {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let numbers = [
            self.id,
            self.name,
            self.folded,
            self.summary,
            self.developer,
            self.icon,
            self.reference,
            self.page,
            self.page_length,
            self.flags.0,
        ];
        numbers.iter().for_each(|n| out.extend_from_slice(&n.to_le_bytes()));
        out.extend_from_slice(&self.released.to_le_bytes());
        out.extend_from_slice(&[self.shelves, self.main_shelves, self.quality]);
        out.resize(start + SIZE, 0);
    }

    pub(crate) fn has_icon_and_summary(&self) -> bool {
        self.icon != 0 && self.summary != 0
    }

    /// Its source has something to install, and does not only describe it.
    pub(crate) fn is_offered(&self) -> bool {
        self.reference != 0
    }

    /// The record of that number; one of nothing if the file has none.
    pub(super) fn read(records: &[u8], number: u32) -> Self {
        let start = number as usize * SIZE;
        let bytes = records.get(start..start + SIZE).unwrap_or(&[0; SIZE]);
        let number = |at: usize| u32_at(bytes, at * 4).unwrap_or_default();
        Self {
            id: number(0),
            name: number(1),
            folded: number(2),
            summary: number(3),
            developer: number(4),
            icon: number(5),
            reference: number(6),
            page: number(7),
            page_length: number(8),
            flags: Flags(number(9)),
            released: u64_at(bytes, 40).map_or(i64::MIN, u64::cast_signed),
            shelves: bytes[48],
            main_shelves: bytes[49],
            quality: bytes[50].min(100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back() {
        let mut flags = Flags::of_kind(Kind::Web);
        flags.set(Flags::VERIFIED, true);
        flags.set(Flags::FREE, false);
        let record = Record {
            id: 1,
            page_length: 9,
            released: -5,
            flags,
            shelves: 3,
            quality: 77,
            ..Record::default()
        };
        let mut out = Vec::new();
        Record::default().write(&mut out);
        record.write(&mut out);
        assert_eq!(Record::read(&out, 1), record);
        assert!(flags.has(Flags::VERIFIED) && !flags.has(Flags::FREE));
        assert_eq!(Record::read(&out, 2).id, 0);
        assert_eq!(Record::read(&out, u32::MAX).id, 0);
    }
}
