//! Metadata → permissions (flatpak-metadata(5)).

use crate::file::keys::Keys;
use cairn_model::app::Permission;
use cairn_model::text;
use std::collections::BTreeSet;

/// Lets programs outside the sandbox be run.
const ESCAPE: &str = "org.freedesktop.Flatpak";
/// Portals ask the person by themselves and are there for every app.
const PORTALS: &str = "org.freedesktop.portal.";

/// What the metadata of the app of this id allows, sorted. Unknown things come as [`Permission::Other`], and a file that
/// cannot be read as one of them: flatpak may read it otherwise.
pub fn read(metadata: &str, id: &str) -> Vec<Permission> {
    let Ok(keys) = Keys::parse(metadata.as_bytes()) else {
        return vec![Permission::Other { what: "metadata".into() }];
    };
    let mut found = BTreeSet::new();
    for (key, value) in keys.group("Context") {
        let list: Vec<&str> = value.split(';').map(str::trim).filter(|v| !v.is_empty()).collect();
        let granted: Vec<&str> = list.iter().copied().filter(|v| !v.starts_with('!')).collect();
        match key {
            "shared" => found.extend(granted.iter().filter_map(|v| shared(v))),
            "sockets" => found.extend(granted.iter().filter_map(|v| socket(v, &granted))),
            "devices" => found.extend(granted.iter().map(|v| device(v))),
            "filesystems" => found.extend(granted.iter().map(|v| folder(v))),
            "features" => found.extend(granted.iter().map(|v| Permission::Feature { name: text::line(v) })),
            // Folders of its own, and variables that it does not get.
            "persistent" | "unset-environment" => {}
            _ => found.extend(granted.iter().map(|v| other(key, v))),
        }
    }
    // The names that flatpak gives to an app are those below its id; what the file says of its name counts for nothing.
    bus(&keys, "Session Bus Policy", false, id, &mut found);
    bus(&keys, "System Bus Policy", true, id, &mut found);
    let known = ["Session Bus Policy", "System Bus Policy"];
    for group in keys.groups().filter(|g| g.ends_with(" Bus Policy") && !known.contains(g)) {
        found.extend(keys.group(group).map(|(name, access)| other(&format!("{group}: {name}"), access)));
    }
    if let Some(devices) = keys.get("USB Devices", "enumerable-devices") {
        found.extend(devices.split(';').filter(|d| !d.is_empty()).map(|d| other("usb", d)));
    }
    found.into_iter().collect()
}

fn other(key: &str, value: &str) -> Permission {
    Permission::Other { what: text::line(&format!("{key}={value}")) }
}

fn shared(value: &str) -> Option<Permission> {
    match value {
        "network" => Some(Permission::Network),
        // Shared memory with X11, which is a permission of its own.
        "ipc" => None,
        _ => Some(other("shared", value)),
    }
}

fn socket(value: &str, all: &[&str]) -> Option<Permission> {
    Some(match value {
        "wayland" | "inherit-wayland-socket" | "fallback-x11" => return None,
        "x11" if all.contains(&"wayland") => return None,
        "x11" => Permission::LegacyWindows,
        "pulseaudio" => Permission::Sound,
        "session-bus" => Permission::WholeBus { system: false },
        "system-bus" => Permission::WholeBus { system: true },
        "ssh-auth" | "gpg-agent" | "pcsc" => Permission::Keys { which: value.into() },
        "cups" => Permission::Printing,
        _ => other("sockets", value),
    })
}

fn device(value: &str) -> Permission {
    match value {
        "all" => Permission::Devices,
        "input" => Permission::Input,
        "dri" => Permission::Graphics,
        _ => other("devices", value),
    }
}

fn folder(value: &str) -> Permission {
    let (path, write) = match value.rsplit_once(':') {
        Some((path, "ro")) => (path, false),
        Some((path, "rw" | "create")) => (path, true),
        _ => (value, true),
    };
    match path {
        "host" => Permission::Host { write },
        "home" | "~" | "~/" => Permission::Home { write },
        _ => Permission::Folder { path: text::line(path), write },
    }
}

fn bus(keys: &Keys, group: &str, system: bool, own: &str, found: &mut BTreeSet<Permission>) {
    for (name, access) in keys.group(group) {
        let is_own = !own.is_empty()
            && name.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let ours = !system && (is_own || name.starts_with(PORTALS));
        match access {
            "talk" | "own" if !system && reaches(name, ESCAPE) => {
                found.insert(Permission::Escape);
            }
            "talk" | "own" if ours => {}
            "talk" | "own" => {
                found.insert(Permission::Talk { name: text::line(name), system });
            }
            // Seeing that a name is there lets nothing be done with it.
            "none" | "see" => {}
            _ => {
                found.insert(other(name, access));
            }
        }
    }
}

/// `org.freedesktop.*` reaches everything below it.
fn reaches(name: &str, wanted: &str) -> bool {
    name == wanted
        || name.strip_suffix('*').is_some_and(|above| wanted.starts_with(above) && above.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = "[Application]\nname=org.a.App\nruntime=org.a.Platform/x86_64/1\n\
        [Context]\nshared=network;ipc;\nsockets=x11;wayland;fallback-x11;pulseaudio;cups;ssh-auth;holo;\n\
        devices=dri;kvm;\nfilesystems=home:ro;xdg-music;/media:rw;!host;xdg-config/kdeglobals:ro;\n\
        features=devel;\npersistent=.app;\nteleport=moon;\n\
        [Session Bus Policy]\norg.a.App.Sub=own\norg.freedesktop.portal.X=talk\norg.gnome.Shell=talk\norg.x.Y=see\n\
        org.freedesktop.Flatpak=talk\n\
        [System Bus Policy]\norg.freedesktop.UPower=talk\n[A11y Bus Policy]\na.b=talk\n[Environment]\nX=1\n";

    #[test]
    fn everything_is_told() {
        let read = read(METADATA, "org.a.App");
        let folder = |path: &str, write| Permission::Folder { path: path.into(), write };
        let talk = |name: &str, system| Permission::Talk { name: name.into(), system };
        let wanted = [
            Permission::Network,
            Permission::Home { write: false },
            folder("/media", true),
            folder("xdg-config/kdeglobals", false),
            folder("xdg-music", true),
            Permission::Graphics,
            Permission::Sound,
            Permission::Keys { which: "ssh-auth".into() },
            Permission::Printing,
            talk("org.freedesktop.UPower", true),
            talk("org.gnome.Shell", false),
            Permission::Escape,
            Permission::Feature { name: "devel".into() },
            Permission::Other { what: "A11y Bus Policy: a.b=talk".into() },
            Permission::Other { what: "devices=kvm".into() },
            Permission::Other { what: "sockets=holo".into() },
            Permission::Other { what: "teleport=moon".into() },
        ];
        assert_eq!(read, wanted);
    }

    #[test]
    fn x11_alone_and_wild_names() {
        assert_eq!(super::read("[Context]\nsockets=x11;", "a.b.C"), [Permission::LegacyWindows]);
        assert_eq!(
            super::read("[Session Bus Policy]\norg.freedesktop.*=talk", "a.b.C"),
            [Permission::Escape]
        );
        assert_eq!(super::read("", "a.b.C"), []);
        assert_eq!(super::read("[Context]\nfilesystems=host", "a.b.C"), [Permission::Host { write: true }]);
    }

    #[test]
    fn nothing_hides_itself() {
        let named =
            "[Application]\nname=org.freedesktop\n[Session Bus Policy]\norg.freedesktop.Flatpak=talk\n";
        assert_eq!(super::read(named, "a.b.C"), [Permission::Escape]);
        assert_eq!(super::read(named, "org.freedesktop.Flatpak"), [Permission::Escape]);
        let unread = [Permission::Other { what: "metadata".into() }];
        assert_eq!(super::read("nothing", "a.b.C"), unread);
        let padded = format!("[Pad]\nx={}\n[Context]\nfilesystems=host;\n", "x".repeat(2 << 20));
        assert_eq!(super::read(&padded, "a.b.C"), unread);
        for line in ["\u{a0}[C]=]", "[C]=]"] {
            let split = format!("[Context]\n{line}\nfilesystems=host;\n");
            assert!(super::read(&split, "a.b.C").contains(&Permission::Host { write: true }), "{line}");
        }
    }
}
