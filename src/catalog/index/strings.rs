//! Strings that several components share stand once.

use super::bytes::{Cursor, put_text};
use std::collections::HashMap;

/// Collects strings and gives out references to them.
#[derive(Debug)]
pub(super) struct Pool {
    bytes: Vec<u8>,
    known: HashMap<String, u32>,
}

impl Default for Pool {
    fn default() -> Self {
        // The empty string comes first, so that 0 refers to it.
        Self { bytes: vec![0], known: HashMap::new() }
    }
}

impl Pool {
    pub(super) fn add(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        // The builder refuses a file whose offsets would not fit.
        let reference = u32::try_from(self.bytes.len()).unwrap_or_default();
        put_text(&mut self.bytes, text);
        self.known.insert(text.to_owned(), reference);
        reference
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The string of a reference; empty if there is none.
pub(super) fn read(strings: &[u8], reference: u32) -> &str {
    let bytes = strings.get(reference as usize..).unwrap_or_default();
    Cursor::new(bytes).text().unwrap_or_default()
}
