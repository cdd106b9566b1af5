//! What the played nixpkgs has been at several times, and the packages of a system that is made of it.

/// One state of nixpkgs. Its channels call it by a count, flakes by a date.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edition {
    pub(super) channel: &'static str,
    pub(super) flake: &'static str,
    /// When a system was made of it, in seconds since 1970.
    pub(super) built: i64,
}

const fn edition(channel: &'static str, flake: &'static str, built: i64) -> Edition {
    Edition { channel, flake, built }
}

/// From old to new; the last is of another channel.
pub(super) const EDITIONS: [Edition; 5] = [
    edition("26.05.1001873.c8aa8cc00a52", "26.05.20261004.c8aa8cc", 1_791_192_360),
    edition("26.05.1003310.b3d51a0365f6", "26.05.20261021.b3d51a0", 1_792_663_920),
    edition("26.05.1004127.5ae3b07d8d65", "26.05.20261104.5ae3b07", 1_793_875_140),
    edition("26.05.1004902.0b4defa2584a", "26.05.20261118.0b4defa", 1_795_084_500),
    edition("26.11pre1041188.9cb344e96d5b", "26.11.20261119.9cb344e", 1_795_170_900),
];
/// The editions that the three generations of the start were made of.
pub(super) const INSTALLED: [usize; 3] = [0, 1, 2];
const MEBIBYTE: u64 = 1 << 20;

/// Name, mebibytes and the version in each edition.
const PACKAGES: [(&str, u64, [&str; 5]); 14] = [
    ("bash", 8, ["5.3p3", "5.3p3", "5.3p3", "5.3p9", "5.3p9"]),
    ("coreutils-full", 16, ["9.9", "9.9", "9.9", "9.9", "9.10"]),
    ("firefox", 282, ["143.0.4", "144.0.2", "145.0", "146.0.1", "146.0.1"]),
    ("gdm", 5, ["50.1", "50.1", "50.2", "50.2", "51.0"]),
    ("git", 48, ["2.51.2", "2.51.2", "2.52.0", "2.52.0", "2.52.0"]),
    ("glibc", 31, ["2.42-47", "2.42-47", "2.42-51", "2.42-51", "2.42-61"]),
    ("gnome-shell", 19, ["50.1", "50.1", "50.2", "50.3", "51.1"]),
    ("linux", 142, ["6.18.3", "6.18.7", "6.18.9", "6.18.12", "6.18.12"]),
    ("mesa", 92, ["26.0.2", "26.0.4", "26.0.4", "26.0.6", "26.1.0"]),
    ("nautilus", 11, ["50.1", "50.1", "50.2", "50.2", "51.0"]),
    ("neovim", 28, ["0.11.5", "0.11.5", "0.11.5", "0.11.5", "0.12.0"]),
    ("pipewire", 15, ["1.6.0", "1.6.0", "1.6.2", "1.6.2", "1.6.2"]),
    ("systemd", 58, ["259.1", "259.2", "259.2", "259.3", "260"]),
    ("vlc", 64, ["3.0.21", "3.0.21", "3.0.22", "", ""]),
];
/// What can be added.
const MORE: [(&str, u64, &str); 4] =
    [("htop", 1, "3.4.1"), ("inkscape", 176, "1.4.3"), ("ripgrep", 6, "15.1.0"), ("tmux", 2, "3.6")];

/// A package: its name in the store, and its bytes.
pub(super) fn packages(version: &str, added: &[String]) -> Vec<(String, u64)> {
    let at = EDITIONS.iter().position(|e| e.channel == version || e.flake == version).unwrap_or_default();
    let base = PACKAGES.iter().map(|(name, size, versions)| (*name, *size, versions[at]));
    let base = base.filter(|(.., version)| !version.is_empty());
    let added = MORE.iter().filter(|(name, ..)| added.iter().any(|a| a == name)).copied();
    base.chain(added).map(|(name, size, version)| (format!("{name}-{version}"), size * MEBIBYTE)).collect()
}

/// The kernel's version.
pub(super) fn kernel(version: &str) -> String {
    let linux = packages(version, &[])
        .into_iter()
        .find_map(|(name, _)| Some(name.strip_prefix("linux-")?.to_owned()));
    linux.unwrap_or_default()
}

/// Everything that nixpkgs has.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PACKAGES.iter().map(|p| p.0).chain(MORE.iter().map(|p| p.0))
}

/// Whether nixpkgs has it.
pub(super) fn has(name: &str) -> bool {
    names().any(|known| known == name)
}

/// The version that it has in the sources that are there from the start; empty where it is not known.
pub(super) fn version(name: &str) -> &'static str {
    let added = MORE.iter().find(|p| p.0 == name).map(|p| p.2);
    let own = PACKAGES.iter().find(|p| p.0 == name).and_then(|p| p.2.get(INSTALLED[2]));
    added.or(own.copied()).unwrap_or_default()
}
