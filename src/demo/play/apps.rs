//! Apps by pressing buttons: find one, install it, open it, update all, go back a version, hold it, remove it. Each step is
//! held against what flatpak and the disk say.

use super::flatpak::{self, same};
use super::{Player, ask};
use crate::control::{AppsRequest, Request};
use crate::{Error, Result};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An app for editing photos that is in the remote, in three releases, and not installed.
const LUMEN: &str = "org.cairn.apps.Lumen";
/// Installed for everybody, with data of the person; an update waits.
const FOLIO: &str = "org.cairn.apps.Folio";
/// Its update lacks a part on the server.
const MARQUEE: &str = "org.cairn.apps.Marquee";
/// Its update wants more than it may do now.
const DAYBOOK: &str = "org.cairn.apps.Daybook";
/// Installed for the person alone, with no update.
const ABACUS: &str = "org.cairn.apps.Abacus";
const PATIENCE: Duration = Duration::from_secs(30);

/// # Errors
/// The first step that did not come true.
pub async fn play(data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    player.open(&[]).await?;
    player.sees("Updates are available").await?;
    player.sees("app updates").await?;
    find(&player).await?;
    install(&player).await?;
    open(&player).await?;
    update_all(&player).await?;
    go_back(&player).await?;
    hold(&player).await?;
    remove(&player).await
}

async fn find(player: &Player) -> Result<()> {
    player.screen.keys(&["alt+3"]).await?;
    player.sees("Worth a look").await?;
    player.picture("explore").await?;
    player.screen.keys(&["ctrl+f"]).await?;
    player.screen.types("photo edit").await?;
    player.sees("Crop, retouch and edit photos").await?;
    player.picture("search").await?;
    player.row("Crop, retouch and edit photos").await?;
    player.sees("Download ").await?;
    player.sees("Works offline").await?;
    player.picture("app").await
}

async fn install(player: &Player) -> Result<()> {
    same("before", &flatpak::find(LUMEN).await?, &None)?;
    rate(Some(900_000)).await?;
    player.press("Install").await?;
    player.sees("Installing Lumen").await?;
    player.sees(" MB of ").await?;
    player.picture("installing").await?;
    rate(None).await?;
    until("Lumen is installed", || async { Ok(flatpak::find(LUMEN).await?.is_some()) }).await?;
    let found = flatpak::find(LUMEN).await?.ok_or_else(|| Error::Refused("Lumen is not there".into()))?;
    same("Lumen", &found.version, &"3.1".to_owned())?;
    let deployed = installation(&found.installation).join("app").join(LUMEN).join("current/active/metadata");
    same("Lumen on disk", &deployed.exists(), &true)
}

async fn open(player: &Player) -> Result<()> {
    player.press("Open").await?;
    let runs = || async { Ok(flatpak::running(&player.screen).await?.iter().any(|id| id == LUMEN)) };
    until("Lumen runs", runs).await
}

async fn update_all(player: &Player) -> Result<()> {
    let before = flatpak::list().await?;
    player.screen.keys(&["alt+1"]).await?;
    player.press("Update").await?;
    player.sees("Daybook wants to do more").await?;
    player.sees("Uses the network").await?;
    player.picture("wants-more").await?;
    player.press("Update the Others").await?;
    player.sees("Marquee: ").await?;
    player.picture("one-failed").await?;
    // Only what failed is tried again: the card is about it alone, and nothing is asked about Daybook.
    player.press("Try Again").await?;
    player.sees("Marquee could not be updated").await?;
    for old in &before {
        let now = flatpak::find(&old.id).await?;
        let changed = now.as_ref().map(|l| &l.commit) != Some(&old.commit);
        match old.id.as_str() {
            MARQUEE | DAYBOOK => same(&old.id, &changed, &false)?,
            FOLIO => same(&old.id, &changed, &true)?,
            _ => {}
        }
    }
    player.press("Dismiss").await
}

/// What is offered without any connection, what is not, and what a press says that goes wrong on the way.
///
/// # Errors
/// The first thing that was not said or could not be done.
pub async fn faults(data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    network(false).await?;
    player.open(&[]).await?;
    player.sees("No connection").await?;
    player.screen.keys(&["alt+3"]).await?;
    player.sees("Worth a look").await?;
    player.picture("offline").await?;
    player.screen.keys(&["ctrl+f"]).await?;
    player.screen.types("photo edit").await?;
    player.sees("Crop, retouch and edit photos").await?;
    player.row("Crop, retouch and edit photos").await?;
    player.sees("Size not known").await?;
    player.press("Install").await?;
    player.sees("cannot be reached").await?;
    player.picture("offline-install").await?;
    offline_removal(&player).await?;
    network(true).await?;
    interrupted(&player).await
}

/// What is installed can be opened and removed.
async fn offline_removal(player: &Player) -> Result<()> {
    player.screen.keys(&["alt+3"]).await?;
    player.press("Installed").await?;
    player.sees("apps, ").await?;
    player.row("Abacus").await?;
    player.sees("Calculate as you would on paper").await?;
    player.press("Open").await?;
    let runs = || async { Ok(flatpak::running(&player.screen).await?.iter().any(|id| id == ABACUS)) };
    until("Abacus runs", runs).await?;
    chosen(player, 2).await?;
    player.sees("Remove Abacus?").await?;
    player.press("Remove, Keep My Data").await?;
    until("Abacus is removed", || async { Ok(flatpak::find(ABACUS).await?.is_none()) }).await
}

/// Stopped, cut off from the source, with a wrong signature: nothing half is there, and the next try works.
async fn interrupted(player: &Player) -> Result<()> {
    player.screen.keys(&["alt+3", "ctrl+f"]).await?;
    player.screen.types("photo edit").await?;
    player.sees("Crop, retouch and edit photos").await?;
    player.row("Crop, retouch and edit photos").await?;
    player.sees("Download ").await?;
    rate(Some(400_000)).await?;
    player.press("Install").await?;
    player.sees(" MB of ").await?;
    player.press("Stop").await?;
    player.press("Install").await?;
    same("after a stop", &flatpak::find(LUMEN).await?, &None)?;
    player.sees(" MB of ").await?;
    network(false).await?;
    player.sees("Lumen could not be installed").await?;
    player.picture("cut-off").await?;
    same("cut off", &flatpak::find(LUMEN).await?, &None)?;
    network(true).await?;
    rate(None).await?;
    player.press("Try Again").await?;
    until("Lumen is installed at last", || async { Ok(flatpak::find(LUMEN).await?.is_some()) }).await
}

async fn network(up: bool) -> Result<()> {
    ask(Request::Apps { ask: AppsRequest::Network { up } }).await.map(|_| ())
}

async fn rate(bytes: Option<u64>) -> Result<()> {
    ask(Request::Apps { ask: AppsRequest::Rate { bytes } }).await.map(|_| ())
}

async fn go_back(player: &Player) -> Result<()> {
    player.screen.keys(&["alt+3"]).await?;
    player.press("Installed").await?;
    player.sees("apps, ").await?;
    player.row("Folio").await?;
    player.sees("Write letters").await?;
    chosen(player, 0).await?;
    player.sees("the one you have").await?;
    player.picture("app-versions").await?;
    let now = flatpak::find(FOLIO).await?.map(|l| l.version).unwrap_or_default();
    player.press("Go Back").await?;
    player.sees("Folio").await?;
    let older = || async {
        let version = flatpak::find(FOLIO).await?.map(|l| l.version).unwrap_or_default();
        Ok(!version.is_empty() && version != now)
    };
    until("Folio is older", older).await?;
    player.picture("went-back").await
}

/// After going back it is held already; the person releases it, and holds it again.
async fn hold(player: &Player) -> Result<()> {
    chosen(player, 1).await?;
    until("Folio is released", || async { Ok(!flatpak::masked("system").await?.contains(FOLIO)) }).await?;
    chosen(player, 1).await?;
    until("Folio is held", || async { Ok(flatpak::masked("system").await?.contains(FOLIO)) }).await?;
    player.picture("held").await
}

async fn remove(player: &Player) -> Result<()> {
    let data = home().join(".var/app").join(FOLIO);
    same("the data of Folio", &data.exists(), &true)?;
    chosen(player, 2).await?;
    player.sees("Remove Folio?").await?;
    player.picture("remove").await?;
    let tree = player.screen.tree("cairn").await?;
    let name = tree.and_then(|t| t.nodes.into_iter().find(|n| n.name.starts_with("Remove with My Data")));
    let name = name.map(|n| n.name).ok_or_else(|| Error::Refused("data is not offered to go".into()))?;
    player.press(&name).await?;
    until("Folio is removed", || async { Ok(flatpak::find(FOLIO).await?.is_none()) }).await?;
    until("the data of Folio is gone", || async { Ok(!data.exists()) }).await?;
    player.sees("Install").await?;
    let trash = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).unwrap_or_default().join("Trash/files");
    same("the data in the trash", &trash.join(FOLIO).exists(), &true)?;
    player.picture("removed").await
}

/// Chooses from the menu of an installed app: its versions, whether it is updated, remove.
async fn chosen(player: &Player, at: usize) -> Result<()> {
    player.menu("More", 3).await?;
    // The first entry has the focus when a menu opens.
    let mut keys = vec!["Down"; at];
    keys.push("Return");
    player.screen.keys(&keys).await
}

/// Waits until something outside the window has come true.
async fn until<F: Future<Output = Result<bool>>>(what: &str, true_now: impl Fn() -> F) -> Result<()> {
    let start = Instant::now();
    while !true_now().await? {
        if start.elapsed() > PATIENCE {
            return Err(Error::Refused(format!("it did not come true: {what}")));
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    Ok(())
}

fn installation(name: &str) -> PathBuf {
    let variable = if name == "user" { "FLATPAK_USER_DIR" } else { "FLATPAK_SYSTEM_DIR" };
    std::env::var_os(variable).map(PathBuf::from).unwrap_or_default()
}

fn home() -> PathBuf {
    std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default()
}
