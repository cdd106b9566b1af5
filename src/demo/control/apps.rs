//! What may be asked about flatpak's remote.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "apps", rename_all = "kebab-case")]
pub enum AppsRequest {
    /// Another release of the app with this id; with `widen` it wants the network and the person's files.
    Publish {
        id: String,
        widen: bool,
    },
    Rate {
        bytes: Option<u64>,
    },
    Network {
        up: bool,
    },
    /// Takes the signatures away, or brings them back.
    Unsign {
        on: bool,
    },
    Corrupt {
        on: bool,
    },
    /// Whether a part of the release that cannot be fetched is lacking, as it is in a new world.
    Broken {
        on: bool,
    },
}
