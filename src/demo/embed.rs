//! Puts the files of the shop into the program, so that a new app is a new pair of files and nothing else.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let variable = |name: &str| env::var_os(name).ok_or_else(|| io::Error::other(format!("no {name}")));
    let shop = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("build/apps/shop");
    println!("cargo::rerun-if-changed={}", shop.display());
    let mut files: Vec<_> = fs::read_dir(&shop)?.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let mut text = String::from("&[\n");
    for path in &files {
        let drawing = path.with_extension("svg");
        let line = writeln!(text, "    (include_str!({path:?}), include_str!({drawing:?})),");
        line.map_err(io::Error::other)?;
    }
    text.push_str("]\n");
    fs::write(Path::new(&variable("OUT_DIR")?).join("shop.rs"), text)
}
