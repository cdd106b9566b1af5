//! What was done to this machine, by whom, and how it ended.

use crate::{Problem, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Outcome {
    Done,
    Cancelled,
    /// The service or the machine stopped in the middle; `step` is where.
    Interrupted {
        step: String,
    },
    Failed {
        problem: Problem,
    },
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    pub id: i64,
    pub started: Seconds,
    pub finished: Seconds,
    /// The word of the wish, for example `update`, or `started` when the machine came up with another version.
    pub wish: String,
    /// User id of who asked; 0 is root.
    pub uid: u32,
    pub outcome: Outcome,
    /// Version that ran when it began.
    pub before: String,
    /// Version that starts next after it.
    pub after: String,
    /// What it was about: a version, the name given, or the change of packages in signs (`+vim -nano`).
    #[serde(default)]
    pub target: String,
    /// Id of the deployment that it was about, for undo; empty where there is none.
    #[serde(default)]
    pub target_id: String,
}
