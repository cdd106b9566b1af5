//! What is asked of `akshara`. As the real one, it ends with 0 whatever happens, since it catches its own exit.

use super::disk::{self, DONE, INSTALLED, NEW_LIB, NEXT};
use super::state::State;
use super::NAME;
use crate::systems::{Call, Mood, Reply, Stage};
use rustix::fs::{FlockOperation, fcntl_lock};
use std::time::Duration;
use std::{fs, io};

const LOCK: &str = "/var/lib/.akshara-system-lock";
const NEW: &str = "/.new_rootfs";

pub(super) fn play(stage: &Stage, call: &Call) -> Reply {
    match call.words().as_slice() {
        ["update"] => update(stage).unwrap_or_else(|e| Reply::answer(format!("[ERROR] {e}\n"))),
        _ => Reply::unknown(stage, call),
    }
}

fn update(stage: &Stage) -> io::Result<Reply> {
    stage.write(LOCK, "")?;
    let lock = fs::OpenOptions::new().write(true).open(stage.path(LOCK))?;
    fcntl_lock(&lock, FlockOperation::LockExclusive)?;
    let words = match build(stage) {
        Ok(()) => "[INFO] you may reboot now\n".to_owned(),
        Err(error) => {
            disk::remove(&stage.path(NEW))?;
            disk::remove(&stage.path(NEXT))?;
            stage.remove(DONE)?;
            format!("[ERROR] {error}\n[ERROR] aborting\n")
        }
    };
    drop(lock);
    Ok(Reply::answer(words))
}

fn build(stage: &Stage) -> io::Result<()> {
    let state: State = stage.state(NAME)?;
    if stage.path(NEXT).exists() {
        return Err(io::Error::other("update already downloaded, you must reboot first"));
    }
    disk::remove(&stage.path(NEW))?;
    disk::remove(&stage.path(NEW_LIB))?;
    let (track, own) = read(&stage.read("/system.yaml")?);
    pause(stage);
    if state.offline {
        return Err(io::Error::other("failed download"));
    }
    let base = state.tracks.get(&track).ok_or_else(|| io::Error::other(format!("no track {track}")))?;
    for name in base.iter().chain(&own) {
        let version = state.repositories.get(name);
        let version = version.ok_or_else(|| io::Error::other(format!("target not found: {name}")))?;
        disk::install(stage, NEW, name, version)?;
    }
    pause(stage);
    let kept = stage.path("/var/lib/cairn");
    if kept.exists() {
        disk::copy(&kept, &stage.path(&format!("{NEW_LIB}/cairn")))?;
    }
    disk::copy(&stage.path(&format!("{NEW}{INSTALLED}")), &stage.path(&format!("{NEW_LIB}/pacman/local")))?;
    fs::rename(stage.path(NEW), stage.path(NEXT))?;
    if state.dies {
        std::process::abort();
    }
    pause(stage);
    stage.write(DONE, "")
}

/// Track and packages, as far as the demo's own file goes: a list with a line for each.
fn read(text: &str) -> (String, Vec<String>) {
    let value = |text: &str| text.split('#').next().unwrap_or_default().trim().trim_matches('\'').to_owned();
    let (mut key, mut track, mut packages) = (String::new(), String::new(), Vec::new());
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        if let Some(item) = line.trim_start().strip_prefix("- ") {
            if key == "packages" {
                packages.push(value(item));
            }
        } else if let Some((name, rest)) = line.split_once(':') {
            name.trim().clone_into(&mut key);
            if key == "track" {
                track = value(rest);
            }
        }
    }
    (track, packages)
}

fn pause(stage: &Stage) {
    if let Mood::Slow { millis } = stage.mood(NAME) {
        std::thread::sleep(Duration::from_millis(millis));
    }
}
