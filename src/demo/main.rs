//! `cairn-demo`: builds the demo world, runs programs beside it, and steers it from there.

use cairn_demo::control::{self, AppsRequest, Request};
use cairn_demo::logind::{Inhibitor, Logind};
use cairn_demo::play::{apps as shop, buttons, faults, shots, system, tour};
use cairn_demo::show::{self, Wanted};
use cairn_demo::supervisor::{self, Options};
use cairn_demo::{Config, Error, Polkit, Result, bench, build, systems};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "cairn-demo", about = "A world made of real parts to try Cairn in", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the parts of every world, once
    Build { folder: Option<PathBuf> },
    /// Boot a fresh world and run a command or a window beside it
    Run(Box<Run>),
    /// The window in a fresh world (./dev demo)
    Show {
        #[command(flatten)]
        place: Place,
        /// Play the main job by pressing the buttons
        #[arg(long)]
        tour: bool,
        /// Another family's system: silverblue, bluefin, vanilla, nixos …
        #[arg(long)]
        system: Option<String>,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
    /// Every page and state as pictures (./dev shots)
    Shots {
        #[command(flatten)]
        place: Place,
        folder: PathBuf,
    },
    /// The benchmarks, each with its ratio to a peer (./dev bench)
    Bench {
        #[command(flatten)]
        place: Place,
        /// service, staging, startup, explore, memory
        names: Vec<String>,
    },
    /// Press the window's buttons in the world that this runs beside
    Play {
        what: Piece,
        #[arg(long)]
        data: PathBuf,
        folder: PathBuf,
    },
    /// Restart the world, as the computer would
    Restart,
    /// Cut the power and start again: nothing is made final
    PowerCut,
    /// Offer a version on the update server
    Publish { version: String },
    /// Limit the update server, in bytes a second, or "unlimited"
    Rate { bytes: String },
    /// Take the update server away, or bring it back
    Network { state: UpDown },
    /// Let the update server damage one object
    Corrupt { state: OnOff },
    /// Steer the remote of apps
    Apps {
        #[command(subcommand)]
        ask: AppsCommand,
    },
    /// Let a program stop restarts, or "none"
    Inhibit { who: String, why: Option<String> },
    /// Let the computer sleep and wake up
    Sleep,
    /// Print the world's state as JSON
    Status,
    /// Run a command inside the world
    #[command(trailing_var_arg = true)]
    Exec {
        #[arg(required = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
    /// The stand-in for logind alone, on some bus
    Logind { address: String, inhibitors: PathBuf },
}

#[derive(Debug, Subcommand)]
enum AppsCommand {
    /// Publish another release of an app
    Publish {
        id: String,
        /// It wants the network and the person's files
        #[arg(long)]
        widen: bool,
    },
    /// Limit the server of apps, in bytes a second, or "unlimited"
    Rate { bytes: String },
    /// Take the server of apps away, or bring it back
    Network { state: UpDown },
    /// Take the signatures away, or bring them back
    Unsign { state: OnOff },
    /// Damage one object
    Corrupt { state: OnOff },
    /// Lack a part of the release that cannot be fetched, or have it
    Broken { state: OnOff },
}

impl AppsCommand {
    fn request(self) -> Result<AppsRequest> {
        Ok(match self {
            Self::Publish { id, widen } => AppsRequest::Publish { id, widen },
            Self::Rate { bytes } => AppsRequest::Rate { bytes: rate(&bytes)? },
            Self::Network { state } => AppsRequest::Network { up: state == UpDown::Up },
            Self::Unsign { state } => AppsRequest::Unsign { on: state == OnOff::On },
            Self::Corrupt { state } => AppsRequest::Corrupt { on: state == OnOff::On },
            Self::Broken { state } => AppsRequest::Broken { on: state == OnOff::On },
        })
    }
}

/// Bytes a second; none is unlimited.
fn rate(word: &str) -> Result<Option<u64>> {
    if word == "unlimited" {
        return Ok(None);
    }
    word.parse().map(Some).map_err(|_| Error::Refused(format!("{word} is no number of bytes")))
}

#[derive(Debug, Args)]
struct Place {
    /// The folder with the programs
    #[arg(long)]
    bin: PathBuf,
    /// The project's data folder
    #[arg(long)]
    data: PathBuf,
}

impl Place {
    fn wanted(self, tour: bool, command: Vec<OsString>) -> Wanted {
        Wanted { bin: self.bin, data: self.data, tour, command, system: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Piece {
    Tour,
    Shots,
    Faults,
    Full,
    Buttons,
    Apps,
    AppFaults,
    System,
    /// The pages of a played system
    SystemPictures,
}

#[derive(Debug, Args)]
struct Run {
    /// The world's folder (emptied first; default: a new one below /var/tmp)
    #[arg(long)]
    work: Option<PathBuf>,
    /// Where the parts are kept
    #[arg(long)]
    cache: Option<PathBuf>,
    /// The folder with cairnd and cairnctl (default: where this program is)
    #[arg(long)]
    bin: Option<PathBuf>,
    /// The project's data folder
    #[arg(long)]
    data: Option<PathBuf>,
    /// polkit rules in place of the demo's own
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Bytes a second of the update server
    #[arg(long)]
    rate: Option<u64>,
    /// Another family's system
    #[arg(long)]
    system: Option<String>,
    /// A program, up to "--", that restarts with the world
    #[arg(long, num_args = 1.., allow_hyphen_values = true, value_terminator = "--")]
    window: Vec<OsString>,
    /// A program that runs on across restarts
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum UpDown {
    Up,
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnOff {
    On,
    Off,
}

fn say(what: &str) {
    eprintln!("cairn-demo: {what}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if let Some(status) = systems::program::play() {
        return status;
    }
    match obey(Cli::parse().command).await {
        Ok(status) => ExitCode::from(u8::try_from(status).unwrap_or(1)),
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn obey(command: Command) -> Result<i32> {
    let request = match command {
        Command::Build { folder } => {
            let parts = build::build(&folder.unwrap_or_else(build::default_folder), &mut say)?;
            println!("{}", parts.folder.display());
            return Ok(0);
        }
        Command::Show { place, tour, system, command } => {
            let system = system.as_deref().map(systems::find).transpose()?;
            let wanted = Wanted { system, ..place.wanted(tour, command) };
            return show::run(wanted, &mut say).await;
        }
        Command::Shots { place, folder } => {
            let folder = std::path::absolute(&folder).unwrap_or(folder);
            return show::shots(&place.wanted(false, Vec::new()), &folder, &mut say).await;
        }
        Command::Bench { place, names } => return bench::run(&place.wanted(false, Vec::new()), &names).await,
        Command::Play { what, data, folder } => {
            match what {
                Piece::Tour => tour::play(&data, &folder).await,
                Piece::Shots => shots::take(&data, &folder).await,
                Piece::Faults => faults::play(&data, &folder).await,
                Piece::Full => faults::full(&data, &folder).await,
                Piece::Buttons => buttons::play(&data, &folder).await,
                Piece::AppFaults => shop::faults(&data, &folder).await,
                Piece::Apps => shop::play(&data, &folder).await,
                Piece::System => system::play(&data, &folder).await,
                Piece::SystemPictures => {
                    let name = std::env::var(show::SYSTEM).unwrap_or_default();
                    system::pictures(&name, &data, &folder).await
                }
            }?;
            return Ok(0);
        }
        Command::Run(run) => return supervisor::run(options(*run)?, &mut say).await,
        Command::Exec { command } => return exec(&command),
        Command::Logind { address, inhibitors } => return logind(&address, inhibitors).await,
        Command::Status => {
            println!("{}", serde_json::to_string_pretty(&control::ask(&Request::Status)?)?);
            return Ok(0);
        }
        Command::Restart => Request::Restart,
        Command::PowerCut => Request::PowerCut,
        Command::Publish { version } => Request::Publish { version },
        Command::Rate { bytes } => Request::Rate { bytes: rate(&bytes)? },
        Command::Apps { ask } => Request::Apps { ask: ask.request()? },
        Command::Network { state } => Request::Network { up: state == UpDown::Up },
        Command::Corrupt { state } => Request::Corrupt { on: state == OnOff::On },
        Command::Inhibit { who, .. } if who == "none" => Request::Inhibit { list: Vec::new() },
        Command::Inhibit { who, why } => {
            Request::Inhibit { list: vec![Inhibitor::block(&who, &why.unwrap_or_default())] }
        }
        Command::Sleep => Request::Sleep,
    };
    control::ask(&request).map(|_| 0)
}

fn options(run: Run) -> Result<Options> {
    let system = run.system.as_deref().map(systems::find).transpose()?;
    let own = std::env::current_exe().ok().and_then(|p| p.parent().map(ToOwned::to_owned));
    let mut command = run.command;
    if command.is_empty() && run.window.is_empty() {
        command.push(std::env::var_os("SHELL").unwrap_or_else(|| "bash".into()));
    }
    Ok(Options {
        cache: run.cache.unwrap_or_else(build::default_folder),
        work: run.work,
        config: Config {
            binaries: run.bin.or(own),
            data: run.data,
            polkit: run.rules.map_or(Polkit::Friendly, Polkit::Rules),
            environment: Vec::new(),
            system,
        },
        rate: run.rate,
        command,
        window: run.window,
    })
}

/// Becomes the command, inside.
fn exec(words: &[OsString]) -> Result<i32> {
    let pid = control::ask(&Request::Status)?.pid;
    let mut command = cairn_demo::world::enter(pid, words)?;
    Err(Error::Start { program: "nsenter".into(), source: command.exec() })
}

async fn logind(address: &str, inhibitors: PathBuf) -> Result<i32> {
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    let _logind = Logind::start(address, inhibitors, sender).await?;
    while let Some(event) = events.recv().await {
        println!("{event:?}");
    }
    Ok(0)
}
