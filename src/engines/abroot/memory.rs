//! What was seen of the two roots, since only the one that runs can be looked at; and how to put back the records of a
//! change that was cut off. It is a note of Cairn's own: a lost or damaged one is an empty one.

use super::Abroot;
use cairn_model::{Seconds, text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::PoisonError;

const FOLDER: &str = "/var/lib/cairn";
const FILE: &str = "/var/lib/cairn/abroot.json";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// By label.
    #[serde(default)]
    pub(super) roots: BTreeMap<String, Known>,
    #[serde(default)]
    pub(super) undo: Option<Undo>,
}

/// What is known of one root, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) seen: Seconds,
    #[serde(flatten)]
    pub(super) content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "content", rename_all = "kebab-case")]
pub(super) enum Content {
    Image {
        digest: String,
        /// `registry/name:tag`.
        image: String,
        made: Option<Seconds>,
    },
    /// It was being written when that was cut off.
    Unfinished,
    Unknown,
}

/// Files as they were before a change, and the root that the change was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Undo {
    pub(super) root: String,
    pub(super) files: BTreeMap<String, String>,
}

/// Reads the note.
pub(super) fn read(engine: &Abroot) -> Memory {
    let text = engine.host.read(FILE).ok().flatten().unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Changes the note, where that makes a difference.
///
/// # Errors
/// What the system says: nothing may begin that relies on a note that was not written.
pub(super) fn change(engine: &Abroot, change: impl FnOnce(&mut Memory)) -> std::io::Result<()> {
    let _one = engine.noting.lock().unwrap_or_else(PoisonError::into_inner);
    let before = read(engine);
    let mut after = before.clone();
    change(&mut after);
    if before == after {
        return Ok(());
    }
    engine.host.make_private_directory(FOLDER)?;
    engine.host.write(FILE, &serde_json::to_string(&after)?)
}

/// Notes what lies on a root as of now.
///
/// # Errors
/// As [`change`].
pub(super) fn saw(engine: &Abroot, root: &str, content: Content) -> std::io::Result<()> {
    let seen = engine.host.clock.now();
    change(engine, |memory| {
        memory.roots.insert(root.to_owned(), Known { seen, content });
    })
}

/// Why a note could not be written, in the words of the system.
pub(super) fn words(error: &std::io::Error) -> String {
    text::line(&format!("{FILE}: {error}"))
}
