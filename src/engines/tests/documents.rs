//! `docs/engines.md` says what the engines can do, and is written by this test: `cargo xtask engines`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cairn_engines::detect::built;
use cairn_model::Ability;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Set where the page is to be written instead of compared.
const WRITE: &str = "CAIRN_WRITE";

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn page() -> String {
    let mut text = String::from(
        "# What the engines can do\n\n\
         One column for each engine of `src/engines`, one row for each ability of `src/model/ability.rs`. A dot stands for the\n\
         most that an engine can do; a machine may lack what some of it takes, and then Cairn does not offer it. Written by\n\
         `cargo xtask engines`.\n\n| |",
    );
    let mut engines: Vec<_> = built().collect();
    engines.sort_by_key(|(word, ..)| *word);
    for (word, ..) in &engines {
        write!(text, " {word} |").unwrap();
    }
    text.push_str("\n|---|");
    text.push_str(&":-:|".repeat(engines.len()));
    for ability in Ability::ALL {
        write!(text, "\n| {} |", ability.as_str()).unwrap();
        for (.., abilities) in &engines {
            text.push_str(if abilities.contains(&ability) { " ● |" } else { " |" });
        }
    }
    text.push_str("\n\n## Each of them\n");
    for (word, name, _) in &engines {
        let folder = word.replace('-', "_");
        write!(text, "\n- {name}: `src/engines/{folder}/README.md`").unwrap();
    }
    text.push('\n');
    text
}

#[test]
fn the_page_of_engines_is_true() {
    let path = top().join("docs/engines.md");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page(), "docs/engines.md is old: cargo xtask engines");
}

#[test]
fn every_engine_explains_itself() {
    const HEADINGS: [&str; 5] = [
        "## Detection",
        "## Abilities",
        "## What it talks to",
        "## Where facts come from",
        "## What it cannot do",
    ];
    for (word, ..) in built() {
        let path = top().join("src/engines").join(word.replace('-', "_")).join("README.md");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
        for heading in HEADINGS {
            assert!(text.contains(heading), "{}: {heading} is missing", path.display());
        }
    }
}
