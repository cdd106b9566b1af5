//! Files that a person opens, and an app's metadata.

use crate::promise;
use cairn_apps::{parse_flatpakref, parse_flatpakrepo, permissions};

/// Reads the bytes as each kind of file. What is accepted names only what may reach flatpak and the screen.
pub fn flatpak_files(data: &[u8]) {
    let plain = |text: &str| cairn_model::text::line(text) == text;
    if let Ok(file) = parse_flatpakref(data) {
        promise::keeps(plain(&file.title) && plain(&file.comment), "what is shown is clean");
        promise::keeps(file.url.chars().all(|c| c.is_ascii_graphic()), "an address has no blanks");
        let name = file.suggested_remote.unwrap_or_default();
        promise::keeps(!name.contains('/') && !name.starts_with(['-', '.']), "a remote's name is a name");
        promise::keeps(!file.branch.contains('/') && !file.branch.starts_with('-'), "a branch is a branch");
    }
    if let Ok(file) = parse_flatpakrepo(data) {
        promise::keeps(plain(&file.title) && plain(&file.description), "what is shown is clean");
        promise::keeps(file.url.chars().all(|c| c.is_ascii_graphic()), "an address has no blanks");
    }
    let read = permissions::read(&String::from_utf8_lossy(data), "org.example.App");
    promise::keeps(read.is_sorted() && read.windows(2).all(|p| p[0] != p[1]), "each permission is told once");
    promise::keeps(permissions::added(&read, &read).is_empty(), "nothing is more than itself");
    for permission in &read {
        permissions::grade(permission, &["Game".to_owned()]);
    }
}
