//! One machine made of the parts: its disk, its network, and the system that runs on it.

mod apps;
mod boot;
mod bus;
mod disk;
mod entry;
mod pictures;
mod played;

use crate::build::{Parts, RUNNING, UPDATE};
use crate::error::At;
use crate::logind::{self, Event, Logind};
use crate::process::Crowd;
use crate::systems::{Presence, Stage, System};
use crate::{Error, Result, Server, tool};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

pub use apps::AppsWorld;
pub use disk::wipe;
pub use entry::Entry;

/// Who may do what without being asked.
#[derive(Clone, Debug, Default)]
pub enum Polkit {
    /// Root and the demo user may do everything of Cairn.
    #[default]
    Friendly,
    /// The rules of this file, and none else of ours.
    Rules(PathBuf),
}

/// What a world is made from, beside the parts.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The folder with `cairnd`, visible inside at [`BINARIES`].
    pub binaries: Option<PathBuf>,
    /// The project's data folder: `dbus/*.conf` and `polkit/*.policy` are used.
    pub data: Option<PathBuf>,
    pub polkit: Polkit,
    /// The environment of the services, beside `RUST_LOG` and `RUST_BACKTRACE` of this process.
    pub environment: Vec<(String, String)>,
    /// Another family's system is played on top of the demo's own tree.
    pub system: Option<&'static System>,
}

/// Where the binaries are inside.
pub const BINARIES: &str = "/usr/libexec/cairn-bin";

/// A running system.
#[derive(Debug)]
struct Running {
    holder: Child,
    pid: i32,
    crowd: Crowd,
    logind: Logind,
    entry: Entry,
    /// Of a played system.
    _services: Vec<Presence>,
}

/// One machine. [`World::stop`] ends it in order; a world that is only dropped is killed, and its folder stays.
#[derive(Debug)]
pub struct World {
    work: PathBuf,
    parts: Parts,
    config: Config,
    server: Server,
    apps: AppsWorld,
    running: Option<Running>,
    /// Whether a played system was laid out already.
    laid_out: bool,
    events: mpsc::UnboundedSender<Event>,
    heard: mpsc::UnboundedReceiver<Event>,
}

impl World {
    /// Makes a machine in `work`, which is emptied. Its update server offers 44.2.
    ///
    /// # Errors
    /// When it is not run as root or the disk cannot be copied.
    pub async fn create(parts: &Parts, work: &Path, config: Config) -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Err(Error::NotRoot);
        }
        wipe(work)?;
        for folder in ["run/dbus", "boot/root", "log"] {
            fs::create_dir_all(work.join(folder)).at(work.join(folder))?;
        }
        let work = work.canonicalize().at(work)?;
        let apps = &parts.apps;
        std::thread::scope(|scope| {
            let other = scope.spawn(|| AppsWorld::copy(apps, &work));
            disk::copy(&parts.sysroot(), &work.join("sysroot"))?;
            other.join().map_err(|_| std::io::Error::other("a thread that copies ended early"))?
        })?;
        let server = Server::start(vec![parts.published(UPDATE)?, parts.repo()]).await?;
        disk::set_remote(&work.join("sysroot"), &server.url())?;
        let apps = AppsWorld::create(&parts.apps, &work).await?;
        let (events, heard) = mpsc::unbounded_channel();
        Ok(Self {
            work,
            parts: parts.clone(),
            config,
            server,
            apps,
            running: None,
            laid_out: false,
            events,
            heard,
        })
    }

    pub fn work(&self) -> &Path {
        &self.work
    }

    /// The disk as seen from outside, for `ostree admin --sysroot=…`.
    pub fn sysroot(&self) -> PathBuf {
        self.work.join("sysroot")
    }

    /// The system bus as seen from outside.
    pub fn bus_address(&self) -> String {
        format!("unix:path={}", self.bus_socket().display())
    }

    fn bus_socket(&self) -> PathBuf {
        self.work.join("run/dbus/system_bus_socket")
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    /// What flatpak has, and the server that it asks.
    pub fn apps(&self) -> &AppsWorld {
        &self.apps
    }

    pub fn apps_mut(&mut self) -> &mut AppsWorld {
        &mut self.apps
    }

    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The boot entry that runs.
    pub fn entry(&self) -> Option<&Entry> {
        self.running.as_ref().map(|r| &r.entry)
    }

    /// What the running system calls itself.
    pub fn title(&self) -> String {
        let own = || self.entry().map(|e| e.title.clone()).unwrap_or_default();
        self.config.system.map_or_else(own, |system| system.title.to_owned())
    }

    /// The process that holds the world's namespace, for `nsenter`.
    pub fn pid(&self) -> Option<i32> {
        self.running.as_ref().map(|r| r.pid)
    }

    /// What a played system's stand-ins were asked and did not know, since its first start.
    pub fn unknown_calls(&self) -> Vec<String> {
        self.stage().map(|stage| stage.unknown_calls()).unwrap_or_default()
    }

    /// Where the stand-ins of a played system keep what they know.
    pub fn stage(&self) -> Result<Stage> {
        self.pid().map(played::stage).ok_or(Error::NotRunning)
    }

    pub fn logind(&self) -> Result<&Logind> {
        self.running.as_ref().map(|r| &r.logind).ok_or(Error::NotRunning)
    }

    /// The file from which inhibitors are read: a list of [`logind::Inhibitor`].
    pub fn inhibitors(&self) -> PathBuf {
        self.work.join("inhibitors.json")
    }

    /// Lets the server offer `version` (or an older one) as the newest.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn publish(&self, version: &str) -> Result<()> {
        self.server.serve(vec![self.parts.published(version)?, self.parts.repo()]);
        Ok(())
    }

    /// Starts the default deployment: bus, polkit and logind are up when this returns.
    ///
    /// # Errors
    /// When there is no boot entry or a service does not come up; see `log/world.log` in the work folder.
    pub async fn boot(&mut self) -> Result<()> {
        self.halt().await;
        let entry = entry::default(&self.sysroot())?;
        bus::configure(&self.work, &self.config, &entry)?;
        let (mut holder, mut pid) = boot::enter(&self.work, &self.sysroot(), &entry, &self.config).await?;
        if let Some(system) = self.config.system {
            let first = !std::mem::replace(&mut self.laid_out, true);
            played::set_up(system, pid, first)?;
            if system.btrfs && played::moved(&self.work, &entry.var) {
                boot::end(holder, Crowd::new(pid)).await;
                (holder, pid) = boot::enter(&self.work, &self.sysroot(), &entry, &self.config).await?;
            }
        }
        let crowd = Crowd::new(pid);
        let up = async {
            bus::wait(&self.bus_socket()).await?;
            let services = played::serve(self.config.system, pid, &self.bus_socket()).await?;
            let file = self.inhibitors();
            let logind = Logind::start(&self.bus_address(), file, self.events.clone()).await?;
            bus::wait_for_polkit(logind.connection()).await?;
            Ok::<_, Error>((logind, services))
        };
        match tokio::time::timeout(Duration::from_secs(20), up).await {
            Ok(Ok((logind, services))) => {
                self.running = Some(Running { holder, pid, crowd, logind, entry, _services: services });
            }
            failed => {
                let why = failed
                    .map_or_else(|_| "timed out".into(), |r| r.map_or_else(|e| e.to_string(), |_| "".into()));
                boot::end(holder, crowd).await;
                return Err(Error::NotUp(format!(
                    "{why}; see {}",
                    self.work.join("log/world.log").display()
                )));
            }
        }
        Ok(())
    }

    /// Shuts the system down: services end, then what is staged becomes final.
    ///
    /// # Errors
    /// When the finalisation failed. The system is down all the same.
    pub async fn shut_down(&mut self) -> Result<()> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        let _ = running.logind.prepare_for_shutdown().await;
        running.crowd.end_others(Duration::from_secs(3)).await;
        let staged =
            Path::new("/proc").join(running.pid.to_string()).join("root/run/ostree/staged-deployment");
        let finalised = if self.config.system.is_none() && staged.exists() {
            tool::run_async(inside(running.pid, "ostree").args(["admin", "finalize-staged"])).await
        } else {
            Ok(String::new())
        };
        boot::end(running.holder, running.crowd).await;
        finalised.map(|_| ()).map_err(|e| Error::NotFinalised(e.to_string()))
    }

    /// Shuts down and starts again.
    ///
    /// # Errors
    /// When it does not come up, or when it does but the finalisation failed (as a real machine would, it then runs
    /// what it ran before).
    pub async fn restart(&mut self) -> Result<()> {
        let down = self.shut_down().await;
        self.boot().await?;
        down
    }

    /// The power goes away: nothing is finalised.
    pub async fn halt(&mut self) {
        if let Some(running) = self.running.take() {
            boot::end(running.holder, running.crowd).await;
        }
    }

    /// The next thing that somebody asked of logind. Never answers while nothing is asked.
    pub async fn event(&mut self) -> Event {
        match self.heard.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    /// A command that will run inside, as root, with the world's environment.
    ///
    /// # Errors
    /// When the world is not running.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Result<Command> {
        self.pid().map(|pid| inside(pid, program)).ok_or(Error::NotRunning)
    }

    /// Runs a command inside and returns its output.
    ///
    /// # Errors
    /// When the world is not running or the command fails.
    pub async fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        tool::run_async(self.command(program)?.args(arguments)).await
    }

    /// Notes inhibitors in the file that logind reads.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_inhibitors(&self, list: &[logind::Inhibitor]) -> Result<()> {
        logind::write(&self.inhibitors(), list)
    }

    /// Ends the world and removes its folder.
    ///
    /// # Errors
    /// When something of the folder cannot be removed.
    pub async fn stop(mut self) -> Result<()> {
        self.halt().await;
        wipe(&self.work)
    }

    /// The commit of the version that a new world runs.
    pub fn first_commit(&self) -> &str {
        self.parts.versions.get(RUNNING).map(String::as_str).unwrap_or_default()
    }
}

/// A command in the namespace of the world that `pid` holds.
pub(crate) fn inside(pid: i32, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--mount=/proc/{pid}/ns/mnt")).args(["--", "env", "-i"]);
    for (name, value) in boot::ENVIRONMENT {
        command.arg(format!("{name}={value}"));
    }
    command.arg(format!("TERM={}", std::env::var("TERM").unwrap_or_else(|_| "dumb".into())));
    command.arg(program).current_dir("/");
    command
}

/// The same for another program than the one that made the world; `pid` comes from [`crate::control::Status`].
///
/// # Errors
/// When no world runs or there are no words.
pub fn enter(pid: i32, words: &[std::ffi::OsString]) -> Result<std::process::Command> {
    let (program, arguments) = words.split_first().filter(|_| pid > 0).ok_or(Error::NotRunning)?;
    let mut command = inside(pid, program).into_std();
    command.args(arguments);
    Ok(command)
}
