//! What the boot loader's file of a version tells the kernel.

use super::change::{self, Options, Outcome, is, words};
use super::state::{Deployment, State, Trouble, flag, text};
use serde_json::{Map, json};

/// Where a version's line stands among what is known of it.
pub const KEY: &str = "options";
pub const OPTIONS: [&str; 4] =
    ["append-if-missing", "delete-if-present", "lock-finalization", "initiating-command-line"];
const FIRST: &str = "rd.luks.uuid=luks-4f1b root=UUID=8b0d3d52-6a3c rootflags=subvol=root rw rhgb quiet";

fn line(deployment: &Deployment) -> &str {
    match text(deployment, KEY) {
        "" => FIRST,
        line => line,
    }
}

/// `GetDeploymentBootConfig`. What is staged has no place to start in yet.
pub fn told(deployment: &Deployment) -> Deployment {
    let mut told = Map::new();
    let staged = flag(deployment, "staged");
    told.insert("staged".into(), staged.into());
    if staged {
        told.insert(KEY.into(), line(deployment).into());
        return told;
    }
    let own = format!("{} ostree=/ostree/boot.1/fedora/{}/0", line(deployment), text(deployment, "checksum"));
    let version = text(deployment, "version");
    for (key, value) in [
        (KEY, json!(own)),
        ("title", json!(format!("Fedora Linux {version}"))),
        ("linux", json!("/ostree/fedora-1/vmlinuz")),
        ("initrd", json!("/ostree/fedora-1/initramfs.img")),
        ("version", json!("2")),
    ] {
        told.insert(key.into(), value);
    }
    told
}

/// `KernelArgs`.
pub fn change(state: &mut State, existing: &str, options: &Options) -> Outcome {
    let first = state.deployments.first().ok_or("No deployments found")?;
    let mut new = first.clone();
    let mut all: Vec<String> = existing.split(' ').map(ToOwned::to_owned).collect();
    let before = all.clone();
    for argument in words(options, "append-if-missing") {
        if !all.contains(&argument) {
            all.push(argument);
        }
    }
    let gone = if state.trouble == Trouble::Partly { Vec::new() } else { words(options, "delete-if-present") };
    for argument in gone {
        if let Some(at) = all.iter().position(|known| *known == argument) {
            all.remove(at);
        }
    }
    if all == before {
        return Ok(());
    }
    all.retain(|argument| !argument.starts_with("ostree="));
    new.insert(KEY.into(), all.join(" ").into());
    change::stage(state, new, is(options, "lock-finalization"));
    Ok(())
}
