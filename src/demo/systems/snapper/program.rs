//! `snapper`, which sets the default subvolume by itself.

use super::disk::{Disk, STATE};
use crate::systems::{Call, Reply, Stage};

/// Plays the calls that change the next start.
pub(crate) fn play(stage: &Stage, call: &Call) -> Reply {
    match call.words().as_slice() {
        ["--config", "root", "modify", "--default", number] => change(stage, number, |disk, number| {
            disk.find(number)?;
            disk.default = Some(number);
            Some(())
        }),
        ["--config", "root", "--ambit", ambit @ ("auto" | "classic"), "rollback", number] => {
            change(stage, number, |disk, number| {
                let writable = disk.default.and_then(|n| disk.find(n)).is_none_or(|s| s.writable);
                disk.roll_back(number, *ambit == "classic" || writable)
            })
        }
        ["--config", "root", "cleanup", algorithm @ ("number" | "timeline" | "empty-pre-post")] => {
            match stage.change(STATE, |disk: &mut Disk| disk.clean_up(algorithm)) {
                Ok(()) => Reply::default(),
                Err(error) => Reply::failed(1, error.to_string()),
            }
        }
        _ => Reply::unknown(stage, call),
    }
}

fn change(stage: &Stage, number: &str, change: impl FnOnce(&mut Disk, u32) -> Option<()>) -> Reply {
    let Ok(number) = number.parse() else { return Reply::failed(1, "Invalid snapshot.") };
    match stage.change(STATE, |disk: &mut Disk| change(disk, number)) {
        Ok(Some(())) => Reply::default(),
        Ok(None) => Reply::failed(1, format!("Snapshot '{number}' not found.")),
        Err(error) => Reply::failed(1, error.to_string()),
    }
}
