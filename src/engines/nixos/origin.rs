//! Where the updates of a system come from: a flake in /etc/nixos if there is one, as for nixos-rebuild, else root's
//! channel of the name `nixos`.

use super::channel::Channel;
use super::flake::Flake;
use cairn_host::Host;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Channel(Channel),
    Flake(Flake),
}

impl Origin {
    pub(super) fn find(host: &Host) -> Option<Self> {
        if host.exists("/etc/nixos/flake.nix") {
            return Flake::find(host).map(Self::Flake);
        }
        Channel::find(host).map(Self::Channel)
    }

    /// What is shown for it.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Channel(channel) => channel.word().to_owned(),
            Self::Flake(flake) => flake.word(),
        }
    }
}
