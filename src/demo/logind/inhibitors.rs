//! Who holds the machine up: entries of a file, and file descriptors that somebody keeps open.

use crate::Result;
use crate::error::At;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;

/// One inhibitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inhibitor {
    /// Colon-separated: `shutdown`, `sleep`, `idle`, …
    pub what: String,
    pub who: String,
    pub why: String,
    /// `block`, `block-weak` or `delay`.
    pub mode: String,
    #[serde(default)]
    pub uid: u32,
    #[serde(default)]
    pub pid: u32,
}

impl Inhibitor {
    /// A program of the demo user that stops a restart.
    pub fn block(who: &str, why: &str) -> Self {
        let [what, mode] = ["shutdown", "block"].map(str::to_owned);
        Self { what, who: who.to_owned(), why: why.to_owned(), mode, uid: 1000, pid: 1 }
    }

    pub(super) fn stops_restart(&self, weak: bool) -> bool {
        let mode = self.mode == "block" || (weak && self.mode == "block-weak");
        mode && self.what.split(':').any(|w| w == "shutdown")
    }
}

/// The list in a file; a missing file has none.
///
/// # Errors
/// When the file is no such list.
pub fn read(path: &Path) -> Result<Vec<Inhibitor>> {
    match fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e).at(path),
    }
}

/// Replaces the list in a file.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, list: &[Inhibitor]) -> Result<()> {
    let part = path.with_extension("part");
    fs::write(&part, serde_json::to_vec_pretty(list)?).at(&part)?;
    fs::rename(&part, path).at(path)
}

/// All inhibitors of one boot.
#[derive(Debug)]
pub(super) struct Held {
    file: PathBuf,
    open: Mutex<Vec<(u64, Inhibitor)>>,
}

impl Held {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, open: Mutex::new(Vec::new()) }
    }

    pub(super) fn list(&self) -> Result<Vec<Inhibitor>> {
        let mut list = read(&self.file)?;
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        list.extend(open.iter().map(|(_, i)| i.clone()));
        Ok(list)
    }

    /// Keeps an inhibitor until the returned descriptor and its copies are closed.
    pub(super) fn hold(self: &Arc<Self>, inhibitor: Inhibitor) -> io::Result<OwnedFd> {
        let (reader, writer) = io::pipe()?;
        let mut reader = Receiver::from_owned_fd(reader.into())?;
        let id = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let id = open.last().map_or(0, |(id, _)| id + 1);
            open.push((id, inhibitor));
            id
        };
        let held = self.clone();
        tokio::spawn(async move {
            let mut nothing = [0; 16];
            while reader.read(&mut nothing).await.is_ok_and(|count| count > 0) {}
            held.open.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| *known != id);
        });
        Ok(writer.into())
    }
}
