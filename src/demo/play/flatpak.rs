//! What flatpak itself says of the world's apps, for comparing it with the window.

use crate::screen::Screen;
use crate::{Error, Result, tool};
use std::process::Command;

/// One installed app or runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `org.a.B`
    pub id: String,
    pub version: String,
    /// The start of the commit.
    pub commit: String,
    /// `user` or `system`
    pub installation: String,
}

/// What `flatpak list` says.
///
/// # Errors
/// When flatpak fails.
pub async fn list() -> Result<Vec<Line>> {
    let said = run(&["list", "--columns=application,version,active,installation"]).await?;
    let line = |line: &str| {
        let mut parts = line.split('\t').map(|p| p.trim().to_owned());
        let mut next = || parts.next().unwrap_or_default();
        Line { id: next(), version: next(), commit: next(), installation: next() }
    };
    Ok(said.lines().map(line).filter(|l| !l.id.is_empty()).collect())
}

/// The installed app of this id, or nothing.
///
/// # Errors
/// When flatpak fails.
pub async fn find(id: &str) -> Result<Option<Line>> {
    Ok(list().await?.into_iter().find(|l| l.id == id))
}

/// What runs right now on the screen: flatpak keeps that in the folder of the session.
///
/// # Errors
/// When flatpak fails.
pub async fn running(screen: &Screen) -> Result<Vec<String>> {
    let mut command = screen.program("flatpak");
    let said = tool::run_async(command.args(["ps", "--columns=application"])).await?;
    Ok(said.lines().map(|l| l.trim().to_owned()).collect())
}

/// What flatpak itself is told not to update.
///
/// # Errors
/// When flatpak fails.
pub async fn masked(installation: &str) -> Result<String> {
    run(&["mask", &format!("--{installation}")]).await
}

/// Holds what the window says against what flatpak says.
///
/// # Errors
/// With both, if they differ.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, wanted: &T) -> Result<()> {
    if found == wanted {
        Ok(())
    } else {
        Err(Error::Refused(format!("{what}: flatpak says {found:?}, not {wanted:?}")))
    }
}

async fn run(arguments: &[&str]) -> Result<String> {
    let arguments: Vec<String> = arguments.iter().map(|&a| a.to_owned()).collect();
    // It blocks, so it is asked from a thread of its own.
    let said = tokio::task::spawn_blocking(move || tool::run(Command::new("flatpak").args(arguments)));
    said.await.map_err(|e| Error::Refused(e.to_string()))?
}
