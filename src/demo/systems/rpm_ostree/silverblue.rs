//! Fedora Silverblue 43, with a package that was added, one that the base has by itself, and one of the base left out.

use super::state::{self, Deployment, Package, Release, State};
use crate::systems::Stage;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const ORIGIN: &str = "fedora:fedora/43/x86_64/silverblue";

const OS_RELEASE: &str = "\
NAME=\"Fedora Linux\"
VERSION=\"43.20261105.0 (Silverblue)\"
ID=fedora
VERSION_ID=43
PRETTY_NAME=\"Fedora Linux 43.20261105.0 (Silverblue)\"
VARIANT=\"Silverblue\"
VARIANT_ID=silverblue
";

/// Of what the base has, the part that anybody here asks for.
const BASE: [&str; 8] = [
    "firefox",
    "firefox-langpacks",
    "gnome-software",
    "gnome-tour",
    "malcontent-control",
    "nano",
    "toolbox",
    "yelp",
];

const REPOSITORY: [(&str, &str, &str); 12] = [
    ("distrobox", "1.8.2.1-1.fc43", "Another tool for containerized command line environments on Linux"),
    ("fastfetch", "2.57.1-1.fc43", "Like neofetch, but much faster because written in c"),
    ("fish", "4.4.0-1.fc43", "Friendly interactive shell"),
    ("gnome-tweaks", "49.0-2.fc43", "Customize advanced GNOME 3 options"),
    ("htop", "3.4.1-2.fc43", "Interactive process viewer"),
    ("libvirt-daemon-kvm", "11.6.0-1.fc43", "Server side daemon & driver required to run KVM guests"),
    ("neovim", "0.12.1-1.fc43", "Vim-fork focused on extensibility and agility"),
    ("openrgb", "1.0-3.fc43", "Open source RGB lighting control"),
    ("tmux", "3.6a-1.fc43", "A terminal multiplexer"),
    ("vim-enhanced", "2:9.1.2120-1.fc43", "A version of the VIM editor which includes recent enhancements"),
    ("virt-manager", "5.1.0-2.fc43", "Desktop tool for managing virtual machines via libvirt"),
    ("zsh", "5.9-17.fc43", "Powerful interactive shell"),
];

pub fn lay_out(stage: &Stage) -> std::io::Result<()> {
    super::lay_out(stage, OS_RELEASE, state())
}

fn state() -> State {
    let base: Vec<String> = BASE.map(ToOwned::to_owned).to_vec();
    let (old, now) = (release("43.20261029.0", 1_793_236_360), release("43.20261105.0", 1_793_841_160));
    let mut previous = state::deployment(ORIGIN, &old);
    let mut running = state::deployment(ORIGIN, &now);
    for (deployment, release) in [(&mut previous, &old), (&mut running, &now)] {
        request(deployment, "requested-packages", &["toolbox", "vim-enhanced"]);
        request(deployment, "requested-base-removals", &["gnome-tour"]);
        state::finish(deployment, &release.checksum, &base);
    }
    running.insert("booted".into(), true.into());
    let offers = [
        (ORIGIN.to_owned(), offer()),
        ("fedora:fedora/44/x86_64/silverblue".to_owned(), release("44.20261119.0", 1_795_050_760)),
        ("fedora:fedora/rawhide/x86_64/silverblue".to_owned(), release("Rawhide.20261120.n.0", 1_795_137_160)),
        ("fedora:fedora/43/x86_64/kinoite".to_owned(), release("43.20261119.0", 1_795_050_700)),
    ];
    State {
        deployments: vec![running, previous],
        offers: BTreeMap::from(offers),
        repository: repository(),
        base,
        ..State::default()
    }
}

pub fn repository() -> Vec<Package> {
    let package = |(name, evr, summary): (&str, &str, &str)| Package {
        name: name.into(),
        evr: evr.into(),
        summary: summary.into(),
    };
    REPOSITORY.map(package).to_vec()
}

pub fn request(deployment: &mut Deployment, key: &str, names: &[&str]) {
    deployment.insert(key.into(), names.to_vec().into());
}

pub fn release(version: &str, timestamp: u64) -> Release {
    let checksum = state::commit(&format!("{version} {timestamp}"));
    Release { version: version.into(), timestamp, checksum, ..Release::default() }
}

fn offer() -> Release {
    let upgraded = [
        ("firefox", "152.0.2-1.fc43", "152.0.4-1.fc43"),
        ("glibc", "2.42-11.fc43", "2.42-13.fc43"),
        ("gnome-shell", "49.8-1.fc43", "49.9-1.fc43"),
        ("kernel", "7.0.9-200.fc43", "7.0.11-200.fc43"),
        ("kernel-core", "7.0.9-200.fc43", "7.0.11-200.fc43"),
        ("mesa-dri-drivers", "26.1.4-1.fc43", "26.1.6-1.fc43"),
        ("mutter", "49.8-1.fc43", "49.9-1.fc43"),
        ("openssl-libs", "1:3.5.4-2.fc43", "1:3.5.4-3.fc43"),
        ("podman", "5:5.8.1-1.fc43", "5:5.8.2-1.fc43"),
        ("systemd", "258.9-1.fc43", "258.10-1.fc43"),
    ];
    let upgraded: Vec<Value> =
        upgraded.iter().map(|(name, old, new)| json!([0, name, [old, "x86_64"], [new, "x86_64"]])).collect();
    let diff = json!({
        "upgraded": upgraded,
        "downgraded": [[0, "virtualbox-guest-additions", ["7.2.4-2.fc43", "x86_64"], ["7.2.4-1.fc43", "x86_64"]]],
        "removed": [[0, "libssh-config", "0.11.3-1.fc43", "noarch"]],
        "added": [[0, "glycin-gtk4-libs", "2.0.7-1.fc43", "x86_64"]],
    });
    let hole = |name: &str, bug: u32, words: &str| {
        json!([format!("https://bugzilla.redhat.com/show_bug.cgi?id={bug}"), format!("{name} {words}")])
    };
    let advisories = vec![
        json!(["FEDORA-2026-77c2a0915e", 1, 2, ["podman-5:5.8.2-1.fc43.x86_64"], { "cve_references": [
            hole("CVE-2026-50417", 2_471_902, "podman: a container can list files of its host [fedora-43]"),
        ] }]),
        json!(["FEDORA-2026-4f1d1a3c02", 1, 4, ["openssl-libs-1:3.5.4-3.fc43.x86_64"], { "cve_references": [
            hole("CVE-2026-48213", 2_470_118, "openssl: use after free while a session is resumed [fedora-43]"),
            hole("CVE-2026-48219", 2_470_121, "openssl: out-of-bounds read in a certificate [fedora-43]"),
        ] }]),
    ];
    let Value::Object(diff) = diff else { return Release::default() };
    Release { diff, advisories, ..release("43.20261119.0", 1_795_050_760) }
}

