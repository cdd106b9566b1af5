//! Paths that documents name must exist.

use std::fs;
use std::path::Path;

/// Folders whose files a document can name.
const FOLDERS: [&str; 8] = ["src/", "data/", "docs/", "po/", "resources/", "flatpak/", ".ci/", "benches/"];

pub fn check(root: &Path) -> Vec<String> {
    let mut documents: Vec<_> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .map(|name| root.join(name))
        .to_vec();
    for folder in ["docs", "src", "flatpak", "data"] {
        documents.extend(super::files::below(&root.join(folder), "md"));
    }
    let mut broken = Vec::new();
    for document in documents {
        let name = document.strip_prefix(root).unwrap_or(&document).display().to_string();
        let Ok(text) = fs::read_to_string(&document) else {
            broken.push(format!("{name} is missing"));
            continue;
        };
        for path in paths(&text) {
            if !root.join(path).exists() {
                broken.push(format!("{name} names {path}, which does not exist"));
            }
        }
    }
    broken
}

/// Words in backquotes or link targets that look like a path of the tree.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    text.split(['`', '(', ')', ' ', '\n', '"'])
        .map(|word| word.trim_end_matches([',', '.', ';', ':']))
        .filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)))
        .filter(|word| !word.contains(['*', '<', '{', '…', '#']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_and_patterns_are_not() {
        let text = "See `src/model`, (docs/adr/x.md) and data/dbus/. Not `src/*/Cargo.toml` or po.";
        assert_eq!(paths(text).collect::<Vec<_>>(), ["src/model", "docs/adr/x.md", "data/dbus/"]);
    }
}
