//! Bazzite, which comes as a container image.

use super::silverblue::{release, repository, request};
use super::state::{self, Release, State};
use crate::systems::Stage;
use std::collections::BTreeMap;

pub const ORIGIN: &str = "ostree-image-signed:docker://ghcr.io/ublue-os/bazzite:stable";

const OS_RELEASE: &str = "\
NAME=\"Bazzite\"
VERSION=\"stable-43.20261103 (Silverblue)\"
ID=bazzite
ID_LIKE=\"fedora\"
VERSION_ID=43
PRETTY_NAME=\"Bazzite (Version: stable-43.20261103)\"
VARIANT_ID=bazzite
";

pub fn lay_out(stage: &Stage) -> std::io::Result<()> {
    super::lay_out(stage, OS_RELEASE, state())
}

fn state() -> State {
    let base: Vec<String> = ["firefox", "distrobox", "tailscale", "fish", "zsh"].map(ToOwned::to_owned).to_vec();
    let (old, now) = (image("stable-43.20261027", 1_793_063_560), image("stable-43.20261103", 1_793_668_360));
    let previous = state::deployment(ORIGIN, &old);
    let mut running = state::deployment(ORIGIN, &now);
    request(&mut running, "requested-packages", &["openrgb"]);
    state::finish(&mut running, &now.checksum, &base);
    running.insert("booted".into(), true.into());
    let elsewhere = |tag: &str| ORIGIN.replace(":stable", &format!(":{tag}"));
    let offers = [
        (ORIGIN.to_owned(), image("stable-43.20261117", 1_794_877_960)),
        (elsewhere("testing"), image("testing-43.20261120", 1_795_137_160)),
        (elsewhere("unstable"), image("unstable-44.20261117", 1_794_877_900)),
    ];
    let mut repository = repository();
    repository.retain(|package| !base.contains(&package.name));
    State {
        deployments: vec![running, previous],
        offers: BTreeMap::from(offers),
        repository,
        base,
        ..State::default()
    }
}

fn image(version: &str, timestamp: u64) -> Release {
    let digest = format!("sha256:{}", state::commit(&format!("image {version}")));
    Release { digest, bytes: 861_231_104, ..release(version, timestamp) }
}
