//! `nix-env`: numbers of profiles.

use super::instantiate;
use super::realise::on_stage;
use super::store::{self, STATE, Store};
use crate::systems::{Call, Reply, Stage};
use serde_json::json;
use std::io;

pub(super) fn play(stage: &Stage, call: &Call) -> Reply {
    let words = super::own_words(call);
    let ["--profile", place, rest @ ..] = words.as_slice() else { return Reply::unknown(stage, call) };
    let profile = on_stage(stage, place);
    let answer = match rest {
        ["--set", path] => set(stage, &profile, path),
        ["--switch-generation", number] => switch(stage, &profile, number),
        ["--delete-generations", number] => delete(stage, &profile, number),
        ["--query", "--json", "--out-path"] => query(stage, &profile),
        ["--file", _, "--install", "--from-expression", expression] => install(stage, &profile, expression),
        _ => return Reply::unknown(stage, call),
    };
    answer.unwrap_or_else(|error| Reply::failed(1, format!("error: {error}")))
}

/// The same path as that of the newest number gets no number of its own (nix: src/libstore/profiles.cc).
pub(super) fn set(stage: &Stage, profile: &str, path: &str) -> io::Result<Reply> {
    let generations = store::generations(stage, profile);
    let number = match generations.last() {
        Some((number, last)) if last == path => *number,
        Some((number, _)) => number + 1,
        None => 1,
    };
    choose(stage, profile, number, Some(path))
}

fn choose(stage: &Stage, profile: &str, number: u64, path: Option<&str>) -> io::Result<Reply> {
    let name = profile.rsplit('/').next().unwrap_or_default();
    if let Some(path) = path {
        store::link(stage, &format!("{profile}-{number}-link"), path)?;
    }
    store::link(stage, profile, &format!("{name}-{number}-link"))?;
    Ok(Reply::default())
}

fn switch(stage: &Stage, profile: &str, number: &str) -> io::Result<Reply> {
    match store::generations(stage, profile).iter().find(|(n, _)| n.to_string() == number) {
        Some((number, _)) => choose(stage, profile, *number, None),
        None => Ok(Reply::failed(1, format!("error: profile version {number} does not exist"))),
    }
}

fn delete(stage: &Stage, profile: &str, number: &str) -> io::Result<Reply> {
    let link = format!("{profile}-{number}-link");
    if store::target(stage, profile).is_some_and(|current| link.ends_with(&current)) {
        return Ok(Reply::failed(1, "error: cannot delete current version of profile"));
    }
    stage.remove(&link)?;
    Ok(Reply::default())
}

/// The channel that root has.
fn query(stage: &Stage, profile: &str) -> io::Result<Reply> {
    let current = store::target(stage, profile).unwrap_or_default();
    let folder = profile.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Some(environment) = store::target(stage, &format!("{folder}/{current}")) else {
        return Ok(Reply::answer("{}"));
    };
    let Some(channel) = store::target(stage, &format!("{environment}/nixos")) else {
        return Ok(Reply::answer("{}"));
    };
    let out = channel.trim_end_matches("/nixos");
    let said = json!({ "0": {
        "name": out.rsplit_once('-').map_or("", |(name, _)| name), "outputName": "out", "outputs": { "out": out },
        "pname": "nixos", "system": "builtin", "version": "26.05",
    }});
    Ok(Reply::answer(said.to_string()))
}

/// `f: f { name = "…"; channelName = "nixos"; src = builtins.storePath "…"; }`
fn install(stage: &Stage, profile: &str, expression: &str) -> io::Result<Reply> {
    let texts: Vec<&str> = expression.split('"').skip(1).step_by(2).collect();
    let [name, "nixos", source] = texts.as_slice() else {
        return Ok(Reply::failed(1, format!("error: no channel: {expression}")));
    };
    let channel = instantiate::channel(stage, name, source)?;
    environment(stage, profile, &channel)
}

/// An environment with a channel in it, and the profile that says it.
pub(super) fn environment(stage: &Stage, profile: &str, channel: &str) -> io::Result<Reply> {
    let path = store::path(&format!("{channel} environment"), "user-environment");
    store::link(stage, &format!("{path}/nixos"), &format!("{channel}/nixos"))?;
    stage.change(STATE, |store: &mut Store| {
        let entry = store::Entry { size: 800, references: vec![channel.to_owned()] };
        store.paths.insert(path.clone(), entry);
    })?;
    set(stage, profile, &path)
}
