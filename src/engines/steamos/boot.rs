//! The slots, as their loader sees them (steamos-efi: README.bootconf, bootconf/bootconf.c). The loader's own rule for
//! what starts next is in `steamos-bootconf`, which is asked.

use super::answer::{BootConfig, boot_config, image};
use super::{Steamos, failure};
use cairn_host::Host;
use cairn_host::tool::Limits;
use cairn_model::Problem;
use std::future;

/// A file for each image.
pub(super) const CONFIGURATION: &str = "/esp/SteamOS/conf";
const TOOL: &str = "steamos-bootconf";

/// The slots.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    /// The image that runs.
    pub(super) this: String,
    pub(super) this_config: BootConfig,
    /// The image that starts next, which may be none of the two.
    pub(super) selected: String,
    /// The other one, where there is one.
    pub(super) other: Option<Other>,
}

#[derive(Clone, Debug)]
pub(super) struct Other {
    pub(super) image: String,
    pub(super) config: BootConfig,
}

/// Whether there are two slots and somebody who can choose one. The program that does writes the configuration, with the
/// limits of this process.
pub(super) fn can_choose(host: &Host) -> bool {
    let slots = ["A", "B"].iter().all(|image| exists(host, image));
    slots && host.tool(TOOL).is_ok() && !host.is_read_only(CONFIGURATION)
}

/// The list of images of `steamos-bootconf` has also been seen to have words of other files, and what it is asked to
/// change it makes; a slot has a root file system.
fn exists(host: &Host, image: &str) -> bool {
    host.exists(&format!("{CONFIGURATION}/{image}.conf"))
        && host.exists(&format!("/dev/disk/by-partsets/{image}/rootfs"))
}

/// `None` where nobody can tell.
pub(super) async fn slots(engine: &Steamos) -> Result<Option<Slots>, Problem> {
    if engine.host.tool(TOOL).is_err() {
        return Ok(None);
    }
    let Some(this) = ask(engine, "this-image").await? else { return Ok(None) };
    let selected = ask(engine, "selected-image").await?.unwrap_or_else(|| this.clone());
    let other = match this.as_str() {
        "A" => Some("B"),
        "B" => Some("A"),
        _ => None,
    };
    let other = match other.filter(|image| exists(&engine.host, image)) {
        Some(image) => Some(Other { image: image.into(), config: config(engine, image)? }),
        None => None,
    };
    let this_config = config(engine, &this)?;
    Ok(Some(Slots { this, this_config, selected, other }))
}

pub(super) fn config(engine: &Steamos, image: &str) -> Result<BootConfig, Problem> {
    let words = engine.host.read(&format!("{CONFIGURATION}/{image}.conf")).map_err(|e| failure::io(&e))?;
    Ok(boot_config(&words.unwrap_or_default()))
}

/// Lets that image start next. `set-mode reboot-other` may choose an image that is none of the two, so the image is
/// always named.
pub(super) async fn select(engine: &Steamos, image: &str) -> Result<(), Problem> {
    let tool = engine.host.tool(TOOL)?;
    let limits = Limits::within(engine.patience);
    // Once it is asked, it is done: stopping it in the middle would save nobody anything.
    tool.run(&["--image", image, "set-mode", "reboot"], limits, future::pending::<()>()).await?;
    match ask(engine, "selected-image").await? {
        Some(selected) if selected == image => Ok(()),
        selected => Err(Problem::EngineFailed {
            detail: format!("{TOOL}: {} starts next, not {image}", selected.unwrap_or_default()),
        }),
    }
}

async fn ask(engine: &Steamos, what: &str) -> Result<Option<String>, Problem> {
    let tool = engine.host.tool(TOOL)?;
    let answer = tool.run(&[what], Limits::within(engine.patience), future::pending::<()>()).await?;
    image(std::str::from_utf8(&answer).map_err(|_| tool.bad("no UTF-8"))?)
}
