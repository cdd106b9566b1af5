//! `bootctl`: the entries as systemd-boot sorts them, and which of them is the default. What firmware keeps is kept here.

use super::disk::ENTRIES;
use crate::systems::{Call, Reply, Stage};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::io;

/// The name under which the stand-in keeps its state.
pub const STATE: &str = "bootctl";
pub const NAME: &str = "bootctl";

/// The variables of the boot loader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Variables {
    /// `LoaderEntryDefault`; empty for none.
    pub default: String,
    /// `LoaderEntrySelected`: what was started.
    pub selected: String,
    /// `LoaderBootCountPath` is there: the entry that was started had a counter.
    pub counted: bool,
    /// The default cannot be changed.
    pub locked: bool,
    /// Entries that no file of a version stands for, at the end of the menu.
    pub others: Vec<Value>,
}

struct Entry {
    /// The file's name without its counter.
    id: String,
    version: String,
    left: Option<u64>,
}

/// The first is what starts where nothing is chosen: good ones before bad ones, newer ones before older ones.
fn entries(stage: &Stage) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in std::fs::read_dir(stage.path(ENTRIES))? {
        let name = file?.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".efi") else { continue };
        let (stem, counter) = stem.split_once('+').map_or((stem, None), |(stem, counter)| (stem, Some(counter)));
        let left = counter.and_then(|counter| counter.split('-').next()?.parse().ok());
        let version = stem.rsplit('_').next().unwrap_or(stem).to_owned();
        entries.push(Entry { id: format!("{stem}.efi"), version, left });
    }
    entries.sort_by_key(|entry| (entry.left == Some(0), Reverse(numbers(&entry.version)), entry.id.clone()));
    Ok(entries)
}

fn numbers(version: &str) -> Vec<u64> {
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
}

/// The version that the boot loader starts, and its entry.
pub fn starts(stage: &Stage) -> io::Result<Option<(String, String)>> {
    let variables: Variables = stage.state(STATE)?;
    let mut entries = entries(stage)?;
    let at = entries.iter().position(|entry| entry.id == variables.default).unwrap_or_default();
    Ok((at < entries.len()).then(|| entries.remove(at)).map(|entry| (entry.version, entry.id)))
}

/// Notes what was started.
pub fn started(stage: &Stage, id: &str) -> io::Result<()> {
    stage.change(STATE, |variables: &mut Variables| variables.selected = id.into())
}

pub fn play(stage: &Stage, call: &Call) -> Reply {
    let root = format!("--root={}", stage.root().display());
    let words = call.words();
    let words: Vec<&str> = words.into_iter().filter(|word| *word != root).collect();
    let done = match words.as_slice() {
        ["--json=short", "list"] => list(stage),
        ["set-default", "--", id] => set_default(stage, id),
        _ => return Reply::unknown(stage, call),
    };
    done.unwrap_or_else(|error| Reply::failed(1, error.to_string()))
}

fn list(stage: &Stage) -> io::Result<Reply> {
    let variables: Variables = stage.state(STATE)?;
    let chosen = starts(stage)?.map(|(_, id)| id);
    let known = entries(stage)?.iter().any(|entry| entry.id == variables.selected);
    let told = entries(stage)?.into_iter().map(|entry| {
        let mut told = json!({
            "type": "type2",
            "source": "esp",
            "id": entry.id,
            "title": "GNOME OS",
            "showTitle": format!("GNOME OS ({})", entry.version),
            "version": entry.version,
            "isReported": true,
            "isDefault": chosen.as_ref() == Some(&entry.id),
        });
        if let Some(left) = entry.left {
            told["triesLeft"] = left.into();
        }
        if known {
            told["isSelected"] = (entry.id == variables.selected).into();
        }
        told
    });
    Ok(Reply::answer(Value::Array(told.chain(variables.others.clone()).collect()).to_string()))
}

fn set_default(stage: &Stage, id: &str) -> io::Result<Reply> {
    let locked = stage.change(STATE, |variables: &mut Variables| {
        if !variables.locked {
            variables.default = id.into();
        }
        variables.locked
    })?;
    Ok(if locked { Reply::failed(1, "Failed to update EFI variable") } else { Reply::default() })
}
