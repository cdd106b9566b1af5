//! Runs a command, a window, or both beside a world, and cleans up when they end.

mod apps;
mod children;
mod disaster;

use crate::control::{self, Answer, Asked, Request, Status};
use crate::logind::Event;
use crate::{Config, Failure, Result, World, build, process};
use children::Program;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

/// What to run, and in which world.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where the parts are or will be.
    pub cache: PathBuf,
    /// The world's folder; a fresh one below /var/tmp if there is none.
    pub work: Option<PathBuf>,
    pub config: Config,
    /// Bytes a second of the update server.
    pub rate: Option<u64>,
    /// Runs on across restarts; the supervisor ends with it.
    pub command: Vec<OsString>,
    /// Is ended and started again with every restart, as a person's session would be.
    pub window: Vec<OsString>,
}

enum Next {
    Event(Event),
    Asked(Asked),
    CommandEnded(i32),
    WindowEnded(i32),
    Signal(i32),
}

/// Builds what is missing, boots a fresh world, runs the programs and returns the exit status of the one that decides:
/// the command, or the window where there is no command.
///
/// # Errors
/// When the world cannot be made or booted, or the program cannot be started.
pub async fn run(options: Options, say: &mut dyn FnMut(&str)) -> Result<i32> {
    // Signals first: from here on none ends this process without cleaning up.
    let mut signals = Signals::new()?;
    let own = rustix::process::getpid();
    // Orphans come here, so that none is left over.
    let _ = rustix::process::set_child_subreaper(Some(own));
    let parts = build::build(&options.cache, say)?;
    let start = Instant::now();
    let temporary = tempfile::Builder::new().prefix("cairn-demo-").tempdir_in("/var/tmp")?;
    let work = options.work.clone().unwrap_or_else(|| temporary.path().join("world"));
    let mut world = World::create(&parts, &work, options.config.clone()).await?;
    world.server().limit(options.rate);
    let made = start.elapsed();
    let ended = match world.boot().await {
        Ok(()) => {
            let title = world.title();
            let took = (made.as_millis(), (start.elapsed() - made).as_millis());
            say(&format!("{title} runs (disk copied in {} ms, booted in {} ms)", took.0, took.1));
            beside(&mut world, &options, &mut signals, say).await
        }
        Err(error) => Err(error),
    };
    let stopped = world.stop().await;
    process::end_descendants(own.as_raw_nonzero().get(), Duration::from_secs(1)).await;
    let status = ended?;
    stopped.map(|()| status)
}

async fn beside(
    world: &mut World,
    options: &Options,
    signals: &mut Signals,
    say: &mut dyn FnMut(&str),
) -> Result<i32> {
    let (sender, mut requests) = mpsc::channel(8);
    control::listen(world.work(), sender)?;
    let mut command = Program::start(&options.command, world, &options.config)?;
    let mut window = Program::start(&options.window, world, &options.config)?;
    let alone = options.command.is_empty();
    loop {
        let next = tokio::select! {
            event = world.event() => Next::Event(event),
            Some(asked) = requests.recv() => Next::Asked(asked),
            status = command.ended() => Next::CommandEnded(status),
            status = window.ended() => Next::WindowEnded(status),
            number = signals.next() => Next::Signal(number),
        };
        let (request, answer) = match next {
            Next::Asked((request, answer)) => (request, Some(answer)),
            Next::Event(Event::Reboot { .. }) => {
                // The caller gets its reply before the bus goes away.
                tokio::time::sleep(Duration::from_millis(150)).await;
                (Request::Restart, None)
            }
            Next::WindowEnded(_) if !alone => continue,
            Next::CommandEnded(status) | Next::WindowEnded(status) => {
                window.stop().await;
                return Ok(status);
            }
            Next::Event(Event::PowerOff { .. }) => {
                let _ = world.shut_down().await;
                command.stop().await;
                window.stop().await;
                return Ok(0);
            }
            Next::Signal(number) => {
                command.stop().await;
                window.stop().await;
                return Ok(128 + number);
            }
        };
        let restarts = matches!(request, Request::Restart | Request::PowerCut);
        if restarts {
            window.stop().await;
        }
        let done = obey(world, request, say).await;
        if restarts {
            window = Program::start(&options.window, world, &options.config)?;
        }
        if let Err(error) = &done {
            say(&error.to_string());
        }
        if let Some(answer) = answer {
            let failed = |e: crate::Error| Answer::Failed { why: e.to_string() };
            // Whoever asked may have gone.
            let _ = answer.send(done.map_or_else(failed, |()| Answer::Done(status(world))));
        }
    }
}

async fn obey(world: &mut World, request: Request, say: &mut dyn FnMut(&str)) -> Result<()> {
    let start = Instant::now();
    match request {
        Request::Status => Ok(()),
        Request::Restart | Request::PowerCut => {
            let done = match request {
                Request::Restart => world.restart().await,
                _ => world.boot().await,
            };
            let title = world.title();
            say(&format!("{title} runs (restarted in {} ms)", start.elapsed().as_millis()));
            done
        }
        Request::Publish { version } => world.publish(&version),
        Request::Rate { bytes } => {
            world.server().limit(bytes);
            Ok(())
        }
        Request::Network { up } => {
            world.server().fail(if up { Failure::None } else { Failure::Gone });
            Ok(())
        }
        Request::Corrupt { on } => {
            world.server().fail(if on { Failure::Corrupt } else { Failure::None });
            Ok(())
        }
        Request::Unsign { on } => {
            world.server().fail(if on { Failure::Unsigned } else { Failure::None });
            Ok(())
        }
        Request::Apps { ask } => apps::obey(world.apps_mut(), ask, say).await,
        Request::KillService => disaster::kill_service(world),
        Request::Fill { leave } => disaster::fill(world.work(), leave),
        Request::Inhibit { list } => world.set_inhibitors(&list),
        Request::Sleep => {
            world.logind()?.prepare_for_sleep(true).await?;
            world.logind()?.prepare_for_sleep(false).await
        }
    }
}

fn status(world: &World) -> Status {
    Status {
        title: world.title(),
        pid: world.pid().unwrap_or_default(),
        url: world.server().url(),
        bytes: world.server().bytes(),
        requests: world.server().requests(),
        bus: world.bus_address(),
        apps_url: world.apps().server().url(),
        apps_bytes: world.apps().server().bytes(),
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
            _ = self.hang_up.recv() => SignalKind::hangup(),
        }
        .as_raw_value()
    }
}
