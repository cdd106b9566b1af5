//! Progress lines, in the shape of bootc crates/lib/src/progress_jsonl.rs.

use super::registry::{DOWNLOAD, LAYERS};
use crate::systems::{Call, Mood, Stage};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::time::Duration;

/// Who listens to a run, and how slow it is.
pub struct Told {
    pipe: Option<File>,
    pause: Duration,
    digest: String,
}

impl Told {
    pub fn new(stage: &Stage, call: &Call, digest: String) -> Self {
        let pause = match stage.mood(&call.name) {
            Mood::Slow { millis } => Duration::from_millis(millis),
            _ => Duration::ZERO,
        };
        let mut told = Self { pipe: call.pipe("--progress-fd"), pause, digest };
        told.say(&json!({ "type": "Start", "version": "0.1.0" }));
        told
    }

    /// All layers come, one after the other.
    pub fn pull(&mut self) {
        for layer in 1..=LAYERS {
            let bytes = DOWNLOAD / LAYERS * layer;
            self.say(&json!({
                "type": "ProgressBytes", "task": "pulling", "description": "Pulling Image", "id": self.digest,
                "bytesCached": 0, "bytes": bytes, "bytesTotal": DOWNLOAD,
                "stepsCached": 0, "steps": layer, "stepsTotal": LAYERS,
                "subtasks": [{
                    "subtask": "ostree_chunk", "description": "ostree chunk", "id": "layer",
                    "bytesCached": 0, "bytes": DOWNLOAD / LAYERS, "bytesTotal": DOWNLOAD / LAYERS,
                }],
            }));
        }
        self.steps("importing", 0, 1);
        self.steps("importing", 1, 1);
    }

    pub fn steps(&mut self, task: &str, done: u64, total: u64) {
        self.say(&json!({
            "type": "ProgressSteps", "task": task, "description": "Deploying Image", "id": self.digest,
            "stepsCached": 0, "steps": done, "stepsTotal": total, "subtasks": [],
        }));
    }

    fn say(&mut self, line: &Value) {
        if let Some(pipe) = &mut self.pipe {
            // Whoever listened may be gone.
            let _ = writeln!(pipe, "{line}");
        }
        std::thread::sleep(self.pause);
    }
}
