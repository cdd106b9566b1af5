//! `nix-store`: builds what was evaluated, and collects garbage.

use super::store::{self, STATE, Store};
use crate::systems::{Call, Mood, Reply, Stage};
use serde_json::json;
use std::io::{self, Write};
use std::time::Duration;

pub(super) fn play(stage: &Stage, call: &Call) -> Reply {
    let words = super::own_words(call);
    let answer = match words.as_slice() {
        ["--realise", "--log-format", "internal-json", "--add-root", root, "--", drv] => {
            realise(stage, root, drv)
        }
        ["--gc", "--print-dead"] => {
            stage.state(STATE).map(|store: Store| Reply::answer(lines(&store.dead(stage))))
        }
        ["--gc"] => collect(stage),
        ["--delete", "--", paths @ ..] => delete(stage, paths),
        _ => return Reply::unknown(stage, call),
    };
    answer.unwrap_or_else(|error| Reply::failed(1, format!("error: {error}")))
}

fn lines(paths: &[String]) -> String {
    paths.iter().map(|path| format!("{path}\n")).collect()
}

fn realise(stage: &Stage, root: &str, drv: &str) -> io::Result<Reply> {
    let store: Store = stage.state(STATE)?;
    let Some(recipe) = store.derivations.get(drv) else {
        return Ok(Reply::failed(1, format!("error: path '{drv}' does not exist")));
    };
    let wanted: Vec<u64> = recipe
        .closure()
        .iter()
        .filter(|(path, _)| !store.paths.contains_key(path))
        .map(|(_, size)| *size)
        .collect();
    tell(stage, &wanted)?;
    let system = stage.change(STATE, |store: &mut Store| store::build(stage, store, recipe))??;
    store::link(stage, &on_stage(stage, root), &system)?;
    Ok(Reply::answer(format!("{root}\n")))
}

/// The path of the system that a place on the real machine is.
pub(super) fn on_stage(stage: &Stage, place: &str) -> String {
    let root = stage.root().to_string_lossy();
    place.strip_prefix(&*root).unwrap_or(place).to_owned()
}

/// Downloads, each in four parts, and at last one build, as Nix tells of them.
fn tell(stage: &Stage, sizes: &[u64]) -> io::Result<()> {
    let (paths, bytes) = (sizes.len(), sizes.iter().sum::<u64>() / 4);
    say(&json!({"action": "start", "id": 1, "level": 0, "parent": 0, "text": "", "type": 102}))?;
    say(&json!({"action": "start", "id": 2, "level": 0, "parent": 0, "text": "", "type": 104}))?;
    say(&json!({"action": "start", "id": 3, "level": 0, "parent": 0, "text": "", "type": 103}))?;
    say(&json!({"action": "result", "id": 1, "type": 106, "fields": [101, bytes]}))?;
    for (at, size) in sizes.iter().enumerate() {
        let id = 10 + at;
        say(&json!({"action": "start", "id": id, "level": 4, "parent": 3, "text": "", "type": 101}))?;
        for part in 1..=4 {
            // Compressed it is a fourth.
            let done = size / 16 * part;
            say(&json!({"action": "result", "id": id, "type": 105, "fields": [done, size / 4, 0, 0]}))?;
            pause(stage);
        }
        say(&json!({"action": "stop", "id": id}))?;
        say(&json!({"action": "result", "id": 3, "type": 105, "fields": [at + 1, paths, 0, 0]}))?;
    }
    say(&json!({"action": "result", "id": 2, "type": 105, "fields": [0, 1, 1, 0]}))?;
    pause(stage);
    say(&json!({"action": "result", "id": 2, "type": 105, "fields": [1, 1, 0, 0]}))
}

fn say(event: &serde_json::Value) -> io::Result<()> {
    writeln!(io::stderr(), "@nix {event}")
}

fn pause(stage: &Stage) {
    if let Mood::Slow { millis } = stage.mood("nix-store") {
        std::thread::sleep(Duration::from_millis(millis));
    }
}

fn collect(stage: &Stage) -> io::Result<Reply> {
    stage.change(STATE, |store: &mut Store| {
        for path in store.dead(stage) {
            store.delete(stage, &path);
        }
    })?;
    Ok(Reply::default())
}

fn delete(stage: &Stage, paths: &[&str]) -> io::Result<Reply> {
    stage.change(STATE, |store: &mut Store| {
        let dead = store.dead(stage);
        if let Some(alive) = paths.iter().find(|path| !dead.iter().any(|d| d == *path)) {
            return Reply::failed(1, format!("error: Cannot delete path '{alive}' since it is still alive."));
        }
        for path in paths {
            store.delete(stage, path);
        }
        Reply::default()
    })
}
