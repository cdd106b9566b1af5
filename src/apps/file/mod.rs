//! What a file that a person opens is. The two key files (flatpak-flatpakref(5), flatpak-flatpakrepo(5)) are read by
//! an own reader with limits, which touches nothing but the bytes it is given.

mod base64;
pub(crate) mod keys;
mod load;
pub(crate) mod refs;
mod repo;

pub(crate) use load::{load, read};
pub use refs::{RefFile, parse_flatpakref};
pub use repo::{RepoFile, parse_flatpakrepo};

use cairn_model::app::{Permission, Ref};

/// Largest key file that is read, in bytes; real ones with a key have about five thousand.
pub(crate) const LIMIT: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppFile {
    /// `.flatpakref`: where one app is.
    Ref(RefFile),
    /// `.flatpakrepo`: a source of apps.
    Repo(RepoFile),
    /// `.flatpak`: an app itself.
    Bundle(BundleFile),
}

/// An app in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleFile {
    pub reference: Ref,
    pub commit: String,
    /// Where updates come from; `None` for an app without updates.
    pub origin: Option<String>,
    /// A `.flatpakrepo` that has its runtime.
    pub runtime_repo: Option<String>,
    /// Bytes when installed.
    pub installed_bytes: u64,
    pub permissions: Vec<Permission>,
    /// `org.gnome.Platform/x86_64/48`, as its metadata names it.
    pub runtime: Option<String>,
}
