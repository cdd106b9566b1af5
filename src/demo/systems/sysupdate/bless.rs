//! `systemd-bless-boot`: the counter of the entry that was started (systemd: src/bless-boot/bless-boot.c).

use super::bootctl::{STATE, Variables};
use super::disk::ENTRIES;
use crate::systems::{Call, Reply, Stage};
use std::io;

pub const NAME: &str = "systemd-bless-boot";

pub fn play(stage: &Stage, call: &Call) -> Reply {
    let path = format!("--path={}", stage.path("/efi").display());
    let words = call.words();
    let words: Vec<&str> = words.into_iter().filter(|word| *word != path).collect();
    let done = match words.as_slice() {
        ["status"] => status(stage).map(|word| Reply::answer(format!("{word}\n"))),
        ["good"] => rename(stage, ""),
        ["bad"] => rename(stage, "+0-1"),
        _ => return Reply::unknown(stage, call),
    };
    done.unwrap_or_else(|error| Reply::failed(1, error.to_string()))
}

/// The name of the entry without its ending and counter, and the counter that it has now.
fn entry(stage: &Stage) -> io::Result<Option<(String, String)>> {
    let variables: Variables = stage.state(STATE)?;
    let selected = variables.selected.strip_suffix(".efi").unwrap_or_default().to_owned();
    for file in std::fs::read_dir(stage.path(ENTRIES))? {
        let name = file?.file_name().to_string_lossy().into_owned();
        let counter = name.strip_suffix(".efi").and_then(|name| name.strip_prefix(&selected));
        if let Some(counter) = counter.filter(|counter| counter.is_empty() || counter.starts_with('+')) {
            return Ok(Some((selected, counter.to_owned())));
        }
    }
    Ok(None)
}

fn status(stage: &Stage) -> io::Result<&'static str> {
    if !stage.state::<Variables>(STATE)?.counted {
        return Ok("clean");
    }
    Ok(match entry(stage)? {
        None => "dirty",
        Some((_, counter)) if counter.is_empty() => "good",
        Some((_, counter)) if counter.starts_with("+0") => "bad",
        Some(_) => "indeterminate",
    })
}

fn rename(stage: &Stage, counter: &str) -> io::Result<Reply> {
    let Some((name, old)) = entry(stage)? else { return Ok(Reply::failed(1, "Can't find boot counter source file")) };
    stage.remove(&format!("{ENTRIES}/{name}{old}.efi"))?;
    stage.write(&format!("{ENTRIES}/{name}{counter}.efi"), "")?;
    Ok(Reply::default())
}
