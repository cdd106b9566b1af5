//! Which crate may use which, and who may know a library. The arrows are those of ARCHITECTURE.md.

use std::fs;
use std::path::Path;

/// Crate → what it may use of ours.
const ARROWS: [(&str, &[&str]); 16] = [
    ("model", &[]),
    ("host", &["model"]),
    ("jobs", &["model"]),
    ("engines", &["host", "jobs", "model"]),
    ("api", &["model"]),
    ("daemon", &["api", "engines", "jobs", "host", "model"]),
    ("client", &["api", "model"]),
    ("apps", &["jobs", "model"]),
    ("catalog", &["model"]),
    ("words", &["model"]),
    ("gui", &["client", "apps", "catalog", "words", "jobs", "model"]),
    ("cli", &["client", "apps", "catalog", "words", "jobs", "model"]),
    ("demo", &["catalog", "model"]),
    ("fuzz", &["apps", "catalog", "engines", "host", "model"]),
    ("testkit", &["api", "apps", "catalog", "client", "demo", "model"]),
    ("xtask", &["cli", "model"]),
];

/// Library → who may use it.
const LIBRARIES: [(&str, &[&str]); 9] = [
    ("zbus", &["api", "client", "daemon", "demo", "engines", "fuzz", "testkit"]),
    ("zbus_polkit", &["daemon"]),
    ("ostree", &["engines", "apps"]),
    ("rusqlite", &["jobs", "apps"]),
    ("libflatpak", &["apps"]),
    ("quick-xml", &["catalog", "engines"]),
    ("memmap2", &["catalog"]),
    ("gettext-rs", &["words", "gui", "cli"]),
    ("relm4", &["gui"]),
];

/// Words that only the named crates may have in their sources, tests aside.
const DOORS: [(&str, &[&str]); 3] = [
    ("process::Command", &["host", "demo", "testkit", "xtask"]),
    ("GetConnectionUnixProcessID", &[]),
    ("set_markup", &[]),
];

pub fn check(root: &Path) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, allowed) in ARROWS {
        let manifest = fs::read_to_string(root.join(format!("src/{name}/Cargo.toml"))).unwrap_or_default();
        // Tests may look further than the program itself.
        let product = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        for dependency in dependencies(product) {
            if let Some(ours) = dependency.strip_prefix("cairn-")
                && !allowed.contains(&ours)
            {
                broken.push(format!("{name} must not use {ours}"));
            }
            let owners = LIBRARIES.iter().find(|(library, _)| *library == dependency).map(|(_, o)| *o);
            if owners.is_some_and(|owners| !owners.contains(&name)) {
                broken.push(format!("{name} must not know {dependency}"));
            }
        }
        broken.extend(doors(root, name));
    }
    let known: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    for entry in fs::read_dir(root.join("src")).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !known.contains(&name.as_str()) {
            broken.push(format!("src/{name} stands in no row of the arrows"));
        }
    }
    broken
}

fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let list = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let list = list.split("\n[").next().unwrap_or_default();
    list.lines().filter_map(|line| line.split(['.', ' ', '=']).next().filter(|n| !n.is_empty()))
}

fn doors(root: &Path, name: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for file in super::files::below(&root.join("src").join(name), "rs") {
        let path = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        if path.contains("/tests/") || path.contains("/benches/") || path.ends_with("check/layers.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap_or_default();
        for (word, owners) in DOORS {
            if text.contains(word) && !owners.contains(&name) {
                broken.push(format!("{path} must not use {word}"));
            }
        }
    }
    broken
}
