//! SteamOS, played: the service of Steam that updates it, and the loader's configuration of two slots.
//!
//! - [`state`]: what both know
//! - `atomupd`: the service
//! - `bootconf`: the program that the loader is asked with

mod atomupd;
mod bootconf;
pub mod state;

use super::{Stage, System};
use state::{Build, SteamOs};
use std::io;

pub const SYSTEMS: [System; 1] = [System {
    name: "steamos",
    title: "SteamOS",
    engine: "steamos",
    btrfs: false,
    lay_out,
    restart,
    programs: &[("steamos-bootconf", bootconf::run)],
    services: &[atomupd::serve],
}];

/// There as long as an update waits for the restart.
const PENDING: &str = "/run/steamos-atomupd/reboot_for_update";

fn lay_out(stage: &Stage) -> io::Result<()> {
    let state: SteamOs = stage.state(state::NAME)?;
    stage.write(
        "/usr/share/dbus-1/system-services/com.steampowered.Atomupd1.service",
        "[D-BUS Service]\nName=com.steampowered.Atomupd1\nExec=/usr/lib/atomupd-daemon\nUser=root\n",
    )?;
    stage.write(
        "/etc/steamos-atomupd/manifest.json",
        r#"{"product":"steamos","release":"holo","variant":"steamdeck","arch":"amd64","version":"3.8.4","buildid":"20261103.1"}"#,
    )?;
    for (image, requested) in [("A", 20_261_105_190_412), ("B", 20_260_924_201_733)] {
        stage.write(&format!("/dev/disk/by-partsets/{image}/rootfs"), "")?;
        bootconf::write(stage, image, &bootconf::Config { requested_at: requested, ..Default::default() })?;
    }
    // Cairn noted what was in the other slot when it left it.
    stage.write(
        "/var/lib/cairn/steamos-images.json",
        r#"{"B":{"build":"20260922.1","version":"3.8.3","requested_at":20260924201733}}"#,
    )?;
    std::fs::create_dir_all(stage.path("/run/steamos-atomupd"))?;
    describe(stage, &state.build())
}

/// What os-release says of the build that runs.
fn describe(stage: &Stage, build: &Build) -> io::Result<()> {
    let Build { id, version } = build;
    let words = format!(
        "NAME=\"SteamOS\"\nPRETTY_NAME=\"SteamOS\"\nVERSION_CODENAME=holo\nID=steamos\nID_LIKE=arch\n\
         VERSION_ID={version}\nBUILD_ID={id}\nVARIANT_ID=steamdeck\nHOME_URL=\"https://www.steampowered.com/\"\n"
    );
    stage.write("/etc/os-release", &words)
}

/// The loader takes the image that was asked for last; the service begins anew.
fn restart(stage: &Stage) -> io::Result<()> {
    let selected = bootconf::selected(stage)?;
    let build = stage.change(state::NAME, |state: &mut SteamOs| {
        state.running = selected.clone();
        state.forget();
        state.build()
    })?;
    let config = bootconf::read(stage, &selected)?;
    bootconf::write(stage, &selected, &bootconf::Config { boots: config.boots + 1, ..config })?;
    stage.remove(PENDING)?;
    describe(stage, &build)
}
