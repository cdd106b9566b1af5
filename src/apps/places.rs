//! Where things are.

use std::env;
use std::path::PathBuf;

/// Folders of the person. The installations themselves are found by libflatpak, which honours `FLATPAK_USER_DIR`,
/// `FLATPAK_SYSTEM_DIR` and `XDG_DATA_HOME` by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// What this crate remembers: journal, lock, last check.
    pub data: PathBuf,
    /// Apps keep their data in `.var/app` below it.
    pub home: PathBuf,
    /// What can be made again: the catalogue's index.
    pub cache: PathBuf,
}

impl Places {
    /// What the session has: `$XDG_DATA_HOME/cairn/apps` and `$HOME`.
    pub fn session() -> Self {
        let home = env::var_os("HOME").filter(|h| !h.is_empty()).map_or_else(|| "/".into(), PathBuf::from);
        let folder = |name: &str, usual: &str| {
            let named = env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
            named.unwrap_or_else(|| home.join(usual))
        };
        let data = folder("XDG_DATA_HOME", ".local/share").join("cairn/apps");
        let cache = folder("XDG_CACHE_HOME", ".cache").join("cairn");
        Self { data, home, cache }
    }

    /// Where the indexes of catalogues are kept; window and command line share them.
    pub fn catalog(&self) -> PathBuf {
        self.cache.join("catalog")
    }

    /// Where the app of this id keeps its data.
    pub(crate) fn data_of(&self, id: &str) -> PathBuf {
        self.home.join(".var/app").join(id)
    }
}
