//! What some systems can do beyond versions, by pressing buttons: what the kernel is told, parts beside the image, what the
//! system does by itself.

use super::Player;
use super::shots::Look;
use super::system::{VERSIONS, cairnctl, can};
use crate::{Error, Result};
use serde_json::Value;

/// Tall enough that every row of the page of versions is seen.
const TALL: (u32, u32) = (980, 980);

/// Each of them where the system has it.
///
/// # Errors
/// The first thing that did not come true.
pub async fn play(player: &mut Player) -> Result<()> {
    player.screen.resize(TALL.0, TALL.1).await?;
    if can("extras")? {
        extras(player).await?;
    }
    if can("snapshot")? {
        saved(player).await?;
    }
    if can("automatic")? {
        player.screen.keys(&["ctrl+comma"]).await?;
        player.sees("What the system does by itself").await?;
        player.screen.keys(&["Escape"]).await?;
    }
    if can("kernel-arguments")? {
        arguments(player).await?;
    }
    Ok(())
}

/// The dialogs of what the system has.
///
/// # Errors
/// The first that did not come.
pub(super) async fn pictures(player: &mut Player, look: &Look, name: &str) -> Result<()> {
    let dialogs = [
        ("extras", "extras", "Parts of the system"),
        ("kernel-arguments", "arguments", "What the kernel is told"),
    ];
    for (ability, file, row) in dialogs {
        if !can(ability)? {
            continue;
        }
        player.open(look.environment).await?;
        player.screen.resize(look.size.0, TALL.1).await?;
        player.screen.keys(&[VERSIONS]).await?;
        player.sees(row).await?;
        player.row(row).await?;
        player.sees(if file == "extras" { "Parts of the System" } else { "Add an argument" }).await?;
        player.picture(&format!("system-{name}-{file}-{}", look.name)).await?;
    }
    if can("automatic")? {
        player.open(look.environment).await?;
        player.screen.resize(look.size.0, look.size.1).await?;
        player.screen.keys(&["ctrl+comma"]).await?;
        player.sees("What the system does by itself").await?;
        player.picture(&format!("system-{name}-automatic-{}", look.name)).await?;
    }
    Ok(())
}

async fn saved(player: &Player) -> Result<()> {
    let count =
        || -> Result<usize> { Ok(cairnctl(&["versions"])?["versions"].as_array().map_or(0, Vec::len)) };
    let before = count()?;
    player.screen.keys(&[VERSIONS]).await?;
    player.press("Save…").await?;
    player.sees("Save the system as it is now?").await?;
    player.screen.types("Before the trip").await?;
    player.press("Save").await?;
    player.sees("The system was saved as it is now").await?;
    player.sees("Before the trip").await?;
    if count()? != before + 1 {
        return Err(Error::Refused("nothing was saved".into()));
    }
    Ok(())
}

async fn extras(player: &Player) -> Result<()> {
    let Some(before) = changeable()? else { return Ok(()) };
    let name = before["name"].as_str().unwrap_or_default();
    player.screen.keys(&[VERSIONS]).await?;
    player.sees("Parts of the system").await?;
    player.row("Parts of the system").await?;
    player.sees(name).await?;
    let turn = if before["enabled"] == true { "disable-extra" } else { "enable-extra" };
    let plan = cairnctl(&["plan", turn, name])?;
    player.row(name).await?;
    // What it costs is shown first.
    if plan["plan"]["warnings"].as_array().is_some_and(|all| !all.is_empty()) {
        player.sees("there is no going back").await?;
        player.press("Change").await?;
    }
    player.sees("was changed").await?;
    if changeable()?.is_none_or(|now| now["enabled"] == before["enabled"]) {
        return Err(Error::Refused(format!("{name} is as it was")));
    }
    Ok(())
}

fn changeable() -> Result<Option<Value>> {
    let answer = cairnctl(&["extras"])?;
    let all = answer["extras"].as_array().cloned().unwrap_or_default();
    Ok(all.into_iter().find(|extra| extra["changeable"] == true))
}

/// One that the start depends on is refused where it is typed; another one is prepared.
async fn arguments(player: &Player) -> Result<()> {
    player.screen.keys(&[VERSIONS]).await?;
    player.sees("What the kernel is told").await?;
    player.row("What the kernel is told").await?;
    player.sees("Add an argument").await?;
    player.row("Add an argument").await?;
    player.screen.types("init=/bin/sh").await?;
    player.screen.keys(&["Return"]).await?;
    player.sees("cannot start without care").await?;
    player.screen.keys(&["ctrl+a"]).await?;
    player.screen.types("cairn.shown=1").await?;
    player.screen.keys(&["Return"]).await?;
    player.sees("Change what the kernel is told?").await?;
    player.press("Change").await?;
    player.sees("The kernel is told so from the next start on").await?;
    let told = cairnctl(&["arguments"])?;
    let there = |a: &Value| a["text"] == "cairn.shown=1" && a["state"] == "next";
    match told["arguments"].as_array().is_some_and(|all| all.iter().any(there)) {
        true => Ok(()),
        false => Err(Error::Refused(format!("the argument is not there: {told}"))),
    }
}
