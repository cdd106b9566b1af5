//! The records of packages.

use super::disk::{ADD, AGREEMENT, REMOVE, setting};
use super::state::State;
use crate::systems::{Reply, Stage};
use std::io;

pub(super) fn read(stage: &Stage, file: &str) -> Vec<String> {
    let text = stage.read(file).unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

fn write(stage: &Stage, file: &str, names: &[String]) -> io::Result<()> {
    stage.write(file, &names.iter().map(|name| format!("{name}\n")).collect::<String>())
}

/// What a root that is built now has.
pub(super) fn summary(stage: &Stage) -> String {
    let line = |sign: char| move |name: String| format!("{sign} {name}\n");
    read(stage, ADD).into_iter().map(line('+')).chain(read(stage, REMOVE).into_iter().map(line('-'))).collect()
}

/// What the running root and the records differ in.
pub(super) fn unstaged(stage: &Stage, state: &State) -> Vec<String> {
    let (now, wanted) = (state.running().summary, summary(stage));
    let only = |a: &str, b: &str| -> Vec<String> {
        let lines = a.lines().filter(|line| !b.lines().any(|other| other == *line));
        lines.filter_map(|line| line.get(2..)).map(ToOwned::to_owned).collect()
    };
    [only(&wanted, &now), only(&now, &wanted)].concat()
}

pub(super) fn agreed(stage: &Stage) -> bool {
    setting(stage, "iPkgMngStatus") != 1 || stage.path(AGREEMENT).exists()
}

/// `abroot pkg add` and `abroot pkg remove`.
pub(super) fn change(stage: &Stage, add: bool, names: &[&str]) -> io::Result<Reply> {
    if !agreed(stage) {
        return Ok(Reply::answer("You declined the agreement. The command will not be executed.\n"));
    }
    for name in names {
        let (mut added, mut removed) = (read(stage, ADD), read(stage, REMOVE));
        // Where a name stands in one record, taking it out of there is all.
        let (undo, file, record, other) =
            if add { (&mut removed, REMOVE, &mut added, ADD) } else { (&mut added, ADD, &mut removed, REMOVE) };
        if undo.iter().any(|entry| entry == name) {
            undo.retain(|entry| entry != name);
            write(stage, file, undo)?;
        } else if name.starts_with("nothing") {
            return Ok(Reply { status: 1, ..Reply::answer(format!(" ERROR  package does not exist in repo: {name}\n")) });
        } else if !record.iter().any(|entry| entry == name) {
            record.push((*name).to_owned());
            write(stage, other, record)?;
        }
    }
    Ok(Reply::answer(" INFO  Packages changed.\n"))
}
