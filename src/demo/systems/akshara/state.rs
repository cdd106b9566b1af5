//! What the stand-in of akshara knows.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name, version that is installed, version that the repositories have.
const PACKAGES: [(&str, &str, &str); 14] = [
    ("akshara", "1.0.1-1", "1.0.1-1"),
    ("blend", "4.1.0-2", "4.1.0-2"),
    ("firefox", "147.0.3-1", "148.0-1"),
    ("gdm", "49.2-1", "49.2-1"),
    ("glibc", "2.42+r51-1", "2.43+r2-1"),
    ("gnome-shell", "1:49.3-1", "1:49.4-1"),
    ("htop", "", "3.4.1-1"),
    ("linux-zen", "6.18.9.zen1-1", "6.18.13.zen1-1"),
    ("mesa", "1:25.3.4-1", "1:25.3.5-2"),
    ("micro", "2.0.15-1", "2.0.15-1"),
    ("neovim", "", "0.11.6-1"),
    ("plasma-desktop", "", "6.6.0-1"),
    ("sddm", "", "0.21.0-7"),
    ("systemd", "259.1-1", "259.2-1"),
];

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// What the repositories have, name → version.
    pub repositories: BTreeMap<String, String>,
    /// Track → its packages.
    pub tracks: BTreeMap<String, Vec<String>>,
    /// Downloads fail.
    pub offline: bool,
    /// The power goes after the new system was put where early boot takes it.
    pub dies: bool,
}

impl Default for State {
    fn default() -> Self {
        let base = ["akshara", "blend", "firefox", "glibc", "linux-zen", "mesa", "systemd"];
        let track = |own: &[&str]| base.iter().chain(own).map(|name| (*name).to_owned()).collect::<Vec<String>>();
        let tracks = [
            ("default-gnome", track(&["gdm", "gnome-shell"])),
            ("gnome", track(&["gdm", "gnome-shell"])),
            ("plasma", track(&["sddm", "plasma-desktop"])),
        ];
        Self {
            repositories: PACKAGES.map(|(name, _, version)| (name.to_owned(), version.to_owned())).into(),
            tracks: tracks.map(|(name, packages)| (name.to_owned(), packages)).into(),
            offline: false,
            dies: false,
        }
    }
}

/// What is installed on the system as it is laid out.
pub(super) fn installed() -> impl Iterator<Item = (&'static str, &'static str)> {
    PACKAGES.into_iter().filter(|(_, version, _)| !version.is_empty()).map(|(name, version, _)| (name, version))
}
