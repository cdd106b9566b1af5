//! An index file.

use crate::promise;
use cairn_catalog::mend;

/// Opens the bytes as they are, and with a right header and checksum before them. Damage may give nonsense, but every
/// question has an answer. The first bytes are also typed as a query.
pub fn index(data: &[u8]) {
    let query = String::from_utf8_lossy(&data[..data.len().min(24)]).into_owned();
    let mut mended = data.to_vec();
    mend(&mut mended);
    for bytes in [data.to_vec(), mended] {
        let library = promise::library(bytes, "de");
        promise::answers(&library, &["a", "edit photos", &query]);
    }
}
