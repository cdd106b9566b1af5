//! `.flatpakrepo` (flatpak-flatpakrepo(5)).

use super::keys::{Keys, invalid};
use super::refs::{address, key, version};
use cairn_model::{Problem, text};

const GROUP: &str = "Flatpak Repo";

/// A source of apps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepoFile {
    pub title: String,
    pub url: String,
    pub comment: String,
    pub description: String,
    pub homepage: Option<String>,
    /// The key that signs; without it signatures are not looked at.
    pub key: Option<Vec<u8>>,
}

/// # Errors
/// [`Problem::InvalidArgument`] saying what is missing or wrong, [`Problem::NotSupported`] for a newer format.
pub fn parse_flatpakrepo(bytes: &[u8]) -> Result<RepoFile, Problem> {
    let keys = Keys::parse(bytes)?;
    version(&keys, GROUP)?;
    let shown = |key: &str| keys.get(GROUP, key).map(text::line).unwrap_or_default();
    Ok(RepoFile {
        title: shown("Title"),
        url: address(keys.get(GROUP, "Url").ok_or_else(|| invalid("Url"))?)?,
        comment: shown("Comment"),
        description: shown("Description"),
        homepage: keys.get(GROUP, "Homepage").and_then(|url| address(url).ok()),
        key: key(&keys, GROUP)?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn reads_title_address_and_key() {
        let text = "[Flatpak Repo]\nTitle=Flathub\nUrl=https://dl.flathub.org/repo/\nHomepage=javascript:x\nGPGKey=Zm9vYmFy\n";
        let file = parse_flatpakrepo(text.as_bytes()).unwrap();
        assert_eq!((file.title.as_str(), file.url.as_str()), ("Flathub", "https://dl.flathub.org/repo/"));
        assert_eq!((file.key.as_deref(), file.homepage), (Some(&b"foobar"[..]), None));
        assert!(parse_flatpakrepo(b"[Flatpak Repo]\nTitle=x\n").is_err());
        assert!(parse_flatpakrepo(b"").is_err());
    }
}
