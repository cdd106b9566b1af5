//! The window: from its start to the first frame with true content, beside an empty window of the same toolkit and beside
//! Debian's gnome-software, all under the same X server.

use super::{Figure, median, world};
use crate::show::Wanted;
use crate::{Error, Result, screen::Screen};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

const RUNS: usize = 9;
/// What both windows say on their standard error after the frame that counts.
pub(super) const SAID: &str = "content is shown";

pub(super) async fn measure(wanted: &Wanted) -> Result<Vec<Figure>> {
    let (world, _folder) = world(wanted).await?;
    let screen = Screen::start(&wanted.data).await?;
    let (mut ours, mut empty, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut window = screen.program(wanted.bin.join("cairn"));
        window.envs(world.apps().environment()).envs(screen.environment());
        ours.push(until(window.env("DBUS_SYSTEM_BUS_ADDRESS", world.bus_address()), SAID).await?);
        // In the same session: where flatpak puts icons, the toolkit looks for its own as well.
        let mut nothing = screen.program(wanted.bin.join("examples/empty"));
        empty.push(until(nothing.envs(world.apps().environment()), SAID).await?);
    }
    let store = has("gnome-software");
    for _ in 0..if store { 3 } else { 0 } {
        theirs.push(until_mapped(&screen, &world.bus_address()).await?);
    }
    world.stop().await?;
    let ours = median(ours);
    let mut figures = vec![Figure {
        name: "window: first true content",
        ours,
        peer: Some(("empty window", median(empty))),
        unit: "ms",
        goal: 1.3,
    }];
    if store {
        figures.push(Figure {
            name: "window: first true content",
            ours,
            peer: Some(("gnome-software’s empty window", median(theirs))),
            unit: "ms",
            goal: 1.0,
        });
    } else {
        println!("skipped: gnome-software is not installed");
    }
    Ok(figures)
}

pub(super) fn has(program: &str) -> bool {
    std::path::Path::new("/usr/bin").join(program).exists()
}

/// From the start of a program to its word.
pub(super) async fn until(command: &mut Command, said: &str) -> Result<Duration> {
    let start = Instant::now();
    let failed = |source| Error::Start { program: "window".into(), source };
    let mut child = command.env("CAIRN_LOG", "debug").stderr(Stdio::piped()).spawn().map_err(failed)?;
    let Some(words) = child.stderr.take() else { return Err(Error::Refused("no words".into())) };
    let mut lines = BufReader::new(words).lines();
    while let Some(line) = lines.next_line().await.map_err(failed)? {
        if line.contains(said) {
            let took = start.elapsed();
            // It is only measured.
            let _ = child.kill().await;
            return Ok(took);
        }
    }
    Err(Error::Refused("the window ended without content".into()))
}

/// From the start of gnome-software to its window, still without content: a lower limit, in its favour.
async fn until_mapped(screen: &Screen, bus: &str) -> Result<Duration> {
    let failed = |source| Error::Start { program: "gnome-software".into(), source };
    let start = Instant::now();
    let mut store = screen.program("gnome-software");
    // It leaves at once where there is no system bus.
    store.env("DBUS_SYSTEM_BUS_ADDRESS", bus).stderr(Stdio::null());
    let mut child = store.spawn().map_err(failed)?;
    let mut search = screen.program("xdotool");
    search.args(["search", "--sync", "--onlyvisible", "--class", "oftware"]).stdout(Stdio::null());
    let found = tokio::time::timeout(Duration::from_secs(60), search.status()).await;
    let took = start.elapsed();
    let _ = child.kill().await;
    found.map_err(|_| Error::Refused("gnome-software showed no window".into()))?.map_err(failed)?;
    Ok(took)
}
