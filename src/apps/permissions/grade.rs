//! How a permission compares with what an app of its kind usually has. One table: for each permission its grade, and
//! the kinds of apps for which that is another.

use Grade::{Powerful, Private, Unusual, Usual};
use cairn_model::app::{Grade, Permission};

/// Categories of the desktop menu specification that live on the network.
const ONLINE: &[&str] = &[
    "Network",
    "Chat",
    "InstantMessaging",
    "IRCClient",
    "WebBrowser",
    "Email",
    "News",
    "Feed",
    "FileTransfer",
    "P2P",
    "RemoteAccess",
    "Telephony",
    "VideoConference",
    "Maps",
    "Music",
    "TV",
    "PackageManager",
];
/// Apps whose work is the person's files.
const FILES: &[&str] = &[
    "FileManager",
    "FileTools",
    "Development",
    "IDE",
    "TextEditor",
    "Graphics",
    "AudioVideo",
    "Audio",
    "Video",
    "Office",
    "Publishing",
    "Archiving",
    "Compression",
    "Photography",
    "Viewer",
];
/// Apps that look after the whole computer.
const WHOLE: &[&str] = &["FileManager", "FileTools", "IDE", "Development", "TerminalEmulator", "Filesystem"];
const PLAYS: &[&str] = &[
    "Game",
    "AudioVideo",
    "Audio",
    "Video",
    "Player",
    "Music",
    "TV",
    "Chat",
    "VideoConference",
    "Telephony",
    "Recorder",
    "WebBrowser",
    "InstantMessaging",
    "Emulator",
];
const CALLS: &[&str] =
    &["VideoConference", "Telephony", "Chat", "InstantMessaging", "WebBrowser", "Recorder"];
const GAMES: &[&str] = &["Game", "Emulator"];
const KEYS: &[&str] =
    &["Email", "Development", "IDE", "Security", "RemoteAccess", "FileTransfer", "TerminalEmulator"];
const BUILDS: &[&str] = &["Development", "IDE", "Debugger", "Emulator", "Game"];

/// Folders that hold what a person made or collected.
const CONTENT: &[&str] = &[
    "xdg-documents",
    "xdg-download",
    "xdg-music",
    "xdg-pictures",
    "xdg-videos",
    "xdg-desktop",
    "xdg-public-share",
    "xdg-templates",
];
/// Small files of settings that many toolkits read.
const LOOKS: &[&str] = &[
    "xdg-config/kdeglobals",
    "xdg-config/gtk-3.0",
    "xdg-config/gtk-4.0",
    "xdg-config/fontconfig",
    "xdg-run/pipewire-0",
    "xdg-run/gvfs",
    "xdg-run/gvfsd",
    "xdg-run/dconf",
    "xdg-run/app",
    "xdg-run/discord-ipc-0",
    "xdg-config/dconf",
];
/// Names that every desktop program talks to.
const SERVICES: &[&str] = &[
    "org.freedesktop.Notifications",
    "org.freedesktop.secrets",
    "org.freedesktop.ScreenSaver",
    "org.kde.StatusNotifierWatcher",
    "org.mpris.MediaPlayer2.",
    "org.gtk.vfs",
    "org.a11y.",
    "ca.desrt.dconf",
    "org.freedesktop.FileManager1",
    "com.canonical.",
    "org.gnome.SessionManager",
    "org.freedesktop.PowerManagement",
    "org.kde.kwalletd",
    "org.freedesktop.UPower",
    "org.freedesktop.login1",
    "org.freedesktop.NetworkManager",
    "org.freedesktop.Avahi",
];
/// Names through which anything can be run or installed.
const MASTERS: &[&str] = &[
    "org.freedesktop.systemd1",
    "org.freedesktop.PolicyKit1",
    "org.freedesktop.PackageKit",
    "org.freedesktop.impl.portal.PermissionStore",
    "org.freedesktop.Flatpak",
    "org.gnome.Shell.Eval",
    "org.freedesktop.udisks2",
    "org.freedesktop.UDisks2",
];

/// How usual it is that an app of these categories has this permission.
pub fn grade(permission: &Permission, categories: &[String]) -> Grade {
    let of = |kinds: &[&str]| categories.iter().any(|c| kinds.contains(&c.as_str()));
    let either = |kinds: &[&str], those: Grade, others: Grade| if of(kinds) { those } else { others };
    match permission {
        Permission::Network if of(GAMES) => Unusual,
        Permission::Network => either(ONLINE, Usual, Unusual),
        Permission::Home { write: true } => either(FILES, Usual, Unusual),
        Permission::Home { write: false } => either(FILES, Usual, Unusual),
        Permission::Host { write: true } => either(WHOLE, Unusual, Powerful),
        Permission::Host { write: false } => either(WHOLE, Usual, Unusual),
        Permission::Folder { path, write } => folder(path, *write, of(FILES)),
        Permission::Devices if of(GAMES) || of(CALLS) => Usual,
        Permission::Devices => Unusual,
        Permission::Input => either(GAMES, Usual, Unusual),
        Permission::Graphics | Permission::Printing => Usual,
        Permission::LegacyWindows => either(GAMES, Usual, Unusual),
        Permission::Sound => either(PLAYS, Usual, Unusual),
        Permission::Keys { .. } => either(KEYS, Usual, Unusual),
        Permission::WholeBus { .. } | Permission::Escape => Powerful,
        Permission::Talk { name, .. } => talk(name),
        Permission::Feature { name } => match name.as_str() {
            "devel" | "multiarch" | "per-app-dev-shm" => either(BUILDS, Usual, Unusual),
            _ => Unusual,
        },
        Permission::Other { .. } => Unusual,
    }
}

fn folder(path: &str, write: bool, works_with_files: bool) -> Grade {
    let below = |list: &[&str]| {
        list.iter().any(|f| path.strip_prefix(f).is_some_and(|r| r.is_empty() || r.starts_with('/')))
    };
    if below(LOOKS) {
        return Private;
    }
    // Whoever writes these decides what starts with the session, or what every other app may do.
    let rules = [
        "xdg-config",
        "xdg-config/autostart",
        "xdg-data/flatpak",
        "~/.local",
        "~/.config",
        "~/.bashrc",
        "~/.profile",
        "xdg-data",
        "host-etc",
        "host-root",
        "/",
    ];
    let rules = rules.contains(&path)
        || path.starts_with("xdg-config/autostart/")
        || path.starts_with("xdg-data/flatpak/");
    match (rules, write) {
        (true, true) => Powerful,
        (true, false) => Unusual,
        _ if below(CONTENT)
            || path.starts_with("/media")
            || path.starts_with("/run/media")
            || path.starts_with("/mnt") =>
        {
            if works_with_files || !write {
                Usual
            } else {
                Unusual
            }
        }
        _ if works_with_files => Usual,
        _ => Unusual,
    }
}

fn talk(name: &str) -> Grade {
    let begins = |list: &[&str]| list.iter().any(|n| name.starts_with(n));
    if begins(MASTERS) {
        Powerful
    } else if begins(SERVICES) {
        Private
    } else {
        Unusual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_app_decides() {
        let folder = |path: &str, write| Permission::Folder { path: path.into(), write };
        let talk = |name: &str| Permission::Talk { name: name.into(), system: false };
        let rows = [
            (Permission::Network, "WebBrowser", Usual),
            (Permission::Network, "Email", Usual),
            (Permission::Network, "Game", Unusual),
            (Permission::Network, "Calculator", Unusual),
            (Permission::Home { write: true }, "FileManager", Usual),
            (Permission::Home { write: true }, "Graphics", Usual),
            (Permission::Home { write: true }, "Chat", Unusual),
            (Permission::Host { write: true }, "Game", Powerful),
            (Permission::Host { write: true }, "IDE", Unusual),
            (Permission::Host { write: false }, "FileManager", Usual),
            (folder("xdg-music", true), "Audio", Usual),
            (folder("xdg-documents", true), "Chat", Unusual),
            (folder("xdg-documents/x", false), "Chat", Usual),
            (folder("xdg-config/kdeglobals", false), "Game", Private),
            (folder("xdg-config/autostart", true), "Office", Powerful),
            (Permission::Devices, "Game", Usual),
            (Permission::Devices, "VideoConference", Usual),
            (Permission::Devices, "Office", Unusual),
            (Permission::Graphics, "Office", Usual),
            (Permission::Sound, "Player", Usual),
            (Permission::Sound, "Office", Unusual),
            (Permission::Escape, "IDE", Powerful),
            (Permission::WholeBus { system: false }, "IDE", Powerful),
            (talk("org.freedesktop.Notifications"), "Game", Private),
            (talk("org.freedesktop.systemd1"), "Game", Powerful),
            (talk("org.gnome.Shell"), "Game", Unusual),
            (Permission::Other { what: "x".into() }, "Game", Unusual),
        ];
        for (permission, category, wanted) in rows {
            assert_eq!(grade(&permission, &[category.to_owned()]), wanted, "{permission:?} of {category}");
        }
        assert_eq!(grade(&Permission::Network, &[]), Unusual);
    }
}
