//! What is worth saying when an app may not do something. Each is a heading and a sentence.

use cairn_model::app::Permission;
use gettextrs::gettext;

/// All that can be said of an app with these permissions.
pub fn absent(permissions: &[Permission]) -> Vec<(String, String)> {
    let any = |matches: fn(&Permission) -> bool| permissions.iter().any(matches);
    // Whatever runs outside the sandbox has network and files by that way.
    if any(|p| matches!(p, Permission::Escape | Permission::WholeBus { .. })) {
        return Vec::new();
    }
    let files =
        any(|p| matches!(p, Permission::Home { .. } | Permission::Host { .. } | Permission::Folder { .. }));
    let mut said = Vec::new();
    if !any(|p| matches!(p, Permission::Network)) {
        said.push(offline());
    }
    if !files {
        said.push(keeps_to_itself());
    }
    said
}

/// It has no network.
pub fn offline() -> (String, String) {
    (gettext("Works offline"), gettext("Never uses the network"))
}

/// It has no files but its own.
pub fn keeps_to_itself() -> (String, String) {
    (gettext("Keeps to itself"), gettext("Sees only the files that you open with it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn praise_is_only_for_what_is_true() {
        assert_eq!(absent(&[Permission::Sound]), [offline(), keeps_to_itself()]);
        assert_eq!(absent(&[Permission::Network]), [keeps_to_itself()]);
        let folder = Permission::Folder { path: "xdg-music".into(), write: false };
        assert_eq!(absent(&[folder]), [offline()]);
        assert_eq!(absent(&[Permission::Escape]), []);
    }
}
