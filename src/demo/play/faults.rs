//! What can go wrong, provoked: the window says it clearly and a press goes on from there.

use super::{Player, ask, libostree};
use crate::control::Request;
use crate::{Error, Result};
use std::path::Path;

/// # Errors
/// The first thing that was not said or could not be repaired.
pub async fn play(data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    player.without_apps();
    let before = libostree().await?;

    // What is fetched stays fetched; slow enough that something is left for each fault.
    ask(Request::Rate { bytes: Some(1_500_000) }).await?;
    ask(Request::Unsign { on: true }).await?;
    player.open(&[]).await?;
    player.sees("The update is not signed by its maker").await?;
    ask(Request::Unsign { on: false }).await?;
    ask(Request::Network { up: false }).await?;
    player.press("Try Again").await?;
    player.sees("The update server cannot be reached").await?;
    player.press("Details").await?;
    player.sees("network").await?;
    player.press("Close").await?;
    ask(Request::Network { up: true }).await?;
    player.press("Try Again").await?;
    player.sees("An update is available").await?;

    player.press("Update").await?;
    player.sees("Downloading the update").await?;
    player.sees(" MB of ").await?;
    ask(Request::Network { up: false }).await?;
    player.sees("The update server cannot be reached").await?;
    same(&before).await?;
    ask(Request::Network { up: true }).await?;
    // What failed is tried again, and not only looked for.
    player.press("Try Again").await?;
    player.sees("Downloading the update").await?;
    player.sees(" MB of ").await?;
    player.press("Cancel").await?;
    player.sees("An update is available").await?;
    same(&before).await?;

    ask(Request::Corrupt { on: true }).await?;
    player.press("Update").await?;
    player.sees("The download was damaged").await?;
    same(&before).await?;
    ask(Request::Corrupt { on: false }).await?;
    player.press("Try Again").await?;
    player.sees(" MB of ").await?;
    ask(Request::KillService).await?;
    player.sees("The last change was cut off").await?;
    same(&before).await?;

    player.screen.keys(&["alt+4"]).await?;
    player.sees("Looked for updates").await?;
    player.sees("Cut off, nothing changed").await?;
    player.sees("Stopped, nothing changed").await?;
    player.sees("The download was damaged").await?;
    player.sees("The update server cannot be reached").await?;
    player.picture("history").await?;

    ask(Request::Rate { bytes: None }).await?;
    player.screen.keys(&["alt+1"]).await?;
    player.press("Update").await?;
    player.sees("Ready. Restart to finish").await?;
    ask(Request::Inhibit {
        list: vec![crate::logind::Inhibitor::block("Disc Burner", "A disc is being written")],
    })
    .await?;
    player.press("Restart").await?;
    player.sees("Restart although Disc Burner asks not to?").await?;
    player.press("Cancel").await?;
    player.press("Undo Update").await?;
    player.sees("An update is available").await?;
    same(&before).await
}

/// The disk fills up while the update is fetched. The world must lie on a small disk of its own.
///
/// # Errors
/// When it was not said or could not be repaired.
pub async fn full(data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    player.without_apps();
    let before = libostree().await?;
    player.open(&[]).await?;
    player.press("Update").await?;
    player.sees(" MB of ").await?;
    ask(Request::Fill { leave: Some(1 << 20) }).await?;
    player.sees("Not enough space").await?;
    player.sees("more are needed").await?;
    same(&before).await?;
    ask(Request::Fill { leave: None }).await?;
    ask(Request::Rate { bytes: None }).await?;
    player.press("Try Again").await?;
    player.sees("Ready. Restart to finish").await
}

async fn same(before: &[String]) -> Result<()> {
    let now = libostree().await?;
    if now == before {
        Ok(())
    } else {
        Err(Error::Refused(format!("libostree says {now:?}, not {before:?}")))
    }
}
