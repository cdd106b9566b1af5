//! What can go wrong while a world is made or run.

use std::path::PathBuf;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{program}: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("{program} failed: {output}")]
    Failed { program: String, output: String },
    #[error("the demo world must be made as root (see ./dev shell)")]
    NotRoot,
    #[error("there is no version {0}")]
    NoVersion(String),
    #[error("the shop's file {0}")]
    Shop(String),
    #[error("the sysroot has no usable boot entry")]
    NoBootEntry,
    #[error("the world did not come up: {0}")]
    NotUp(String),
    #[error("the world is not running")]
    NotRunning,
    #[error("what was prepared could not be made final: {0}")]
    NotFinalised(String),
    #[error("the supervisor answered: {0}")]
    Refused(String),
    #[error("CAIRN_DEMO_WORK is not set: run this inside `cairn-demo run`")]
    NoSupervisor,
    #[error(transparent)]
    Bus(#[from] zbus::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Says which file an I/O error belongs to.
pub(crate) trait At<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| Error::File { path: path.into(), source })
    }
}
