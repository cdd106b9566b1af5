//! Apps: when Explore has content, when results are there after typing, what ten searches leave in memory; beside an
//! empty window, and beside Debian's gnome-software on the same remotes and the same catalogue.

use super::{Figure, anonymous, median, startup, world};
use crate::build::apps::DEBIAN;
use crate::error::At;
use crate::show::Wanted;
use crate::{Error, Result, World, screen::Screen, tool};
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Their median moves by two milliseconds from one time to the next.
const RUNS: usize = 25;
/// What is typed, and what must then be seen. Both programs find these on the remote of apps; Cairn has the Debian catalogue
/// open besides, which gnome-software does not show, since flatpak cannot install from it.
const SEARCHES: [(&str, &str); 10] = [
    ("lumen", "Lumen"),
    ("inkling", "Inkling"),
    ("mosaic", "Mosaic"),
    ("overtone", "Overtone"),
    ("prism", "Prism"),
    ("folio", "Folio"),
    ("cutaway", "Cutaway"),
    ("stargaze", "Stargaze"),
    ("velocity", "Velocity"),
    ("postbird", "Postbird"),
];
/// How often the whole list is scrolled.
const SCROLLED: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn measure(wanted: &Wanted) -> Result<Vec<Figure>> {
    let (world, _folder) = world(wanted).await?;
    let screen = Screen::start(&wanted.data).await?;
    let mut figures = first_frame(wanted, &world, &screen).await?;
    figures.push(scrolling(wanted, &world, &screen).await?);
    let ours = Store { name: "cairn", search: "ctrl+f", first: "Worth a look" };
    let cairn = wanted.bin.join("cairn");
    let ours = ours.measure(&world, &screen, cairn.as_os_str(), &["--page", "apps"]).await?;
    if startup::has("gnome-software") {
        let theirs = Store { name: "gnome-software", search: "ctrl+f", first: "Available Apps" };
        match theirs.measure(&world, &screen, "gnome-software".as_ref(), &[]).await {
            Ok(theirs) => figures.extend(ours.beside(&theirs)),
            // Our own figures stand, and nothing is made up for the other.
            Err(error) => println!("not measured: {error}"),
        }
    } else {
        println!("skipped: gnome-software is not installed");
    }
    world.stop().await?;
    Ok(figures)
}

/// Where flatpak put the Debian catalogue, which is of Flathub's kind and size.
fn catalog(world: &World) -> Result<std::path::PathBuf> {
    let deployed = world.work().join("flatpak/system/appstream").join(DEBIAN).join("x86_64/active");
    deployed.canonicalize().at(&deployed)
}

/// The index is there, as at every start but the first.
async fn first_frame(wanted: &Wanted, world: &World, screen: &Screen) -> Result<Vec<Figure>> {
    let (mut ours, mut empty) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let mut window = program(world, screen, wanted.bin.join("cairn").as_os_str());
        let took = startup::until(window.args(["--page", "apps"]), "explore is shown").await?;
        // In the same session: where flatpak puts icons, the toolkit looks for its own as well.
        let mut nothing = program(world, screen, wanted.bin.join("examples/empty").as_os_str());
        let least = startup::until(&mut nothing, startup::SAID).await?;
        // The first run builds the index.
        if run > 0 {
            ours.push(took);
            empty.push(least);
        }
    }
    let (ours, empty) = (median(ours), median(empty));
    println!("Explore: {ours:.0} ms, an empty window: {empty:.0} ms");
    Ok(vec![Figure {
        name: "Explore after an empty window",
        ours: ours - empty,
        peer: None,
        unit: "ms",
        goal: 50.0,
    }])
}

/// Every app there is, a third of a window at each frame. The same frame does the same work each time, so what is late in
/// one run alone was the machine's doing.
async fn scrolling(wanted: &Wanted, world: &World, screen: &Screen) -> Result<Figure> {
    let deployed = catalog(world)?;
    let mut runs: Vec<Vec<f64>> = Vec::new();
    for _ in 0..SCROLLED {
        let mut scroll = screen.program(wanted.bin.join("examples/scroll"));
        let said = tool::run_async(scroll.arg(deployed.join("appstream.xml"))).await?;
        let (words, frames) = said.trim_end().rsplit_once('\n').unwrap_or_default();
        println!("{words}");
        runs.push(frames.split(' ').filter_map(|time| time.parse().ok()).collect());
    }
    let frames = runs.iter().map(Vec::len).min().unwrap_or_default();
    let usual = (0..frames).map(|at| {
        let mut times: Vec<f64> = runs.iter().filter_map(|run| run.get(at).copied()).collect();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or_default()
    });
    let worst = usual.reduce(f64::max).ok_or_else(|| Error::Refused("nothing was scrolled".into()))?;
    Ok(Figure { name: "worst frame while scrolling", ours: worst, peer: None, unit: "ms", goal: 16.0 })
}

fn program(world: &World, screen: &Screen, name: &std::ffi::OsStr) -> Command {
    let mut command = Command::new(name);
    command.envs(world.apps().environment()).envs(screen.environment());
    command.env("DBUS_SYSTEM_BUS_ADDRESS", world.bus_address());
    command.stdout(std::process::Stdio::null()).kill_on_drop(true);
    command
}

/// A program that shows apps.
struct Store {
    /// As assistive technology knows it.
    name: &'static str,
    search: &'static str,
    /// What is seen once there is something to look at.
    first: &'static str,
}

struct Measured {
    content: f64,
    results: f64,
    memory: f64,
}

impl Store {
    async fn measure(
        &self,
        world: &World,
        screen: &Screen,
        program_name: &std::ffi::OsStr,
        words: &[&str],
    ) -> Result<Measured> {
        let failed = |source| Error::Start { program: self.name.into(), source };
        // Once for the caches that it makes; gnome-software shows nothing until its next start if that takes long.
        let mut first = program(world, screen, program_name);
        let mut child = first.args(words).stderr(std::process::Stdio::null()).spawn().map_err(failed)?;
        if let Err(error) = self.sees(screen, self.first).await {
            println!("the first time: {error}");
        }
        end(&mut child).await;
        let start = Instant::now();
        let mut again = program(world, screen, program_name);
        let mut child = again.args(words).stderr(std::process::Stdio::null()).spawn().map_err(failed)?;
        self.sees(screen, self.first).await?;
        let content = start.elapsed();
        let mut results = Vec::new();
        for (typed, seen) in SEARCHES {
            self.keys(screen, &[self.search, "ctrl+a", "BackSpace"]).await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.keys(screen, &[self.search]).await?;
            self.types(screen, typed).await?;
            // From the last key on: how fast keys follow each other is the benchmark's choice.
            let start = Instant::now();
            self.sees(screen, seen).await?;
            results.push(start.elapsed());
        }
        let memory = child.id().map_or(0.0, anonymous);
        end(&mut child).await;
        let content = content.as_secs_f64() * 1000.0;
        println!(
            "{}: content {content:.0} ms, results {:.0} ms, {memory:.0} MiB",
            self.name,
            median(results.clone())
        );
        Ok(Measured { content, results: median(results), memory })
    }

    /// Waits until assistive technology finds these words.
    async fn sees(&self, screen: &Screen, words: &str) -> Result<()> {
        let start = Instant::now();
        loop {
            let tree = screen.tree(self.name).await.ok().flatten();
            if tree.as_ref().is_some_and(|t| t.says(words)) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                let shown = tree.map(|t| t.words().join(" | ")).unwrap_or_default();
                let shown: String = shown.chars().take(400).collect();
                return Err(Error::Refused(format!("{} does not show “{words}” but {shown:?}", self.name)));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn keys(&self, screen: &Screen, keys: &[&str]) -> Result<()> {
        let mut words = vec!["key", "--delay", "40"];
        words.extend(keys);
        screen.tool(&words).await
    }

    async fn types(&self, screen: &Screen, words: &str) -> Result<()> {
        screen.tool(&["type", "--delay", "15", words]).await
    }
}

async fn end(child: &mut Child) {
    // It is only measured.
    let _ = child.kill().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
}

impl Measured {
    fn beside(&self, theirs: &Self) -> Vec<Figure> {
        let figure = |name, ours, peer, unit| Figure {
            name,
            ours,
            peer: Some(("gnome-software", peer)),
            unit,
            goal: 0.5,
        };
        vec![
            figure("apps: content after the start", self.content, theirs.content, "ms"),
            figure("apps: results after typing", self.results, theirs.results, "ms"),
            figure("apps: RssAnon after ten searches", self.memory, theirs.memory, "MiB"),
        ]
    }
}
