//! The rest of the buttons: every menu entry of a version, undo, the dialogs, the keyboard alone, a narrow window.

use super::{Player, libostree};
use crate::{Error, Result};
use std::path::Path;

/// # Errors
/// The first button that did not do what it says.
pub async fn play(data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    player.without_apps();
    player.open(&[]).await?;
    player.sees("An update is available").await?;
    named(&player).await?;

    player.screen.keys(&["alt+2"]).await?;
    player.sees("Versions of your system").await?;
    named(&player).await?;

    entry(&player, "More for 43.4", "Keep This Version").await?;
    player.sees("Version 43.4 is kept").await?;
    player.press("Undo").await?;
    player.sees("Version 43.4 is no longer kept").await?;

    entry(&player, "More for 43.4", "Name…").await?;
    player.sees("Name version 43.4").await?;
    player.screen.types("Before the trip").await?;
    player.screen.keys(&["Return"]).await?;
    player.sees("Before the trip").await?;

    entry(&player, "More for Before the trip", "What Differs From Now").await?;
    player.sees("From 44.1 to Before the trip").await?;
    player.picture("differs").await?;
    player.screen.keys(&["Escape"]).await?;

    player.press("Start Next").await?;
    player.sees("Version 43.4 starts next").await?;
    if !libostree().await?.first().is_some_and(|l| l.contains("43.4")) {
        return Err(Error::Refused("libostree does not start 43.4 next".into()));
    }
    player.press("Undo").await?;
    player.sees("Version 44.1 starts next").await?;

    entry(&player, "More for Before the trip", "Remove…").await?;
    player.sees("Remove version Before the trip?").await?;
    player.press("Remove").await?;
    player.sees("Version 43.4 was removed").await?;
    if libostree().await?.len() != 1 {
        return Err(Error::Refused("libostree still has two versions".into()));
    }

    player.screen.keys(&["alt+4"]).await?;
    player.sees("Removed 43.4").await?;
    named(&player).await?;
    player.press("Copy a report").await?;

    for (keys, words) in
        [("ctrl+comma", "Look for updates when Cairn opens"), ("ctrl+question", "Keyboard Shortcuts")]
    {
        player.screen.keys(&[keys]).await?;
        player.sees(words).await?;
        named(&player).await?;
        player.screen.keys(&["Escape"]).await?;
    }
    player.menu("Main Menu", 4).await?;
    player.screen.keys(&["Up", "Return"]).await?;
    player.sees("The Cairn developers").await?;
    player.screen.keys(&["Escape"]).await?;

    player.screen.resize(370, 640).await?;
    player.screen.keys(&["alt+1"]).await?;
    player.sees("An update is available").await?;
    player.press("Back").await?;
    player.sees("Versions").await?;
    player.screen.keys(&["ctrl+q"]).await
}

/// Entries of the menu of a version that is neither running nor chosen, in their order. The toolkit gives its menu items no
/// names, so they are counted.
const ENTRIES: [&str; 5] = ["Start Next", "What Differs From Now", "Keep This Version", "Name…", "Remove…"];

/// Chooses an entry of a version's menu with the keyboard.
async fn entry(player: &Player, menu: &str, entry: &str) -> Result<()> {
    player.menu(menu, ENTRIES.len()).await?;
    let at = ENTRIES.iter().position(|name| *name == entry).unwrap_or_default();
    // The first entry has the focus when a menu opens.
    let mut keys = vec!["Down"; at];
    keys.push("Return");
    player.screen.keys(&keys).await
}

/// Whatever can be used has a name for those who do not see it.
async fn named(player: &Player) -> Result<()> {
    let Some(tree) = player.screen.tree("cairn").await? else { return Ok(()) };
    match tree.nameless().first() {
        None => Ok(()),
        Some(node) => Err(Error::Refused(format!("a {} has no name", node.role))),
    }
}
