//! The main job by pressing buttons: update, restart, go back, restart; the bad version does not come back.

use super::{Player, libostree, runs};
use crate::Result;
use std::path::Path;

/// Plays it and says each step with what libostree says of it.
///
/// # Errors
/// The first step that did not come true.
pub async fn play(data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    println!("Pictures go to {}", player.folder().display());

    player.open(&[]).await?;
    player.sees("Updates are available").await?;
    player.sees("Version 44.2 · 42 MB").await?;
    player.sees("app updates").await?;
    step(
        &player,
        "1-available",
        "The window offers version 44.2 and updates of apps, and says how large they are",
    )
    .await?;

    player.press("Update").await?;
    player.sees("Daybook wants to do more").await?;
    step(&player, "1-question", "Pressed “Update”: one app wants more than it may do now").await?;
    player.press("Update the Others").await?;
    player.sees("Downloading the update").await?;
    player.sees(" of 42 MB").await?;
    step(
        &player,
        "2-downloading",
        "Pressed “Update the Others”: system and apps are downloaded, byte by byte",
    )
    .await?;

    player.sees("Ready. Restart to finish").await?;
    player.sees("Marquee: ").await?;
    step(
        &player,
        "3-ready",
        "It is prepared beside the running version; one app failed, with its reason, and kept no other back",
    )
    .await?;

    restart(&mut player, "44.2").await?;
    player.sees("Everything working?").await?;
    player.sees("You are using version 44.2 for the first time.").await?;
    step(&player, "4-new-version", "Pressed “Restart”: version 44.2 runs").await?;

    player.press("Go Back").await?;
    player.sees("Ready to go back").await?;
    step(&player, "5-going-back", "Pressed “Go Back”: version 44.1 is the next start").await?;

    restart(&mut player, "44.1").await?;
    player.sees("You went back to 44.1").await?;
    step(&player, "6-went-back", "Pressed “Restart”: version 44.1 runs again").await?;

    player.press("Look for Updates").await?;
    player.sees("Version 44.2 will not be offered again").await?;
    step(&player, "7-not-offered", "Pressed “Look for Updates”: 44.2 is not offered again").await?;

    player.screen.keys(&["alt+4"]).await?;
    player.sees("Went back to 44.1").await?;
    step(&player, "8-history", "The history knows all of it").await?;
    println!("Every step came true.");
    Ok(())
}

/// Presses the button, and opens the window again when the system is up, as a person would.
pub async fn restart(player: &mut Player, version: &str) -> Result<()> {
    player.press("Restart").await?;
    runs(version).await?;
    player.open(&[]).await
}

async fn step(player: &Player, picture: &str, words: &str) -> Result<()> {
    player.picture(picture).await?;
    println!("\n• {words}");
    for line in libostree().await? {
        println!("    libostree: {line}");
    }
    Ok(())
}
