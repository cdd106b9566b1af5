//! A catalogue's XML.

use crate::promise;
use cairn_catalog::{Key, build};

/// Some time in the year 2025; with a clock, a finding could not be repeated.
const NOW: i64 = 1_760_000_000;

/// Builds an index of the bytes. Whatever comes out keeps every promise of the library.
pub fn appstream(data: &[u8]) {
    for locale in ["C", "de_AT.UTF-8", "zh_CN"] {
        if let Ok(bytes) = build(data, Key { commit: "fuzz", locale }, NOW) {
            let library = promise::library(bytes, locale);
            promise::keeps(library.is_complete(), "what was built can be opened");
            promise::clean(&library);
            promise::answers(&library, &["a", "photo editor", "qqqqqqqqqq"]);
        }
    }
}
