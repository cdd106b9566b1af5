//! A played system by pressing buttons, whichever family it is: what it can do is done, what it cannot do is not offered.

use super::shots::{LOOKS, Look};
use super::{Player, abilities, ask};
use crate::control::Request;
use crate::systems::Stage;
use crate::{Error, Result, tool};
use serde_json::Value;
use std::path::Path;

const UPDATES: &str = "alt+1";
pub(super) const VERSIONS: &str = "alt+2";
const APPS: &str = "alt+3";
const PACKAGES: &str = "alt+4";

/// Goes the whole way once: look for updates, update, restart, packages, go back.
///
/// # Errors
/// The first thing that did not come true.
pub async fn play(data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    player.without_apps();
    player.open(&[]).await?;
    let before = said("running")?;
    if before.is_empty() {
        return without_versions(&mut player).await;
    }
    player.screen.keys(&[VERSIONS]).await?;
    player.sees(&before).await?;
    player.screen.keys(&[UPDATES]).await?;
    if can("check")? && can("stage")? {
        update(&mut player).await?;
        let after = said("running")?;
        if after == before {
            return Err(Error::Refused(format!("{before} runs after the update as well")));
        }
    }
    if can("packages")? {
        packages(&mut player).await?;
    }
    abilities::play(&mut player).await?;
    if can("rollback")? && !said("previous")?.is_empty() {
        go_back(&mut player).await?;
    }
    nothing_unknown().await?;
    println!("Every step came true.");
    Ok(())
}

/// No stand-in was asked for what it does not know.
async fn nothing_unknown() -> Result<()> {
    let world = ask(Request::Status).await?;
    let calls = Stage::at(format!("/proc/{}/root", world.pid)).unknown_calls();
    if calls.is_empty() { Ok(()) } else { Err(Error::Refused(format!("nobody knows {}", calls.join(", ")))) }
}

/// What a computer that keeps no versions sees: that it keeps none, and its apps.
async fn without_versions(player: &mut Player) -> Result<()> {
    for page in [UPDATES, VERSIONS] {
        player.screen.keys(&[page]).await?;
        player.sees("This system does not keep versions").await?;
    }
    player.screen.keys(&[APPS]).await?;
    player.sees("Add Flathub").await?;
    println!("Every step came true.");
    Ok(())
}

async fn update(player: &mut Player) -> Result<()> {
    player.sees("An update is available").await?;
    let asked = cairnctl(&["plan", "update"])?["plan"]["warnings"].to_string().contains("no-way-back");
    player.press("Update").await?;
    if asked {
        player.sees("there is no going back").await?;
        player.press("Continue").await?;
    }
    player.sees("Ready. Restart to finish").await?;
    restart(player).await?;
    player.sees("Everything working?").await?;
    player.press("Yes, Keep It").await?;
    player.sees("is known to work").await
}

async fn packages(player: &mut Player) -> Result<()> {
    player.screen.keys(&[PACKAGES]).await?;
    player.sees("Add a Package").await?;
    let Some(name) = first_added()? else { return Ok(()) };
    player.press(&format!("Remove {name}")).await?;
    player.sees(&format!("Remove {name}?")).await?;
    player.press("Remove").await?;
    player.sees(&format!("{name} is removed at the next start")).await?;
    player.sees("What is prepared waits for the restart").await?;
    restart(player).await?;
    if first_added()?.as_ref() == Some(&name) {
        return Err(Error::Refused(format!("{name} was removed and is still there")));
    }
    Ok(())
}

async fn go_back(player: &mut Player) -> Result<()> {
    let from = id("running")?;
    player.screen.keys(&[VERSIONS]).await?;
    player.sees(&said("previous")?).await?;
    cairnctl(&["go-back"])?;
    player.screen.keys(&[UPDATES]).await?;
    player.sees("next time").await?;
    restart(player).await?;
    if id("running")? == from {
        return Err(Error::Refused(format!("{from} still runs")));
    }
    Ok(())
}

async fn restart(player: &mut Player) -> Result<()> {
    player.close().await;
    ask(Request::Restart).await?;
    player.open(&[]).await
}

/// The pages of a system in every look, before an update and after it was prepared.
///
/// # Errors
/// The first page that did not come.
pub async fn pictures(name: &str, data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    player.without_apps();
    let mut running = said("running")?;
    if running.is_empty() {
        "does not keep versions".clone_into(&mut running);
    }
    for look in &LOOKS {
        page(&mut player, look, name, "updates", UPDATES, &running).await?;
        page(&mut player, look, name, "versions", VERSIONS, &running).await?;
        if can("package-list")? {
            let seen = if can("packages")? { "Add a Package" } else { "What stands there is changed there." };
            page(&mut player, look, name, "packages", PACKAGES, seen).await?;
        }
        abilities::pictures(&mut player, look, name).await?;
    }
    println!("pictured: {name}");
    Ok(())
}

async fn page(
    player: &mut Player,
    look: &Look,
    name: &str,
    page: &str,
    keys: &str,
    words: &str,
) -> Result<()> {
    player.open(look.environment).await?;
    player.screen.resize(look.size.0, look.size.1).await?;
    if page == "updates" {
        let there = match (said("running")?.is_empty(), can("check")?) {
            (true, _) => "does not keep versions",
            (false, true) => "An update is available",
            (false, false) => "You are using",
        };
        player.sees(there).await?;
    } else {
        player.screen.keys(&[keys]).await?;
        player.sees(words).await?;
    }
    player.picture(&format!("system-{name}-{page}-{}", look.name)).await
}

pub(super) fn can(ability: &str) -> Result<bool> {
    let status = status()?;
    Ok(status["abilities"].as_array().is_some_and(|all| all.iter().any(|a| a == ability)))
}

/// The version that is running, next or previous; empty for none.
fn said(which: &str) -> Result<String> {
    Ok(status()?[which]["version"].as_str().unwrap_or_default().to_owned())
}

/// The same by its id: versions with other packages may have one number.
fn id(which: &str) -> Result<String> {
    Ok(status()?[which]["id"].as_str().unwrap_or_default().to_owned())
}

fn first_added() -> Result<Option<String>> {
    let packages = cairnctl(&["packages"])?;
    let added = packages["packages"].as_array().and_then(|all| {
        let there = |p: &&Value| p["role"] == "added" && p["state"] != "going";
        all.iter().find(there).and_then(|p| p["name"].as_str())
    });
    Ok(added.map(ToOwned::to_owned))
}

fn status() -> Result<Value> {
    Ok(cairnctl(&["status"])?["status"].clone())
}

/// The last thing that it says, in JSON.
pub(super) fn cairnctl(words: &[&str]) -> Result<Value> {
    let all: Vec<&str> = std::iter::once("--json").chain(words.iter().copied()).collect();
    let said = tool::call("cairnctl", &all)?;
    Ok(serde_json::from_str(said.lines().last().unwrap_or_default())?)
}
