//! Run a program of the host to its end.

use crate::{Error, Result};
use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

/// Runs it and returns what it wrote to its standard output; what it wrote to the other stream goes into the error.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let program = name(command.get_program());
    let output = command.stdin(Stdio::null()).output().map_err(|source| Error::Start { program, source })?;
    answer(&name(command.get_program()), &output)
}

/// The same, while other tasks go on.
pub(crate) async fn run_async(command: &mut tokio::process::Command) -> Result<String> {
    let program = name(command.as_std().get_program());
    let output = command.stdin(Stdio::null()).output().await;
    answer(&program, &output.map_err(|source| Error::Start { program: program.clone(), source })?)
}

fn answer(program: &str, output: &Output) -> Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Failed { program: program.to_owned(), output: format!("{words} ({})", output.status) })
}

fn name(program: &OsStr) -> String {
    program.to_string_lossy().into_owned()
}

/// Runs a program with these words.
pub(crate) fn call(program: &str, words: &[&str]) -> Result<String> {
    run(Command::new(program).args(words))
}

/// An `ostree` command whose deployments stay deletable.
pub(crate) fn ostree<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new("ostree");
    command.args(arguments).env("OSTREE_SYSROOT_DEBUG", "mutable-deployments").env("LC_ALL", "C.UTF-8");
    command
}
