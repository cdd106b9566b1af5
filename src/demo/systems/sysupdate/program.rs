//! The program, as it is called where its service is not there.

use super::PROGRAM;
use super::disk::{self, STATE};
use super::state::State;
use crate::systems::{Call, Mood, Reply, Stage};
use serde_json::json;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Parts of an update.
const PARTS: u32 = 10;

pub fn play(stage: &Stage, call: &Call) -> Reply {
    let words = call.words();
    let Some(split) = words.iter().position(|word| *word == "--") else { return Reply::unknown(stage, call) };
    let (options, words) = words.split_at(split);
    let root = format!("--root={}", stage.root().display());
    let known = ["--json=short", "--offline", root.as_str()];
    if !options.contains(&known[0]) || !options.iter().all(|option| known.contains(option)) {
        return Reply::unknown(stage, call);
    }
    let offline = options.contains(&"--offline");
    let state: State = stage.state(STATE).unwrap_or_default();
    match words.get(1..).unwrap_or_default() {
        ["list"] => Reply::answer(
            json!({
                "current": state.current().map(|image| &image.version),
                "all": state.all(offline),
                "appstreamUrls": [],
            })
            .to_string(),
        ),
        ["list", version] => match state.describe(version, offline) {
            Some(told) => Reply::answer(told),
            None => Reply::failed(1, format!("Update '{version}' not found.")),
        },
        ["features"] => {
            Reply::answer(json!({ "features": state.features.keys().collect::<Vec<_>>() }).to_string())
        }
        ["features", name] => match state.describe_feature(name) {
            Some(told) => Reply::answer(told),
            None => Reply::failed(1, format!("Optional feature not found: {name}")),
        },
        // Older versions say "no" by their status, too.
        ["check-new"] => {
            let found = state.candidate().map(|image| &image.version);
            Reply { status: i32::from(found.is_none()), ..Reply::answer(json!({ "available": found }).to_string()) }
        }
        ["update", version] => update(stage, &state, version),
        ["vacuum"] => changed(stage, |state| state.vacuum(state.most)),
        _ => Reply::unknown(stage, call),
    }
}

fn update(stage: &Stage, state: &State, version: &str) -> Reply {
    let Some(image) = state.find(version) else {
        return Reply::failed(1, format!("Update '{version}' not found."));
    };
    if image.installed {
        return Reply::default();
    }
    // Before anything is fetched, as upstream does.
    let room = changed(stage, State::make_room);
    if room.status != 0 {
        return room;
    }
    for part in 1..=PARTS {
        notify(&format!("X_SYSUPDATE_PROGRESS={}\nSTATUS=Updating to '{version}'.", part * 100 / PARTS));
        if let Mood::Slow { millis } = stage.mood(PROGRAM) {
            std::thread::sleep(Duration::from_millis(millis));
        }
    }
    let done = changed(stage, |state| {
        state.acquire(version);
        state.install(version);
        0
    });
    if done.status == 0 { room } else { done }
}

fn changed(stage: &Stage, change: impl FnOnce(&mut State) -> u32) -> Reply {
    let changed = stage.change(STATE, |state: &mut State| (change(state), state.clone()));
    match changed.and_then(|(removed, state)| disk::sync(stage, &state).map(|()| removed)) {
        Ok(removed) => Reply::answer(json!({ "removed": removed, "disabledTransfers": 0 }).to_string()),
        Err(error) => Reply::failed(1, error.to_string()),
    }
}

/// sd_notify(3), for an address in the abstract namespace. Nobody may listen.
fn notify(words: &str) {
    let address = std::env::var("NOTIFY_SOCKET").ok();
    let name = address.as_deref().and_then(|address| address.strip_prefix('@'));
    let target = name.and_then(|name| SocketAddr::from_abstract_name(name).ok());
    if let (Some(target), Ok(socket)) = (target, UnixDatagram::unbound()) {
        let _ = socket.send_to_addr(words.as_bytes(), &target);
    }
}
