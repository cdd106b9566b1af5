//! NixOS: the programs of Nix for a small store, a profile with three generations, the menu of systemd-boot. One system
//! follows a channel, the other is a flake.

mod command;
mod edition;
mod instantiate;
mod profile;
mod realise;
mod store;
mod switch;

use super::{Call, Program, Stage, System};
use edition::{EDITIONS, INSTALLED};
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};
use std::io;
use store::{PROFILES, Recipe, STATE, Store};

const CHANNELS: &str = "/nix/var/nix/profiles/per-user/root/channels";
/// The number of the oldest generation that is still there.
const FIRST: u64 = 41;

const PROGRAMS: [(&str, Program); 6] = [
    ("nix", command::play),
    ("nix-env", profile::play),
    ("nix-instantiate", instantiate::play),
    ("nix-store", realise::play),
    ("switch-to-configuration", switch::play),
    ("systemd-run", switch::run),
];

pub const SYSTEMS: [System; 2] = [
    System {
        name: "nixos",
        title: "NixOS 26.05",
        engine: "nixos",
        btrfs: false,
        lay_out: lay_out_channel,
        restart,
        programs: &PROGRAMS,
        services: &[],
    },
    System {
        name: "nixos-flake",
        title: "NixOS 26.05 as a flake",
        engine: "nixos",
        btrfs: false,
        lay_out: lay_out_flake,
        restart,
        programs: &PROGRAMS,
        services: &[],
    },
];

/// What is asked of a program of Nix, behind what every call begins with.
fn own_words(call: &Call) -> Vec<&str> {
    let mut words = call.words();
    if let ["--store", _, ..] = words.as_slice() {
        words.drain(..2);
    }
    words
}

fn lay_out_channel(stage: &Stage) -> io::Result<()> {
    stage.write("/root/.nix-channels", "https://channels.nixos.org/nixos-26.05 nixos\n")?;
    let configuration =
        "{ ... }:\n{\n  imports = [ ./hardware-configuration.nix ./cairn-packages.nix ];\n}\n";
    stage.write("/etc/nixos/configuration.nix", configuration)?;
    stage.write("/etc/nixos/cairn-packages.nix", "{ }\n")?;
    stage.write("/etc/nixos/cairn-packages.json", "[\"tmux\"]\n")?;
    let running = EDITIONS[INSTALLED[2]].channel;
    let source = store::path(running, "nixexprs.tar.xz");
    stage.write(&source, running)?;
    let channel = instantiate::channel(stage, "nixos-26.05", &source)?;
    profile::environment(stage, CHANNELS, &channel)?;
    install(
        stage,
        |edition| edition.channel,
        |at| Some(if at == 0 { Vec::new() } else { vec!["tmux".to_owned()] }),
    )
}

fn lay_out_flake(stage: &Stage) -> io::Result<()> {
    stage.write("/etc/nixos/flake.nix", "{ outputs = { nixpkgs, ... }: { }; }\n")?;
    stage.write("/etc/nixos/configuration.nix", "{ ... }: { }\n")?;
    stage.write("/etc/nixos/flake.lock", &command::lock(EDITIONS[INSTALLED[2]].flake))?;
    install(stage, |edition| edition.flake, |_| None)
}

/// Three generations, of which the last runs, and what makes it NixOS.
fn install(
    stage: &Stage,
    version: fn(&edition::Edition) -> &'static str,
    packages: fn(usize) -> Option<Vec<String>>,
) -> io::Result<()> {
    stage.write("/etc/NIXOS", "")?;
    stage.write("/etc/hostname", "workshop\n")?;
    for (at, number) in INSTALLED.into_iter().zip(FIRST..) {
        let recipe = Recipe { version: version(&EDITIONS[at]).to_owned(), packages: packages(at) };
        let system = stage.change(STATE, |store: &mut Store| store::build(stage, store, &recipe))??;
        let link = format!("{PROFILES}/system-{number}-link");
        store::link(stage, &link, &system)?;
        store::link(stage, &format!("{PROFILES}/system"), &format!("system-{number}-link"))?;
        let time = Timespec { tv_sec: EDITIONS[at].built, tv_nsec: 0 };
        let times = Timestamps { last_access: time, last_modification: time };
        utimensat(CWD, stage.path(&link), &times, AtFlags::SYMLINK_NOFOLLOW)?;
    }
    switch::menu(stage)?;
    restart(stage)
}

fn restart(stage: &Stage) -> io::Result<()> {
    let system = switch::next(stage)?;
    store::link(stage, "/run/booted-system", &system)?;
    store::link(stage, "/run/current-system", &system)?;
    let release = std::fs::read_link(stage.path(&format!("{system}/etc")))?;
    let release = stage.read(&format!("{}/os-release", release.to_string_lossy()))?;
    stage.write("/etc/os-release", &release)
}
