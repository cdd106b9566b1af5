//! Recorded systems: each file of `systems` says what lies on a disk and which engine that is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cairn_engines::detect::{detect, evidence};
use cairn_host::Host;
use cairn_model::Problem;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct System {
    /// Empty where it is no atomic system.
    engine: String,
    /// Files that only have to be there.
    files: Vec<String>,
    #[serde(default)]
    content: BTreeMap<String, String>,
}

fn lay_out(system: &System, root: &Path) {
    let empty = system.files.iter().map(|path| (path, ""));
    for (path, content) in empty.chain(system.content.iter().map(|(path, text)| (path, text.as_str()))) {
        let file = root.join(path.trim_start_matches('/'));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }
}

#[test]
fn every_recorded_system_is_told_apart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/systems");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let system: System = toml::from_str(&std::fs::read_to_string(&path).unwrap()).expect(&name);
        let root = tempfile::tempdir().unwrap();
        lay_out(&system, root.path());
        let host = Host::at(root.path());
        let found = evidence(&host);
        let chosen: Vec<_> = found.iter().filter(|e| e.chosen).map(|e| e.engine.as_str()).collect();
        let expected: Vec<_> = Some(system.engine.as_str()).filter(|e| !e.is_empty()).into_iter().collect();
        assert_eq!(chosen, expected, "{name}: {found:#?}");
        match detect(&host) {
            Ok(engine) => assert_eq!(engine.id(), system.engine, "{name}"),
            Err(Problem::NotAtomic) => assert_eq!(system.engine, "", "{name}"),
            Err(Problem::EngineMissing { family }) => {
                assert!(found[0].chosen && !found[0].built && found[0].name == family, "{name}");
            }
            Err(other) => panic!("{name}: {other}"),
        }
        count += 1;
    }
    assert!(count > 20, "only {count} systems");
}

#[test]
fn every_family_says_what_it_looked_for() {
    let root = tempfile::tempdir().unwrap();
    let found = evidence(&Host::at(root.path()));
    assert!(found.iter().all(|e| e.score == 0 && !e.traces.is_empty() && e.traces.iter().all(|t| !t.found)));
    let mut words: Vec<_> = found.iter().map(|e| e.engine.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), found.len());
}
