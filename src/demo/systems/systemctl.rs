//! The program `systemctl`, as far as it turns units on and off: links below /etc (systemctl(1), systemd.unit(5)). It knows
//! nothing by itself, so every played system can have it.

use super::{Call, Reply, Stage};
use std::os::unix::fs::symlink;
use std::{fs, io};

const ADMIN: &str = "/etc/systemd/system";
const SYSTEM: &str = "/usr/lib/systemd/system";
const NOTHING: &str = "/dev/null";

pub fn systemctl(stage: &Stage, call: &Call) -> Reply {
    let done = match call.words().as_slice() {
        ["enable", "--now", "--", unit] => wants(stage, unit, true),
        ["disable", "--now", "--", unit] => wants(stage, unit, false),
        ["mask", "--now", "--", unit] => mask(stage, unit),
        ["unmask", "--", unit] => unmask(stage, unit),
        _ => return Reply::unknown(stage, call),
    };
    done.map_or_else(|error| Reply::failed(1, error.to_string()), |()| Reply::default())
}

/// The links that the unit's `[Install]` section names.
fn wants(stage: &Stage, unit: &str, wanted: bool) -> io::Result<()> {
    if is_masked(stage, unit) && wanted {
        return Err(io::Error::other(format!("Unit {unit} is masked.")));
    }
    let text = stage.read(&format!("{SYSTEM}/{unit}"))?;
    for target in text.lines().filter_map(|line| line.strip_prefix("WantedBy=")) {
        let link = format!("{ADMIN}/{target}.wants/{unit}");
        stage.remove(&link)?;
        if wanted {
            put(stage, &link, &format!("{SYSTEM}/{unit}"))?;
        }
    }
    Ok(())
}

fn mask(stage: &Stage, unit: &str) -> io::Result<()> {
    if is_masked(stage, unit) { Ok(()) } else { put(stage, &format!("{ADMIN}/{unit}"), NOTHING) }
}

fn unmask(stage: &Stage, unit: &str) -> io::Result<()> {
    if is_masked(stage, unit) { stage.remove(&format!("{ADMIN}/{unit}")) } else { Ok(()) }
}

fn is_masked(stage: &Stage, unit: &str) -> bool {
    fs::read_link(stage.path(&format!("{ADMIN}/{unit}"))).is_ok_and(|target| target.as_os_str() == NOTHING)
}

fn put(stage: &Stage, link: &str, target: &str) -> io::Result<()> {
    let link = stage.path(link);
    fs::create_dir_all(link.parent().unwrap_or(stage.root()))?;
    symlink(target, link)
}
