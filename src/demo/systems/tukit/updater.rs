//! `transactional-update`.

use super::content::{self, Content, STATE, Zypp};
use crate::systems::snapper::disk::{Disk, STATE as SNAPSHOTS, Snapshot};
use crate::systems::{Call, Mood, Reply, Stage};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

/// transactional-update: lib/Snapshot/Snapper.cpp
const UNFINISHED: &str = "transactional-update-in-progress";

pub(super) fn play(stage: &Stage, call: &Call) -> Reply {
    let words = call.words();
    let done = match words.as_slice() {
        ["rollback", number] => roll_back(stage, number),
        ["--non-interactive", "--continue", rest @ ..] => change(stage, call, rest, true),
        ["--non-interactive", rest @ ..] => change(stage, call, rest, false),
        _ => return Reply::unknown(stage, call),
    };
    done.unwrap_or_else(|error| Reply::failed(1, error.to_string()))
}

fn change(stage: &Stage, call: &Call, what: &[&str], next: bool) -> io::Result<Reply> {
    let (number, base) = content::base(stage, next)?;
    let zypp: Zypp = stage.state(STATE)?;
    let made = match what {
        ["dup"] if !zypp.in_the_way(&base).is_empty() => return Ok(failed(4)),
        ["dup"] => Some(zypp.updated(&base)),
        ["pkg", "install", names @ ..] if names.iter().any(|name| zypp.unfit.iter().any(|unfit| unfit == name)) => {
            return Ok(failed(4));
        }
        ["pkg", "install", names @ ..] => with(&zypp, &base, names),
        ["pkg", "remove", names @ ..] => without(&base, names),
        _ => return Ok(Reply::unknown(stage, call)),
    };
    match made {
        None => Ok(failed(104)),
        Some(same) if same == base => Ok(Reply::answer("zypper: nothing to update\n")),
        Some(made) => {
            make(stage, &call.name, number, made).map(|()| Reply::answer("transactional-update finished\n"))
        }
    }
}

fn failed(status: u8) -> Reply {
    Reply::failed(1, format!("ERROR: zypper failed with exit code {status}!\n"))
}

/// A name with `!` before it is taken out.
fn with(zypp: &Zypp, base: &Content, names: &[&str]) -> Option<Content> {
    let mut made = base.clone();
    for name in names {
        match name.strip_prefix('!') {
            Some(name) => made.packages.remove(name).map(drop)?,
            None => {
                let version = zypp.repository.packages.get(*name)?;
                made.packages.insert((*name).to_owned(), version.clone());
            }
        }
    }
    Some(made)
}

fn without(base: &Content, names: &[&str]) -> Option<Content> {
    let mut made = base.clone();
    names.iter().all(|name| made.packages.remove(*name).is_some()).then_some(made)
}

/// The snapshot is there at once and becomes the default at the end.
fn make(stage: &Stage, name: &str, base: u32, made: Content) -> io::Result<()> {
    let number = stage.change(SNAPSHOTS, |disk: &mut Disk| {
        disk.make(Snapshot {
            description: format!("Snapshot Update of #{base}"),
            cleanup: "number".into(),
            userdata: BTreeMap::from([(UNFINISHED.into(), "yes".into())]),
            ..Snapshot::default()
        })
    })?;
    content::write(stage, number, &made)?;
    if let Mood::Slow { millis } = stage.mood(name) {
        std::thread::sleep(Duration::from_millis(millis));
    }
    stage.change(STATE, |zypp: &mut Zypp| zypp.contents.insert(number, made))?;
    stage.change(SNAPSHOTS, |disk: &mut Disk| {
        if let Some(snapshot) = disk.find(number) {
            snapshot.userdata.remove(UNFINISHED);
        }
        disk.default = Some(number);
    })?;
    stage.write("/run/reboot-needed", "reboot")
}

fn roll_back(stage: &Stage, number: &str) -> io::Result<Reply> {
    let Ok(number) = number.parse() else { return Ok(Reply::failed(1, "ERROR: Rollback failed!\n")) };
    let (done, running) = stage
        .change(SNAPSHOTS, |disk: &mut Disk| (disk.roll_back(number, false), disk.active == Some(number)))?;
    match done {
        None => Ok(Reply::failed(1, "ERROR: Rollback failed!\n")),
        Some(()) if running => stage.remove("/run/reboot-needed").map(|()| Reply::default()),
        Some(()) => stage.write("/run/reboot-needed", "reboot").map(|()| Reply::default()),
    }
}
