//! Takes in `data/distros`: a new distribution is one file there and nothing else.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/distros").canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<io::Result<Vec<_>>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let texts: String = files
        .iter()
        .filter(|file| file.path().extension().is_some_and(|e| e == "toml"))
        .map(|file| format!("    include_str!({:?}),\n", file.path()))
        .collect();
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("distros.rs"), format!("&[\n{texts}]"))
}
