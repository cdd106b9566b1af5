//! What can be typed.

pub mod apps;

use apps::AppsCommand;
use clap::{Args, Parser, Subcommand};

/// See the versions of this system, update it, go back; install, update and remove apps.
#[derive(Clone, Debug, Parser)]
#[command(name = "cairnctl", version, after_help = EXIT, arg_required_else_help = true)]
pub struct Arguments {
    /// Answer in JSON (see docs/cairnctl-json.md); progress comes as one object a line
    #[arg(long, global = true)]
    pub json: bool,

    #[command(subcommand)]
    pub command: Command,
}

const EXIT: &str = "A VERSION is its number, the name you gave it, its id or the start of it, or one of the words running, \
next, previous. An APP is its id, its ref, or its name where that is clear.

Exit status: 0 done or nothing to do, 1 it did not work, 2 wrong arguments, 3 refused because of the state of the \
system, 4 not allowed, 5 the service cannot be reached, 6 something else is changing the system, 130 stopped.";

#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    #[command(flatten)]
    System(SystemCommand),
    /// See, install, update and remove apps
    #[command(arg_required_else_help = true)]
    Apps {
        #[command(subcommand)]
        command: AppsCommand,
    },
}

/// What the service is asked.
#[derive(Clone, Debug, Subcommand)]
pub enum SystemCommand {
    /// Show what runs, what starts next and whether there is an update
    Status,
    /// Ask for updates
    Check,
    /// List the versions
    Versions,
    /// Show what differs between two versions
    Diff {
        #[arg(value_name = "VERSION", default_value = "running")]
        from: String,
        #[arg(value_name = "VERSION", default_value = "next")]
        to: String,
    },
    /// List the files below /etc that were changed on a version
    Drift {
        #[arg(value_name = "VERSION", default_value = "running")]
        version: String,
    },
    #[command(flatten)]
    Wish(WishCommand),
    /// Show what one of the other commands would do, without doing it
    Plan {
        #[command(subcommand)]
        wish: WishCommand,
    },
    /// Restart into what is prepared
    Restart {
        #[command(subcommand)]
        when: When,
    },
    /// Show what was done to this system
    History {
        /// How many entries
        #[arg(long, short = 'n', default_value_t = 20)]
        lines: u32,
    },
    /// Show which kind of atomic system this is
    Engines {
        /// Show what was looked for, for every kind
        #[arg(long)]
        explain: bool,
    },
    /// List the packages that were added to the system, left out of it or replaced
    Packages,
    /// Find packages that can be added to the system
    FindPackages {
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// List what the system can follow: branches, images, channels
    Targets,
    /// List what the kernel is told at the start
    Arguments,
    /// List parts beside the system's image: features and extensions
    Extras,
    /// Show what is under way
    Jobs,
    /// Stop what is under way
    Cancel,
    /// Hold what is under way, where it can be held
    Pause,
    /// Go on with what is held
    Resume,
}

/// What changes the system.
#[derive(Clone, Debug, Subcommand)]
pub enum WishCommand {
    /// Prepare the newest version; it runs after the next restart
    Update(Update),
    /// Start the previous version next, and do not offer the running one again
    GoBack,
    /// Choose the version for the next start
    StartNext { version: String },
    /// Keep a version from being cleaned up
    Keep { version: String },
    /// Let a version be cleaned up again
    Unkeep { version: String },
    /// Give a version a name; an empty one takes it away
    Name { version: String, name: String },
    /// Remove a version
    Remove { version: String },
    /// Undo a prepared update
    Drop,
    /// Say that the running version works
    Works,
    /// Let a version be offered again that you went back from
    Unskip { version: String },
    /// Add packages to the system
    AddPackage(PackageNames),
    /// Remove packages that were added to the system
    RemovePackage(PackageNames),
    /// Leave packages out that belong to the system
    ExcludePackage(PackageNames),
    /// Have packages as the system has them again
    ResetPackage(PackageNames),
    /// Follow another branch, image or channel
    Rebase { target: String },
    /// Have every package as the makers of the system have it
    ResetPackages,
    /// Free the space of what nothing needs any more
    Cleanup,
    /// Fetch the newest version and leave it until you update
    Download,
    /// Use what is prepared at once, without a restart
    ApplyNow,
    /// Open the running version for changes that the next start forgets
    Unlock,
    /// Tell the kernel more at the start
    AddArgument(ArgumentWords),
    /// Tell the kernel less at the start
    RemoveArgument(ArgumentWords),
    /// Turn a part on
    EnableExtra { name: String },
    /// Turn a part off
    DisableExtra { name: String },
    /// Save the running system as it is now
    Snapshot {
        /// Helps to find it again
        #[arg(default_value = "")]
        name: String,
    },
    /// Choose what the system does about updates by itself: off, check, stage or apply
    Automatic { policy: String },
}

#[derive(Clone, Debug, Args)]
pub struct ArgumentWords {
    #[arg(value_name = "ARGUMENT", required = true)]
    pub words: Vec<String>,
}

#[derive(Clone, Debug, Args)]
pub struct PackageNames {
    #[arg(value_name = "PACKAGE", required = true)]
    pub names: Vec<String>,
}

#[derive(Clone, Debug, Args)]
pub struct Update {
    /// Take a version that is older than the running one
    #[arg(long)]
    pub allow_older: bool,
    /// Take a version that you went back from
    #[arg(long)]
    pub try_again: bool,
    /// Take out an added package that stands in the way; it stays on the list, to be added again
    #[arg(long, value_name = "PACKAGE")]
    pub without: Vec<String>,
}

#[derive(Clone, Debug, Subcommand)]
pub enum When {
    Now {
        /// Also if programs ask to wait
        #[arg(long)]
        anyway: bool,
        /// Without the firmware and the kernel, where the system can
        #[arg(long)]
        soft: bool,
    },
    /// At three in the morning
    Tonight,
    /// At a local time: HH:MM, or YYYY-MM-DD HH:MM
    At {
        #[arg(num_args = 1..=2, required = true)]
        time: Vec<String>,
    },
    /// Whenever you shut down
    AtShutdown,
    /// Take it back
    Cancel,
}
