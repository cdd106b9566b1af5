//! The only door to the machine: engines and daemon start no process and open no file past it.
//!
//! - [`clock`]: the time, real or set by a test
//! - [`files`], [`links`], [`mod@write`]: files and links below a root
//! - [`mounts`]: what is mounted read-only
//! - [`lock`]: whether somebody holds a file's lock
//! - [`random`]: random bytes
//! - [`space`]: room on a file system
//! - [`watch`]: told when a directory changes
//! - [`command`]: run a program of the system, without a shell
//! - [`tool`]: run a program of the system that answers engines, and read its JSON
//! - [`compare`]: what two directories differ in

pub mod clock;
pub mod command;
pub mod compare;
pub mod files;
pub mod links;
pub mod lock;
pub mod mounts;
pub mod random;
pub mod space;
pub mod tool;
pub mod watch;
pub mod write;

use std::path::PathBuf;
use std::sync::Arc;

/// The machine that is looked at: `/`, or a directory in a test.
#[derive(Clone, Debug)]
pub struct Host {
    pub root: PathBuf,
    pub clock: Arc<dyn clock::Clock>,
    /// The address of its system bus, where that is another than the real one's.
    pub bus: Option<String>,
}

impl Host {
    /// This very machine.
    pub fn real() -> Self {
        Self { root: PathBuf::from("/"), clock: Arc::new(clock::SystemClock), bus: None }
    }

    /// The system below `root`.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), ..Self::real() }
    }

    /// The same, with that system bus.
    pub fn with_bus(self, address: impl Into<String>) -> Self {
        Self { bus: Some(address.into()), ..self }
    }

    /// Where an absolute path of that system lies.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }
}
