//! Sizes and names of files.

use std::fs;
use std::path::{Path, PathBuf};

/// No file is longer; most are much shorter.
const LONGEST: usize = 500;
/// Names that say nothing.
const SAYS_NOTHING: [&str; 4] = ["utils", "helpers", "common", "misc"];

/// Files with that ending, below a folder.
pub fn below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub fn check(root: &Path) -> Vec<String> {
    let mut broken = Vec::new();
    for file in below(&root.join("src"), "rs") {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let path = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        let lines = text.lines().count();
        if lines > LONGEST {
            broken.push(format!("{path} has {lines} lines, more than {LONGEST}"));
        }
        if file.file_stem().is_some_and(|stem| SAYS_NOTHING.iter().any(|word| stem == *word)) {
            broken.push(format!("{path} has a name that says nothing"));
        }
        let needs_doc =
            !path.contains("/tests/") && !path.ends_with("main.rs") && !path.ends_with("build.rs");
        if needs_doc && !text.starts_with("//!") {
            broken.push(format!("{path} does not say what it promises (`//!`)"));
        }
    }
    for folder in fs::read_dir(root.join("src/engines")).into_iter().flatten().flatten() {
        if folder.path().join("mod.rs").exists() && !folder.path().join("README.md").exists() {
            broken.push(format!("src/engines/{} has no README.md", folder.file_name().to_string_lossy()));
        }
    }
    broken
}
