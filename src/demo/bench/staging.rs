//! The same update through the service and through `ostree admin upgrade --stage`, each in a fresh world.

use super::{Figure, median, world};
use crate::Result;
use crate::show::Wanted;
use std::time::{Duration, Instant};
use tokio::process::Command;

const RUNS: usize = 7;

pub(super) async fn measure(wanted: &Wanted) -> Result<Figure> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // By turns, so that a noisy moment of the machine meets both.
    for _ in 0..RUNS {
        ours.push(by_service(wanted).await?);
        theirs.push(by_ostree(wanted).await?);
    }
    Ok(Figure {
        name: "update: fetched and staged",
        ours: median(ours),
        peer: Some(("ostree admin upgrade", median(theirs))),
        unit: "ms",
        goal: 1.05,
    })
}

async fn by_service(wanted: &Wanted) -> Result<Duration> {
    let (world, _folder) = world(wanted).await?;
    let cairnctl = |word: &str| {
        let mut command = Command::new(wanted.bin.join("cairnctl"));
        command.args([word, "--json"]).env("DBUS_SYSTEM_BUS_ADDRESS", world.bus_address());
        command
    };
    // The service runs, as it does while a window is open; what is fetched is fetched within the time.
    super::service::time(&mut cairnctl("status")).await;
    let start = Instant::now();
    super::service::time(&mut cairnctl("update")).await;
    let took = start.elapsed();
    world.stop().await?;
    Ok(took)
}

async fn by_ostree(wanted: &Wanted) -> Result<Duration> {
    let (world, _folder) = world(wanted).await?;
    let start = Instant::now();
    world.run("ostree", &["admin", "upgrade", "--stage"]).await?;
    let took = start.elapsed();
    world.stop().await?;
    Ok(took)
}
