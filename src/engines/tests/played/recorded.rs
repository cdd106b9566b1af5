//! Recorded states and answers: each file of `recorded/ENGINE` says what a machine has, and what the engine must make of it.

use super::Played;
use crate::conformance;
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_host::Host;
use cairn_model::{Problem, SystemStatus};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is awkward about it, and where that comes from.
    #[allow(dead_code)]
    why: String,
    /// The played system that it begins with.
    system: String,
    /// Program → what it answers, whatever it is asked.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Stand-in → what it knows instead.
    #[serde(default)]
    states: BTreeMap<String, toml::Value>,
    /// Files that are there, too.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Links that are there, too, or say something else.
    #[serde(default)]
    links: BTreeMap<String, String>,
    /// Files that are not there.
    #[serde(default)]
    missing: Vec<String>,
    expect: Expect,
}

/// Versions, by what they call themselves; what is left out is not looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// The code of the problem that reading the status ends with.
    problem: Option<String>,
    /// All of them, in boot order.
    versions: Option<Vec<String>>,
    running: Option<String>,
    next: Option<String>,
    /// Empty for none; the same below.
    staged: Option<String>,
    previous: Option<String>,
    kept: Option<Vec<String>>,
    /// Version → its defect.
    #[serde(default)]
    defects: BTreeMap<String, String>,
    /// The kinds of the notices and of what is held back.
    notices: Option<Vec<String>>,
    held_back: Option<Vec<String>>,
}

/// Holds the engine to every case; fails if there are fewer than twelve.
pub async fn all(engine: &str, make: fn(&Host) -> Arc<dyn Engine>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(engine);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 12, "only {} recorded cases of {engine}", files.len());
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = toml::from_str(&std::fs::read_to_string(&file).unwrap()).expect(&name);
        let played = Played::new(&case.system).await;
        set_up(&played, &case);
        let engine = make(&played.host());
        match engine.status().await {
            Ok(status) => {
                conformance::invariants(&*engine, &status);
                compare(&name, &case.expect, &status);
            }
            Err(problem) => {
                assert_eq!(Some(problem.code()), case.expect.problem.as_deref(), "{name}: {problem:?}")
            }
        }
        played.nothing_unknown();
    }
}

fn set_up(played: &Played, case: &Case) {
    for (program, answer) in &case.answers {
        played.mood(program, Mood::Saying { answer: answer.clone() });
    }
    for (name, state) in &case.states {
        let state = serde_json::to_value(state).unwrap();
        played.stage.change(name, |old: &mut serde_json::Value| *old = state).unwrap();
    }
    for (path, text) in &case.files {
        played.stage.write(path, text).unwrap();
    }
    for (path, target) in &case.links {
        played.host().link(path, target).unwrap();
    }
    for path in &case.missing {
        played.stage.remove(path).unwrap();
    }
}

fn compare(name: &str, expect: &Expect, status: &SystemStatus) {
    assert_eq!(expect.problem, None, "{name}: there is no problem: {status:#?}");
    let version = |d: Option<&cairn_model::Deployment>| d.map(|d| d.version.clone()).unwrap_or_default();
    let same = |what: &str, wanted: &Option<String>, found: Option<&cairn_model::Deployment>| {
        if let Some(wanted) = wanted {
            assert_eq!(*wanted, version(found), "{name}: {what}: {status:#?}");
        }
    };
    same("running", &expect.running, status.running());
    same("next", &expect.next, status.next());
    same("staged", &expect.staged, status.staged());
    same("previous", &expect.previous, status.previous());
    let versions = |keep: fn(&cairn_model::Deployment) -> bool| -> Vec<String> {
        status.deployments.iter().filter(|d| keep(d)).map(|d| d.version.clone()).collect()
    };
    let lists = [
        ("versions", &expect.versions, versions(|_| true)),
        ("kept", &expect.kept, versions(|d| d.kept)),
        ("notices", &expect.notices, status.notices.iter().map(kind).collect()),
        ("held back", &expect.held_back, status.held_back.iter().map(kind).collect()),
    ];
    for (what, wanted, found) in lists {
        if let Some(wanted) = wanted {
            assert_eq!(*wanted, found, "{name}: {what}: {status:#?}");
        }
    }
    for (version, defect) in &expect.defects {
        let found = status.deployments.iter().find(|d| d.version == *version).and_then(|d| d.defect);
        assert_eq!(
            found.map(|d| word(&d)).as_deref(),
            Some(defect.as_str()),
            "{name}: {version}: {status:#?}"
        );
    }
}

fn kind<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap()["kind"].as_str().unwrap_or_default().to_owned()
}

fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or_default().to_owned()
}

/// What programs can do wrong, and the codes that may come of it.
pub const MISCHIEF: [(&str, &[&str]); 5] = [
    ("failing", &["tool-failed", "engine-failed"]),
    ("truncated", &["bad-answer"]),
    ("killed", &["tool-failed"]),
    ("huge", &["bad-answer"]),
    ("garbled", &["bad-answer"]),
];

/// Lets `program` do everything wrong that a program can while the status is read, which must say so in a typed
/// problem and work again afterwards. `engine` must have little patience, or a stuck program takes long.
pub async fn mischief(played: &Played, engine: &dyn Engine, program: &str) {
    for (word, codes) in MISCHIEF {
        let mood = match word {
            "failing" => Mood::Failing { status: 1, error: String::new(), words: "error: no".into() },
            "truncated" => Mood::Truncated,
            "killed" => Mood::Killed,
            "huge" => Mood::Huge,
            _ => Mood::Garbled,
        };
        played.mood(program, mood);
        let code = engine.status().await.map_err(|p| p.code()).expect_err(word);
        assert!(codes.contains(&code), "{program} {word}: {code}");
    }
    played.mood(program, Mood::Stuck);
    let hung = engine.status().await;
    assert!(matches!(hung, Err(Problem::ToolHung { .. })), "{program} stuck: {hung:?}");
    played.mood(program, Mood::Well);
    conformance::status(engine).await;
}

/// What services can do wrong, and the codes that may come of it.
const SERVICE_MISCHIEF: [(Mood, &[&str]); 4] = [
    (Mood::Truncated, &["bad-answer"]),
    (Mood::Huge, &["bad-answer"]),
    (Mood::Killed, &["tool-hung", "tool-failed"]),
    (Mood::Stuck, &["tool-hung"]),
];

/// Lets `service` do everything wrong that a service can while the status is read, which must say so in a typed problem
/// and work again right afterwards. `engine` must have little patience, or a stuck service takes long.
pub async fn service_mischief(played: &Played, engine: &dyn Engine, service: &str) {
    for (mood, codes) in SERVICE_MISCHIEF {
        played.mood(service, mood.clone());
        let problem = engine.status().await.expect_err(&format!("{service} {mood:?}"));
        assert!(codes.contains(&problem.code()), "{service} {mood:?}: {problem:?}");
        well_again(played, engine, service).await;
    }
    // Nothing may be wrong with what has the right form; what is shown is clean all the same.
    played.mood(service, Mood::Garbled);
    let shown = match engine.status().await {
        Ok(status) => {
            conformance::invariants(engine, &status);
            serde_json::to_string(&status).unwrap()
        }
        Err(problem) => {
            assert!(["bad-answer", "engine-failed", "not-atomic"].contains(&problem.code()), "{problem:?}");
            serde_json::to_string(&problem).unwrap()
        }
    };
    // As JSON writes the control character.
    assert!(!shown.contains("\\u001b") && !shown.contains('\u{202e}'), "{service}: {shown}");
    well_again(played, engine, service).await;
    played.nothing_unknown();
}

async fn well_again(played: &Played, engine: &dyn Engine, service: &str) {
    played.mood(service, Mood::Well);
    played.services_are_back().await;
    conformance::status(engine).await;
}
