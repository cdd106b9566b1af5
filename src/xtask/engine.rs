//! A new engine: one folder below `src/engines`, one word in its list.

use crate::{Outcome, demo, steps};
use std::fs;
use std::path::Path;

const CODE: &str = include_str!("template/mod.rs.in");
const README: &str = include_str!("template/README.md.in");
/// Where the word goes.
const LIST: &str = "engines! {\n";

/// Makes the engine of that word.
pub fn new(root: &Path, word: &str) -> Outcome {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !word.starts_with(|c: char| c.is_ascii_lowercase()) || !word.chars().all(legal) || word.ends_with('-')
    {
        return Err("an engine's word is made of small letters, digits and dashes".into());
    }
    let module = word.replace('-', "_");
    let folder = root.join("src/engines").join(&module);
    if folder.exists() {
        return Err(format!("{} exists", folder.display()));
    }
    let table = root.join("src/engines/lib.rs");
    let text = fs::read_to_string(&table).map_err(|e| format!("{}: {e}", table.display()))?;
    let (before, after) = text.split_once(LIST).ok_or("src/engines/lib.rs has no list of engines")?;
    let failed = |e: std::io::Error| e.to_string();
    fs::create_dir(&folder).map_err(failed)?;
    for (name, template) in [("mod.rs", CODE), ("README.md", README)] {
        fs::write(folder.join(name), fill(template, word)).map_err(failed)?;
    }
    let list = listed(after, &module);
    fs::write(&table, format!("{before}{LIST}{list}")).map_err(failed)?;
    steps::run(root, "rustfmt", &["--edition", "2024", &folder.join("mod.rs").display().to_string()])?;
    document(root)
}

/// Writes `docs/engines.md` anew.
pub fn document(root: &Path) -> Outcome {
    let arguments = ["test", "--quiet", "-p", "cairn-engines", "--test", "documents"];
    let status = std::process::Command::new("cargo")
        .args(arguments)
        .env("CAIRN_WRITE", "1")
        .stdout(std::process::Stdio::null())
        .current_dir(root)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo {}: {status}", arguments.join(" "))),
        Err(error) => Err(format!("cargo: {error}")),
    }
}

/// Makes an engine in a scratch copy of the tree, compiles it and runs its tests and those of all engines about detection
/// and documents.
pub fn try_new(root: &Path) -> Outcome {
    let scratch = demo::target(root).join("scratch-tree");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).map_err(|e| e.to_string())?;
    let to = scratch.display().to_string();
    let parts = [
        "Cargo.toml",
        "Cargo.lock",
        "rustfmt.toml",
        "clippy.toml",
        "rust-toolchain.toml",
        "src",
        "data",
        "docs",
    ];
    let mut arguments = vec!["-a", "--"];
    arguments.extend(parts.iter().filter(|part| root.join(part).exists()));
    arguments.push(&to);
    steps::run(root, "cp", &arguments)?;
    new(&scratch, "scratch-engine")?;
    let test =
        ["test", "--quiet", "-p", "cairn-engines", "--lib", "--test", "detection", "--test", "documents"];
    steps::output(&scratch, "cargo", &test)?;
    let said = steps::output(&scratch, "cargo", &["test", "-p", "cairn-engines", "--lib", "scratch_engine"])?;
    if !said.contains("1 passed") {
        return Err(format!("the new engine's own test did not run:\n{said}"));
    }
    fs::remove_dir_all(&scratch).map_err(|e| e.to_string())
}

fn fill(template: &str, word: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|c| c.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    let kind: String = word.split('-').map(capital).collect();
    template.replace("@WORD@", word).replace("@TYPE@", &kind).replace("@NAME@", &capital(word))
}

/// The list with one more word, in the order of the alphabet.
fn listed(list: &str, module: &str) -> String {
    let (words, rest) = list.split_once('}').unwrap_or((list, ""));
    let mut words: Vec<&str> = words.split_whitespace().collect();
    words.push(module);
    words.sort_unstable();
    format!("    {}\n}}{rest}", words.join("\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_finds_its_place() {
        assert_eq!(listed("    abroot\n    ostree\n}\n", "bootc"), "    abroot\n    bootc\n    ostree\n}\n");
        assert_eq!(fill("@WORD@ @TYPE@ @NAME@", "my-os"), "my-os MyOs My-os");
    }
}
