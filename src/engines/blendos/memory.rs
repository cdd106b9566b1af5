//! What was built here, by what it consists of; and how `/system.yaml` was before a change. It is a note of Cairn's own: a
//! lost or damaged one is an empty one.

use super::Blendos;
use cairn_model::{Problem, Seconds, text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::sync::PoisonError;

const FOLDER: &str = "/var/lib/cairn";
const FILE: &str = "blendos.json";
/// What becomes /var/lib at the restart: akshara copies it while it builds, and what is written to the old one after that
/// is lost.
const NEXT: &str = "/.new.var.lib";
/// More builds than anybody goes through without a new one.
const MOST: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// By the digest of what it consists of.
    #[serde(default)]
    pub(super) builds: BTreeMap<String, Build>,
    #[serde(default)]
    pub(super) undo: Option<Undo>,
}

/// What a build was made as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Build {
    pub(super) version: String,
    pub(super) checksum: String,
    pub(super) made: Seconds,
}

/// `/system.yaml` as it was while that was running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Undo {
    pub(super) running: String,
    pub(super) text: String,
}

pub(super) fn read(engine: &Blendos) -> Memory {
    let text = engine.host.read(&format!("{FOLDER}/{FILE}")).ok().flatten().unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Changes the note, here and where the next system will look for it.
///
/// # Errors
/// [`Problem::EngineFailed`] with what the system says.
pub(super) fn change(engine: &Blendos, change: impl FnOnce(&mut Memory)) -> Result<(), Problem> {
    let _one = engine.noting.lock().unwrap_or_else(PoisonError::into_inner);
    let mut memory = read(engine);
    change(&mut memory);
    while memory.builds.len() > MOST {
        let oldest =
            memory.builds.iter().min_by_key(|(_, build)| build.made).map(|(digest, _)| digest.clone());
        oldest.and_then(|digest| memory.builds.remove(&digest));
    }
    let write = || -> io::Result<()> {
        let text = serde_json::to_string(&memory)?;
        engine.host.make_private_directory(FOLDER)?;
        engine.host.write(&format!("{FOLDER}/{FILE}"), &text)?;
        if engine.host.exists(NEXT) {
            engine.host.make_private_directory(&format!("{NEXT}/cairn"))?;
            engine.host.write(&format!("{NEXT}/cairn/{FILE}"), &text)?;
        }
        Ok(())
    };
    write().map_err(|e| Problem::EngineFailed { detail: text::line(&format!("{FOLDER}/{FILE}: {e}")) })
}
