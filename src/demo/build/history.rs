//! The versions of Cairn OS and which packages each of them brought.
//!
//! The Debian tree is the newest state. An older version has older numbers for the packages that later versions
//! upgraded, and other bytes in their programs and libraries, so that lists and downloads tell the same story.

/// The version before the one that runs.
pub const FIRST: &str = "43.4";
/// The version that runs in a new world.
pub const RUNNING: &str = "44.1";
/// The update that a new world is offered.
pub const UPDATE: &str = "44.2";
/// A version whose health check fails.
pub const BAD: &str = "44.3";
/// The version that repairs it.
pub const GOOD: &str = "44.4";

/// One version.
pub(super) struct Version {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Hours before the build at which it was made.
    pub(super) age: u64,
    /// Which initramfs it has.
    pub(super) initramfs: &'static str,
    /// Whether its login screen starts.
    pub(super) healthy: bool,
    /// Names, or beginnings of names before a `*`, of the Debian packages that it upgraded.
    pub(super) upgraded: &'static [&'static str],
    /// Packages of Cairn OS itself, complete, with their versions.
    pub(super) own: &'static [(&'static str, &'static str)],
}

impl Version {
    pub(super) fn upgrades(&self, package: &str) -> bool {
        self.upgraded.iter().any(|p| match p.strip_suffix('*') {
            Some(start) => package.starts_with(start),
            None => package == *p,
        })
    }
}

/// Oldest first.
pub(super) const HISTORY: [Version; 5] = [
    Version {
        name: FIRST,
        title: "Cairn OS 43.4",
        age: 58 * 24,
        initramfs: "43",
        healthy: true,
        upgraded: &[],
        own: &[
            ("cairn-os-release", "43.4-1"),
            ("cairn-os-first-steps", "43.1-1"),
            ("cairn-os-firmware", "20250708-1"),
            ("cairn-os-login", "43.0-2"),
            ("linux-image-6.12.0-cairn", "6.12.41-1"),
        ],
    },
    Version {
        name: RUNNING,
        title: "Cairn OS 44.1: the autumn edition",
        age: 23 * 24,
        initramfs: "44",
        healthy: true,
        upgraded: &[
            "bash",
            "coreutils",
            "dbus*",
            "findutils",
            "gpg*",
            "libarchive*",
            "libdbus*",
            "libglib2.0-0t64",
            "libgcrypt20",
            "libkrb5*",
            "libk5*",
            "libgssapi*",
            "libostree*",
            "ostree*",
            "libpolkit*",
            "polkitd",
            "libsystemd*",
            "systemd*",
            "libudev1",
            "libpam-systemd",
            "libssl3t64",
            "openssl*",
            "perl-base",
            "sed",
            "tar",
            "gzip",
            "libexpat1",
            "libxml2",
        ],
        own: &[
            ("cairn-os-release", "44.1-1"),
            ("cairn-os-first-steps", "44.0-1"),
            ("cairn-os-firmware", "20250917-1"),
            ("cairn-os-login", "44.0-1"),
            ("linux-image-6.12.0-cairn", "6.12.48-1"),
        ],
    },
    Version {
        name: UPDATE,
        title: "Cairn OS 44.2: security and firmware",
        age: 50,
        initramfs: "44.2",
        healthy: true,
        upgraded: &[
            "libsystemd*",
            "systemd*",
            "libudev1",
            "libpam-systemd",
            "libssl3t64",
            "openssl*",
            "libcurl3t64-gnutls",
            "libexpat1",
            "libxml2",
            "libgnutls30t64",
            "libc6",
            "libc-bin",
            "libglib2.0-0t64",
            "util-linux",
            "mount",
            "libmount1",
            "libblkid1",
            "libsmartcols1",
            "libuuid1",
            "bsdutils",
            "base-files",
            "liblzma5",
        ],
        own: &[
            ("cairn-os-release", "44.2-1"),
            ("cairn-os-firmware", "20251021-1"),
            ("cairn-os-login", "44.0-1"),
            ("cairn-os-wallpapers", "44.2-1"),
            ("linux-image-6.12.0-cairn", "6.12.57-1"),
        ],
    },
    Version {
        name: BAD,
        title: "Cairn OS 44.3: a new login screen",
        age: 26,
        initramfs: "44.2",
        healthy: false,
        upgraded: &["libsqlite3-0", "libarchive*"],
        own: &[
            ("cairn-os-release", "44.3-1"),
            ("cairn-os-firmware", "20251021-1"),
            ("cairn-os-login", "44.1-1"),
            ("cairn-os-wallpapers", "44.2-1"),
            ("linux-image-6.12.0-cairn", "6.12.57-1"),
        ],
    },
    Version {
        name: GOOD,
        title: "Cairn OS 44.4: the login screen starts again",
        age: 3,
        initramfs: "44.2",
        healthy: true,
        upgraded: &["libnghttp2-14"],
        own: &[
            ("cairn-os-release", "44.4-1"),
            ("cairn-os-firmware", "20251021-1"),
            ("cairn-os-login", "44.1-2"),
            ("cairn-os-wallpapers", "44.2-1"),
            ("linux-image-6.12.0-cairn", "6.12.57-1"),
        ],
    },
];
