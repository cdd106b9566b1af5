//! Benchmarks: each prints a ratio to the peer that it names, both measured in one run on one machine.

mod explore;
mod memory;
mod service;
mod staging;
mod startup;

use crate::show::Wanted;
use crate::{Config, Error, Polkit, Result, World, build};
use std::time::Duration;

/// One figure beside that of its peer, and the most that it may be of it.
#[derive(Clone, Debug)]
struct Figure {
    name: &'static str,
    ours: f64,
    peer: Option<(&'static str, f64)>,
    unit: &'static str,
    goal: f64,
}

impl Figure {
    /// The ratio to the peer, or the figure itself where the goal is one.
    fn measured(&self) -> f64 {
        self.peer.map_or(self.ours, |(_, peer)| self.ours / peer)
    }

    fn line(&self) -> String {
        let verdict = if self.measured() <= self.goal { "ok" } else { "MISSED" };
        match self.peer {
            Some((peer, value)) => format!(
                "{:<34} {:>8.1} {} · {peer} {value:.1} {} · ratio {:.2} (goal {:.2}) {verdict}",
                self.name,
                self.ours,
                self.unit,
                self.unit,
                self.measured(),
                self.goal
            ),
            None => format!(
                "{:<34} {:>8.1} {} (goal {:.1}) {verdict}",
                self.name, self.ours, self.unit, self.goal
            ),
        }
    }
}

/// Runs the benchmarks of these names, or all, and returns 1 if one missed its goal.
///
/// # Errors
/// When the world or a peer cannot be run.
pub async fn run(wanted: &Wanted, names: &[String]) -> Result<i32> {
    let asked = |name: &str| names.is_empty() || names.iter().any(|n| n == name);
    let mut figures = Vec::new();
    if asked("service") {
        figures.extend(service::measure(wanted).await?);
    }
    if asked("staging") {
        figures.push(staging::measure(wanted).await?);
    }
    if asked("startup") {
        figures.extend(startup::measure(wanted).await?);
    }
    if asked("explore") {
        figures.extend(explore::measure(wanted).await?);
    }
    if asked("memory") {
        figures.extend(memory::measure(wanted).await?);
    }
    println!();
    for figure in &figures {
        println!("{}", figure.line());
    }
    Ok(i32::from(figures.iter().any(|f| f.measured() > f.goal)))
}

/// A fresh, booted world.
async fn world(wanted: &Wanted) -> Result<(World, tempfile::TempDir)> {
    let parts = build::build(&build::default_folder(), &mut |_| {})?;
    let refused = |e: std::io::Error| Error::Refused(e.to_string());
    let folder = tempfile::Builder::new().prefix("cairn-bench-").tempdir_in("/var/tmp").map_err(refused)?;
    let config = Config {
        binaries: Some(wanted.bin.clone()),
        data: Some(wanted.data.clone()),
        polkit: Polkit::Friendly,
        environment: Vec::new(),
        system: None,
    };
    let mut world = World::create(&parts, &folder.path().join("world"), config).await?;
    world.boot().await?;
    Ok((world, folder))
}

/// The middle one, in milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |t| t.as_secs_f64() * 1000.0)
}

/// Anonymous memory of a process in MiB (proc(5), `RssAnon`).
fn anonymous(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|l| l.trim().split(' ').next()).and_then(|n| n.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// The process of that name.
fn process(name: &str) -> Option<u32> {
    let entries = std::fs::read_dir("/proc").ok()?;
    entries.flatten().find_map(|entry| {
        let comm = std::fs::read_to_string(entry.path().join("comm")).ok()?;
        (comm.trim() == name).then(|| entry.file_name().to_string_lossy().parse().ok())?
    })
}
