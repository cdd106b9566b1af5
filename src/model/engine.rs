//! Which family of atomic system this is, and what speaks for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// A path, the name of a bus service, or a word of os-release; as the system has it.
    pub what: String,
    pub kind: TraceKind,
    pub found: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TraceKind {
    File,
    /// A service that the system bus can start.
    Service,
    /// The id in os-release.
    System,
    /// Words inside of files; `what` names the files.
    Content,
    /// The kind of file system that is mounted at `/`.
    RootFileSystem,
}

/// What was found of one family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The engine's word.
    pub engine: String,
    /// What the family calls itself; a proper name.
    pub name: String,
    /// 0 is "not here"; the highest wins.
    pub score: u8,
    /// It is the one that this system is taken for.
    pub chosen: bool,
    /// Cairn can drive it.
    pub built: bool,
    pub traces: Vec<Trace>,
}
