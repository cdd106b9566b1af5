//! What an app may do outside its sandbox, read from its metadata (flatpak-metadata(5), `[Context]` and the bus policies).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "permission", rename_all = "kebab-case")]
pub enum Permission {
    /// `shared=network`
    Network,
    /// `filesystems=home` or `host`; `host` is everything, system files as well.
    Home {
        write: bool,
    },
    Host {
        write: bool,
    },
    /// One folder: `xdg-documents`, `~/Music`, `/media`; as flatpak writes it, without the suffix.
    Folder {
        path: String,
        write: bool,
    },
    /// `devices=all`
    Devices,
    /// `devices=input`: game controllers.
    Input,
    /// `devices=dri`
    Graphics,
    /// `sockets=x11` without Wayland: it can watch what is typed in other X11 windows.
    LegacyWindows,
    /// `sockets=pulseaudio`: playing, and listening through the microphone.
    Sound,
    /// `sockets=ssh-auth`, `gpg-agent`, `pcsc`
    Keys {
        which: String,
    },
    /// `sockets=cups`
    Printing,
    /// `sockets=session-bus` or `system-bus`: may talk to everything.
    WholeBus {
        system: bool,
    },
    /// A name on the bus beyond portals and its own.
    Talk {
        name: String,
        system: bool,
    },
    /// `org.freedesktop.Flatpak`: may run anything outside the sandbox.
    Escape,
    /// `features=devel`, `features=bluetooth`, `features=canbus`…
    Feature {
        name: String,
    },
    /// Anything that this version of Cairn does not know; told as it stands.
    Other {
        what: String,
    },
}

/// How a permission compares with what an app of its kind usually has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// It keeps to itself here.
    Private,
    Usual,
    /// Worth knowing.
    Unusual,
    /// It can do nearly anything with it.
    Powerful,
}
