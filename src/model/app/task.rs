//! A change of apps that waits, runs or has ended.

use super::{AppWish, Ref};
use crate::job::{JobState, Progress};
use crate::{Problem, Seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    pub id: u64,
    /// The plan's. Of updates some of which are left out, it names those that are not.
    pub wish: AppWish,
    /// What it is called on the screen: the app's name, empty where it is about several.
    pub name: String,
    /// `Running` also while it waits in the queue; `progress.stage` says which.
    pub state: JobState,
    pub progress: Progress,
    /// The app or runtime being worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Ref>,
    pub started: Seconds,
    /// What became of each part; parts that failed have a problem. One that fails does not stop the others.
    pub outcomes: Vec<Outcome>,
    /// Why the whole did not work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TaskOutcome")]
pub struct Outcome {
    pub reference: Ref,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

impl Task {
    pub fn is_about(&self, id: &str) -> bool {
        self.wish.refs().iter().any(|r| r.id.as_str() == id)
            || self.current.as_ref().is_some_and(|r| r.id.as_str() == id)
    }

    pub fn failures(&self) -> impl Iterator<Item = (&Outcome, &Problem)> {
        self.outcomes.iter().filter_map(|o| o.problem.as_ref().map(|p| (o, p)))
    }
}
