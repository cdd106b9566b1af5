//! The same update through the service and through `ostree admin upgrade --stage`, each in a fresh world.

use super::{Figure, median, world};
use crate::show::Wanted;
use crate::{Error, Result};
use futures_util::StreamExt;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::process::Command;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

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

/// From the wish to the end of its job. The version was found before, as it is when a person presses the button.
async fn by_service(wanted: &Wanted) -> Result<Duration> {
    let (world, _folder) = world(wanted).await?;
    let mut check = Command::new(wanted.bin.join("cairnctl"));
    super::service::time(check.arg("check").env("DBUS_SYSTEM_BUS_ADDRESS", world.bus_address())).await;
    let done = through(&world.bus_address()).await.map_err(|e| Error::Refused(e.to_string()));
    world.stop().await?;
    done
}

async fn through(address: &str) -> zbus::Result<Duration> {
    let connection = zbus::connection::Builder::address(address)?.build().await?;
    let (name, path) = ("io.github.cairndesktop.Cairn1", "/io/github/cairndesktop/Cairn1");
    let system = zbus::Proxy::new(&connection, name, path, "io.github.cairndesktop.Cairn1.System").await?;
    let start = Instant::now();
    let wish = HashMap::from([("kind", Value::from("update"))]);
    let (_, token): (HashMap<String, OwnedValue>, String) = system.call("Plan", &(wish,)).await?;
    let job: OwnedObjectPath = system.call("Apply", &(token,)).await?;
    let job = zbus::Proxy::new(&connection, name, job, "io.github.cairndesktop.Cairn1.Job").await?;
    let mut states = job.receive_property_changed::<String>("State").await;
    while let Some(change) = states.next().await {
        match change.get().await?.as_str() {
            "done" => return Ok(start.elapsed()),
            "failed" | "cancelled" => return Err(zbus::Error::Failure("the update failed".into())),
            _ => {}
        }
    }
    Err(zbus::Error::Failure("the service left".into()))
}

async fn by_ostree(wanted: &Wanted) -> Result<Duration> {
    let (world, _folder) = world(wanted).await?;
    let start = Instant::now();
    world.run("ostree", &["admin", "upgrade", "--stage"]).await?;
    let took = start.elapsed();
    world.stop().await?;
    Ok(took)
}
