//! What the engine noted of the slots when it changed them. Nothing on a SteamOS tells which build the other slot holds.
//!
//! A note holds as long as nobody has asked the loader for that slot since: whoever writes another build into a slot does.

use super::Steamos;
use super::answer::{BootConfig, Build};
use cairn_model::{Problem, text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FILE: &str = "/var/lib/cairn/steamos-images.json";

/// Image → what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Images(BTreeMap<String, Note>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    build: String,
    version: String,
    /// [`BootConfig::requested_at`] at that time.
    requested_at: u64,
}

/// Reads notes; what cannot be read is forgotten.
pub fn parse(json: &str) -> Images {
    serde_json::from_str(json).unwrap_or_default()
}

impl Images {
    pub(super) fn read(engine: &Steamos) -> Self {
        parse(&engine.host.read(FILE).ok().flatten().unwrap_or_default())
    }

    /// The build in that image, if that is still true.
    pub fn build(&self, image: &str, config: BootConfig) -> Option<Build> {
        let note = self.0.get(image).filter(|note| note.requested_at == config.requested_at)?;
        Build::new(&note.build, &note.version).ok()
    }

    pub(super) fn note(&mut self, image: &str, build: &Build, config: BootConfig) {
        let (build, version) = (build.id.clone(), build.version.clone());
        self.0.insert(image.to_owned(), Note { build, version, requested_at: config.requested_at });
    }

    pub(super) fn forget(&mut self, image: &str) {
        self.0.remove(image);
    }

    pub(super) fn write(&self, engine: &Steamos) -> Result<(), Problem> {
        let failed = |words: String| Problem::EngineFailed { detail: text::line(&words) };
        let json = serde_json::to_string_pretty(self).map_err(|e| failed(e.to_string()))?;
        engine.host.write(FILE, &json).map_err(|e| failed(format!("{FILE}: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_ends_when_somebody_asks_for_the_slot() {
        let config = |requested_at| BootConfig { requested_at, ..BootConfig::default() };
        let build = Build::new("20261103.1", "3.8.4").unwrap();
        let mut images = Images::default();
        images.note("B", &build, config(7));
        let read = parse(&serde_json::to_string(&images).unwrap());
        assert_eq!(read.build("B", config(7)), Some(build));
        assert_eq!((read.build("B", config(8)), read.build("A", config(7))), (None, None));
        for json in ["", "{", "[]", "null", r#"{"B":{"build":1}}"#, "\u{0}"] {
            assert_eq!(parse(json), Images::default(), "{json:?}");
        }
        let hostile = parse(r#"{"B":{"build":"../x","version":"","requested_at":7}}"#);
        assert_eq!(hostile.build("B", config(7)), None);
    }
}
