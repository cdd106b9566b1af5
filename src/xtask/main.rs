//! Checks and generators: whatever would be a long shell script elsewhere. `cargo xtask help` lists them.

mod check;
mod demo;
mod engine;
mod generate;
mod steps;
mod test;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What went wrong, for whoever ran it.
pub type Outcome = Result<(), String>;

const HELP: &str = "cargo xtask COMMAND
  check            layers, file sizes, names on bus and in policies, translations, paths in documents
  test [NAME…]     every test, or those steps; --list lists them
  demo …           the demo world (see ./dev demo)
  shots [FOLDER]   every page and state as pictures
  bench [NAME…]    the benchmarks
  generate FOLDER  manual page and completions of cairnctl
  words            write po/POTFILES.in and po/cairn.pot anew
  schema           write docs/cairnctl-json.md anew
  engines          write docs/engines.md anew
  new-engine WORD  a folder below src/engines that compiles and passes";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let done = match (command, rest) {
        ("check", _) => check::all(&root()),
        ("test", names) => test::run(&root(), names),
        ("demo", rest) => demo::run(&root(), rest),
        ("shots", rest) => demo::shots(&root(), rest.first().map_or("shots", String::as_str)),
        ("bench", names) => demo::bench(&root(), names),
        ("generate", [folder]) => generate::cli(Path::new(folder)),
        ("words", _) => words::write(&root()),
        ("schema", _) => generate::schema(&root()),
        ("engines", _) => engine::document(&root()),
        ("new-engine", [word]) => engine::new(&root(), word),
        _ => {
            println!("{HELP}");
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("xtask {command}: {words}");
            ExitCode::FAILURE
        }
    }
}

/// The top of the source tree.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}
