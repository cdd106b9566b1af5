//! What an app may do.

use super::{bus, folder};
use crate::fill;
use cairn_model::app::Permission;
use gettextrs::gettext;

/// In a few words: `Uses the network`.
pub fn title(p: &Permission) -> String {
    match p {
        Permission::Network => gettext("Uses the network"),
        Permission::Home { write: true } => gettext("Can read and change your files"),
        Permission::Home { write: false } => gettext("Can read your files"),
        Permission::Host { write: true } => gettext("Can read and change all files on this computer"),
        Permission::Host { write: false } => gettext("Can read all files on this computer"),
        Permission::Folder { path, write } => folder::title(path, *write),
        Permission::Devices => gettext("Can use all connected devices"),
        Permission::Input => gettext("Uses game controllers"),
        Permission::Graphics => gettext("Uses the graphics card"),
        Permission::LegacyWindows => gettext("Can watch what you type in other windows"),
        Permission::Sound => gettext("Can play sound and listen to the microphone"),
        Permission::Keys { which } => keys(which),
        Permission::Printing => gettext("Can print"),
        Permission::WholeBus { system: false } => gettext("Can control all your other apps"),
        Permission::WholeBus { system: true } => gettext("Can talk to all services of the system"),
        Permission::Talk { name, system } => bus::title(name, *system),
        Permission::Escape => gettext("Can run anything outside its sandbox"),
        Permission::Feature { name } => feature(name),
        Permission::Other { what } => fill(&gettext("Something else: {what}"), &[("what", what)]),
    }
}

fn keys(which: &str) -> String {
    match which {
        "ssh-auth" => gettext("Can log in to other computers as you"),
        "gpg-agent" => gettext("Can sign and decrypt as you"),
        "pcsc" => gettext("Can use smart cards"),
        _ => fill(&gettext("Can use your keys ({which})"), &[("which", which)]),
    }
}

fn feature(name: &str) -> String {
    match name {
        "devel" => gettext("Can look into running programs"),
        "bluetooth" => gettext("Can use Bluetooth"),
        "canbus" => gettext("Can talk to vehicles and machines"),
        "multiarch" => gettext("Can run 32-bit programs"),
        "per-app-dev-shm" => gettext("Shares memory between its own parts"),
        _ => fill(&gettext("Uses a special ability: {name}"), &[("name", name)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_words_of_its_own() {
        let name = || "x".to_owned();
        let all = [
            Permission::Network,
            Permission::Home { write: true },
            Permission::Home { write: false },
            Permission::Host { write: true },
            Permission::Host { write: false },
            Permission::Folder { path: "xdg-documents".into(), write: false },
            Permission::Folder { path: "xdg-documents".into(), write: true },
            Permission::Devices,
            Permission::Input,
            Permission::Graphics,
            Permission::LegacyWindows,
            Permission::Sound,
            Permission::Keys { which: "ssh-auth".into() },
            Permission::Keys { which: "gpg-agent".into() },
            Permission::Keys { which: name() },
            Permission::Printing,
            Permission::WholeBus { system: false },
            Permission::WholeBus { system: true },
            Permission::Talk { name: "org.x.Y".into(), system: false },
            Permission::Talk { name: "org.x.Y".into(), system: true },
            Permission::Escape,
            Permission::Feature { name: "devel".into() },
            Permission::Feature { name: name() },
            Permission::Other { what: name() },
        ];
        let titles: std::collections::BTreeSet<String> = all.iter().map(title).collect();
        assert_eq!(titles.len(), all.len(), "{titles:#?}");
        assert!(titles.iter().all(|t| !t.contains('{') && !t.ends_with('.')), "{titles:#?}");
    }
}
