//! What can go wrong while a system is made or run.

use std::path::PathBuf;

/// The result of everything in this module.
pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{program}: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("{program} failed: {output}")]
    Failed { program: String, output: String },
    #[error("waited too long for {what}\n{log}")]
    Late { what: String, log: String },
    #[error("the system ended unasked: {what}\n{log}")]
    Ended { what: String, log: String },
    #[error("the system is not running")]
    NotRunning,
    #[error("the sysroot has no usable boot entry")]
    NoBootEntry,
    #[error("no JSON in the answer ({status}): {output}")]
    NoJson { status: i32, output: String },
    #[error("the test does not run from Cargo's target folder")]
    NoTargetFolder,
    #[error("the Debian tree has no kernel")]
    NoKernel,
    #[error("the channel to the machine: {0}")]
    Channel(std::io::Error),
    #[error(transparent)]
    Demo(#[from] cairn_demo::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Says which file an I/O error belongs to.
pub(super) trait At<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| Error::File { path: path.into(), source })
    }
}
