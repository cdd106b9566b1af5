//! Anonymous memory at rest: window and service beside gnome-software on the same remotes.

use super::{Figure, anonymous, process, startup, world};
use crate::show::Wanted;
use crate::{Error, Result, screen::Screen};
use std::process::Stdio;
use std::time::Duration;

/// Long enough for whatever starts late.
const REST: Duration = Duration::from_secs(12);

pub(super) async fn measure(wanted: &Wanted) -> Result<Vec<Figure>> {
    let (world, _folder) = world(wanted).await?;
    let screen = Screen::start(&wanted.data).await?;
    let failed = |source| Error::Start { program: "window".into(), source };
    let mut window = screen.program(wanted.bin.join("cairn"));
    window.envs(world.apps().environment()).envs(screen.environment());
    window.env("DBUS_SYSTEM_BUS_ADDRESS", world.bus_address()).stderr(Stdio::null());
    let mut window = window.spawn().map_err(failed)?;
    tokio::time::sleep(REST).await;
    let service = process("cairnd").map_or(0.0, anonymous);
    let ours = window.id().map_or(0.0, anonymous) + service;
    let _ = window.kill().await;
    let mut figures =
        vec![Figure { name: "service at rest, RssAnon", ours: service, peer: None, unit: "MiB", goal: 15.0 }];
    if startup::has("gnome-software") {
        let mut store = screen.program("gnome-software");
        store.envs(world.apps().environment()).envs(screen.environment());
        store.env("DBUS_SYSTEM_BUS_ADDRESS", world.bus_address()).stderr(Stdio::null());
        let mut store = store.spawn().map_err(failed)?;
        tokio::time::sleep(REST).await;
        let theirs = store.id().map_or(0.0, anonymous);
        let _ = store.kill().await;
        figures.push(Figure {
            name: "window and service, RssAnon",
            ours,
            peer: Some(("gnome-software", theirs)),
            unit: "MiB",
            goal: 1.0,
        });
    } else {
        println!("skipped: gnome-software is not installed");
    }
    world.stop().await?;
    Ok(figures)
}
