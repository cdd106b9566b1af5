//! A change that is under way.

use crate::{Problem, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    #[default]
    Running,
    /// Held by the person.
    Paused,
    /// Asked to stop; it has not stopped yet.
    Cancelling,
    Done,
    Cancelled,
    Failed,
}

impl JobState {
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelling => "cancelling",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// What a job is doing right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    #[default]
    Waiting,
    Checking,
    Downloading,
    Deploying,
    Writing,
    Cleaning,
}

impl Stage {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Checking => "checking",
            Self::Downloading => "downloading",
            Self::Deploying => "deploying",
            Self::Writing => "writing",
            Self::Cleaning => "cleaning",
        }
    }
}

/// How far a job is. All numbers are what is known, never a guess shown as fact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    pub stage: Stage,
    /// 0 to 1, only ever rising within a job; `None` while the total is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fraction: Option<f64>,
    pub bytes_done: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_total: Option<u64>,
    /// Bytes a second, over the last seconds.
    pub rate: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<u64>,
}

/// A job as a client sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Job {
    pub id: u64,
    /// The word of the wish that it carries out, or `check`.
    pub kind: String,
    /// The version that it is about.
    pub target: String,
    pub state: JobState,
    pub progress: Progress,
    pub cancellable: bool,
    /// It can be held for a while.
    #[serde(default)]
    pub pausable: bool,
    /// Room for it was looked for, and there is enough.
    #[serde(default)]
    pub room: bool,
    pub uid: u32,
    pub started: Seconds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}
