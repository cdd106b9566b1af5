//! The service: its first answer, and `cairnctl status` beside `ostree admin status`.

use super::{Figure, median, world};
use crate::Result;
use crate::show::Wanted;
use std::time::{Duration, Instant};
use tokio::process::Command;

const RUNS: usize = 40;
/// Cold starts are slower to bring about, so there are fewer.
const COLD_RUNS: usize = 10;

pub(super) async fn measure(wanted: &Wanted) -> Result<Vec<Figure>> {
    let (mut world, _folder) = world(wanted).await?;
    let address = world.bus_address();
    let mut cold = Vec::new();
    for _ in 0..COLD_RUNS {
        world.restart().await?;
        cold.push(first_answer(&address).await?);
    }
    let sysroot = format!("--sysroot={}", world.sysroot().display());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut status = Command::new(wanted.bin.join("cairnctl"));
        status.arg("status").env("DBUS_SYSTEM_BUS_ADDRESS", &address);
        ours.push(time(&mut status).await);
        theirs.push(time(Command::new("ostree").args(["admin", &sysroot, "status"])).await);
    }
    world.stop().await?;
    Ok(vec![
        Figure {
            name: "service: cold to first answer",
            ours: median(cold),
            peer: None,
            unit: "ms",
            goal: 100.0,
        },
        Figure {
            name: "cairnctl status",
            ours: median(ours),
            peer: Some(("ostree admin status", median(theirs))),
            unit: "ms",
            goal: 1.5,
        },
    ])
}

/// From the question to the answer, while the service does not run.
async fn first_answer(address: &str) -> Result<Duration> {
    let refused = |e: zbus::Error| crate::Error::Refused(e.to_string());
    let connection =
        zbus::connection::Builder::address(address).map_err(refused)?.build().await.map_err(refused)?;
    let start = Instant::now();
    let body = ("io.github.cairndesktop.Cairn1.System", "Status");
    let (name, path) = ("io.github.cairndesktop.Cairn1", "/io/github/cairndesktop/Cairn1");
    connection
        .call_method(Some(name), path, Some("org.freedesktop.DBus.Properties"), "Get", &body)
        .await
        .map_err(refused)?;
    Ok(start.elapsed())
}

/// How long a program takes to its end.
pub(super) async fn time(command: &mut Command) -> Duration {
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let start = Instant::now();
    // A program that cannot run would be the fastest; its peer's figure shows that.
    let _ = command.status().await;
    start.elapsed()
}
