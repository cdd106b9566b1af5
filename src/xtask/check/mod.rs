//! House rules that a program can prove.

mod bus;
mod documents;
pub mod files;
mod layers;

use crate::{Outcome, generate, words};
use std::fs;
use std::path::Path;

/// All of them; every broken rule is said, not only the first.
pub fn all(root: &Path) -> Outcome {
    let mut broken = Vec::new();
    broken.extend(layers::check(root));
    broken.extend(files::check(root));
    broken.extend(bus::check(root));
    broken.extend(documents::check(root));
    broken.extend(generated(root));
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("{} broken rules\n  {}", broken.len(), broken.join("\n  ")))
    }
}

/// What is generated and checked in must be what would be generated now.
fn generated(root: &Path) -> Vec<String> {
    let mut broken = Vec::new();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    match words::files(root) {
        Ok(list) if list == read("po/POTFILES.in") => {}
        Ok(_) => broken.push("po/POTFILES.in is out of date: cargo xtask words".into()),
        Err(words) => broken.push(words),
    }
    if generate::document() != read("docs/cairnctl-json.md") {
        broken.push("docs/cairnctl-json.md is out of date: cargo xtask schema".into());
    }
    broken
}
