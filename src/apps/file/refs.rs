//! `.flatpakref` (flatpak-flatpakref(5)).

use super::base64;
use super::keys::{Keys, invalid};
use cairn_model::app::AppId;
use cairn_model::{Problem, text};

const GROUP: &str = "Flatpak Ref";

/// Where one app is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefFile {
    pub id: AppId,
    pub branch: String,
    /// It is a runtime or an add-on.
    pub runtime: bool,
    /// The repository that has it.
    pub url: String,
    pub title: String,
    pub comment: String,
    /// A name for the remote, if the file wants it to be kept for more than this app.
    pub suggested_remote: Option<String>,
    /// A `.flatpakrepo` that has its runtime.
    pub runtime_repo: Option<String>,
    /// The key that signs; without it signatures are not looked at.
    pub key: Option<Vec<u8>>,
}

/// # Errors
/// [`Problem::InvalidArgument`] saying what is missing or wrong, [`Problem::NotSupported`] for a newer format.
pub fn parse_flatpakref(bytes: &[u8]) -> Result<RefFile, Problem> {
    let keys = Keys::parse(bytes)?;
    version(&keys, GROUP)?;
    let required = |key: &str| keys.get(GROUP, key).ok_or_else(|| invalid(key));
    let shown = |key: &str| keys.get(GROUP, key).map(text::line).unwrap_or_default();
    let branch = keys.get(GROUP, "Branch").unwrap_or("master");
    if !is_branch(branch) {
        return Err(invalid(branch));
    }
    Ok(RefFile {
        id: AppId::new(required("Name")?)?,
        branch: branch.into(),
        runtime: flag(&keys, "IsRuntime")?,
        url: address(required("Url")?)?,
        title: shown("Title"),
        comment: shown("Comment"),
        suggested_remote: keys.get(GROUP, "SuggestRemoteName").map(remote_name).transpose()?,
        runtime_repo: keys.get(GROUP, "RuntimeRepo").map(address).transpose()?,
        key: key(&keys, GROUP)?,
    })
}

/// The format's version must be 1 if it is said.
pub(super) fn version(keys: &Keys, group: &str) -> Result<(), Problem> {
    if !keys.has(group) {
        return Err(invalid(group));
    }
    match keys.get(group, "Version") {
        None | Some("1") => Ok(()),
        Some(other) => Err(Problem::NotSupported { what: text::line(&format!("{group} {other}")) }),
    }
}

pub(super) fn key(keys: &Keys, group: &str) -> Result<Option<Vec<u8>>, Problem> {
    let decode = |key: &str| base64::decode(key).filter(|k| !k.is_empty()).ok_or_else(|| invalid("GPGKey"));
    keys.get(group, "GPGKey").map(decode).transpose()
}

/// An address that flatpak can fetch from.
pub(super) fn address(url: &str) -> Result<String, Problem> {
    let rest = ["https://", "http://", "file://", "oci+https://", "oci+http://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    let clean = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic());
    if rest.is_some_and(clean) { Ok(url.to_owned()) } else { Err(invalid(url)) }
}

/// A name that can stand in ostree's configuration and in a path.
pub(crate) fn remote_name(name: &str) -> Result<String, Problem> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let good =
        !name.is_empty() && name.len() <= 255 && !name.starts_with(['-', '.']) && name.chars().all(allowed);
    if good { Ok(name.to_owned()) } else { Err(invalid(name)) }
}

fn is_branch(branch: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    !branch.is_empty()
        && branch.len() <= 255
        && !branch.starts_with(['-', '.'])
        && branch.chars().all(allowed)
}

fn flag(keys: &Keys, key: &str) -> Result<bool, Problem> {
    match keys.get(GROUP, key) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(other) => Err(invalid(other)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const GOOD: &str = "[Flatpak Ref]\nName=org.gnome.Maps\nBranch=stable\nTitle=Maps \u{202e}x\nUrl=https://dl.flathub.org/repo/\nSuggestRemoteName=flathub\nIsRuntime=false\nGPGKey=Zm9v\nRuntimeRepo=https://dl.flathub.org/repo/flathub.flatpakrepo\n";

    #[test]
    fn reads_what_flathub_writes() {
        let file = parse_flatpakref(GOOD.as_bytes()).unwrap();
        assert_eq!((file.id.as_str(), file.branch.as_str()), ("org.gnome.Maps", "stable"));
        assert_eq!(file.title, "Maps x");
        assert_eq!(file.key.as_deref(), Some(&b"foo"[..]));
        assert_eq!(file.suggested_remote.as_deref(), Some("flathub"));
        assert!(!file.runtime);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let what = |text: String| match parse_flatpakref(text.as_bytes()) {
            Err(Problem::InvalidArgument { what }) => what,
            other => format!("{other:?}"),
        };
        assert_eq!(what(GOOD.replace("Name=org.gnome.Maps\n", "")), "Name");
        assert_eq!(what(GOOD.replace("Url=https", "Url=javascript")), "javascript://dl.flathub.org/repo/");
        assert_eq!(what(GOOD.replace("Zm9v", "???")), "GPGKey");
        assert_eq!(what(GOOD.replace("=flathub\n", "=../x\n")), "../x");
        assert_eq!(what(GOOD.replace("stable", "-x")), "-x");
        assert_eq!(what(GOOD.replace("Flatpak Ref", "Flatpak Repo")), "Flatpak Ref");
        let newer = parse_flatpakref(GOOD.replace("Branch", "Version=2\nBranch").as_bytes());
        assert!(matches!(newer, Err(Problem::NotSupported { .. })));
    }
}
