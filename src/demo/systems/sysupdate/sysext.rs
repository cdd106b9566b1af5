//! `systemd-sysext`: the extensions below /var, all of which are laid over the system once it runs.

use crate::systems::{Call, Reply, Stage};
use serde_json::{Value, json};

pub const NAME: &str = "systemd-sysext";
const FOLDER: &str = "/var/lib/extensions";

pub fn play(stage: &Stage, call: &Call) -> Reply {
    let root = format!("--root={}", stage.root().display());
    let words = call.words();
    let words: Vec<&str> = words.into_iter().filter(|word| *word != root).collect();
    let names = names(stage);
    let answer = match words.as_slice() {
        ["--json=short", "list"] => names.iter().map(|name| row(name)).collect(),
        ["--json=short", "status"] => {
            let extensions = if names.is_empty() { json!("none") } else { json!(names) };
            json!([
                { "hierarchy": "/opt", "extensions": "none", "since": null },
                { "hierarchy": "/usr", "extensions": extensions, "since": 1_795_000_000_000_000_u64 },
            ])
        }
        _ => return Reply::unknown(stage, call),
    };
    Reply::answer(answer.to_string())
}

fn row(name: &str) -> Value {
    json!({ "name": name, "type": "raw", "path": format!("{FOLDER}/{name}.raw"), "time": 1_795_000_000_000_000_u64 })
}

fn names(stage: &Stage) -> Vec<String> {
    let files = std::fs::read_dir(stage.path(FOLDER)).into_iter().flatten().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".raw")?.to_owned())).collect();
    names.sort();
    names
}
