//! The sources of the last time. Asking flatpak for them takes longer than a first frame may, and they hardly change.

use super::Library;
use crate::index;
use cairn_model::app::CatalogSource;
use std::path::Path;

const FILE: &str = "sources.json";
/// Far more than any computer's sources take.
const LARGEST: u64 = 1 << 20;

impl Library {
    /// The library of the sources that were last remembered in `folder`, and those sources. It may be older than what
    /// is deployed, so it is to be replaced as soon as the sources are known. Empty where nothing was remembered.
    pub fn open_last(folder: &Path, locale: &str) -> (Vec<CatalogSource>, Self) {
        let file = folder.join(FILE);
        let small = std::fs::metadata(&file).is_ok_and(|facts| facts.len() <= LARGEST);
        let bytes = if small { std::fs::read(file).unwrap_or_default() } else { Vec::new() };
        let sources: Vec<CatalogSource> = serde_json::from_slice(&bytes).unwrap_or_default();
        let library = Self::open(folder, &sources, locale);
        (sources, library)
    }

    /// Remembers the sources for the next time. Without it the next start only takes longer.
    pub fn remember(folder: &Path, sources: &[CatalogSource]) {
        let written =
            serde_json::to_vec(sources).is_ok_and(|bytes| index::write(folder, FILE, &bytes).is_ok());
        if !written {
            tracing::debug!("the sources of the catalogue could not be remembered");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::{Scope, Source};

    #[test]
    fn what_is_remembered_is_opened_and_anything_else_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert!(Library::open_last(path, "").0.is_empty());
        let xml = path.join("appstream.xml");
        std::fs::write(&xml, "<components><component type='desktop-application'><id>a.b.C</id><name>C</name></component></components>").unwrap();
        let source = Source { scope: Scope::User, remote: "here".into() };
        let sources = [CatalogSource { source, xml, icons: path.into(), commit: "1".into() }];
        Library::refresh(path, &sources, "").unwrap();
        Library::remember(path, &sources);
        // Cleaning takes indexes away that nobody needs, and not this.
        assert!(!Library::refresh(path, &sources, "").unwrap());
        let (known, library) = Library::open_last(path, "");
        assert_eq!((known.as_slice(), library.is_complete()), (sources.as_slice(), true));
        for damage in ["", "null", "[{}]", "\u{0}"] {
            std::fs::write(path.join(FILE), damage).unwrap();
            assert!(Library::open_last(path, "").1.is_empty());
        }
    }
}
