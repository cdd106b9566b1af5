//! What bootc tells while it works, a line of JSON at a time.
//!
//! Source of the format: bootc crates/lib/src/progress_jsonl.rs and docs/src/experimental-progress-fd.md, protocol 0.1.0.
//! It is experimental: what is not known of it changes nothing but when a run may be stopped.

use cairn_jobs::ProgressSink;
use cairn_model::Problem;
use cairn_model::job::Stage;
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Parts of the bar. Fetching takes nearly all of the time.
const WEIGHTS: [(Part, Stage, f64); 3] = [
    (Part::Pulling, Stage::Downloading, 0.7),
    (Part::Importing, Stage::Deploying, 0.1),
    (Part::Staging, Stage::Writing, 0.2),
];

/// What bootc is at, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Pulling,
    Importing,
    /// The new version is made; also whatever else may come.
    Staging,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub part: Part,
    /// What it is about, an image's digest as a rule.
    pub id: String,
    pub amount: Amount,
}

/// How far the part is; a total of 0 is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Bytes { done: u64, total: u64 },
    Steps { done: u64, total: u64 },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    task: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    bytes: u64,
    #[serde(default)]
    bytes_total: u64,
    #[serde(default)]
    steps: u64,
    #[serde(default)]
    steps_total: u64,
}

/// Reads a line. `None` for the greeting and for kinds that are not known.
///
/// # Errors
/// [`Problem::BadAnswer`] for what is no such line at all.
pub fn line(json: &str) -> Result<Option<Told>, Problem> {
    let bad = |e: serde_json::Error| Problem::BadAnswer {
        tool: super::answer::TOOL.into(),
        detail: cairn_model::text::clean(&e.to_string(), 200),
    };
    let line: Line = serde_json::from_str(json).map_err(bad)?;
    let amount = match line.kind.as_str() {
        "ProgressBytes" => Amount::Bytes { done: line.bytes, total: line.bytes_total },
        "ProgressSteps" => Amount::Steps { done: line.steps, total: line.steps_total },
        _ => return Ok(None),
    };
    let part = match line.task.as_str() {
        "pulling" => Part::Pulling,
        "importing" => Part::Importing,
        _ => Part::Staging,
    };
    Ok(Some(Told { part, id: line.id, amount }))
}

/// Tells a job what bootc tells.
#[derive(Debug)]
pub(super) struct Reporter {
    sink: ProgressSink,
    /// The digest that was planned.
    wanted: Option<String>,
    part: Part,
    heard: bool,
    past_stopping: Arc<AtomicBool>,
}

impl Reporter {
    pub(super) fn new(sink: &ProgressSink, wanted: Option<&str>) -> Self {
        let reporter = Self {
            sink: sink.clone(),
            wanted: wanted.map(ToOwned::to_owned),
            part: Part::Pulling,
            heard: false,
            past_stopping: Arc::default(),
        };
        reporter.begin();
        reporter
    }

    /// True once the new version is being made, which must not be cut off.
    pub(super) fn past_stopping(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.past_stopping)
    }

    /// True if there was any line.
    pub(super) fn heard(&self) -> bool {
        self.heard
    }

    /// # Errors
    /// [`Problem::PlanOutdated`] as soon as something else is fetched than what was planned.
    pub(super) fn hear(&mut self, json: &str) -> Result<(), Problem> {
        self.heard = true;
        let told = match line(json) {
            Ok(Some(told)) => told,
            Ok(None) => return Ok(()),
            Err(_) => {
                // Who cannot tell what is being done must not cut it off.
                self.past_stopping.store(true, Ordering::Relaxed);
                return Ok(());
            }
        };
        if told.part == Part::Staging {
            self.past_stopping.store(true, Ordering::Relaxed);
        } else if self.is_another(&told.id) {
            return Err(Problem::PlanOutdated);
        }
        if told.part > self.part {
            self.part = told.part;
            self.begin();
        }
        if told.part == self.part {
            self.tell(told.amount);
        }
        Ok(())
    }

    fn is_another(&self, id: &str) -> bool {
        let is_digest = id.starts_with("sha256:");
        is_digest && self.wanted.as_ref().is_some_and(|wanted| wanted != id)
    }

    fn begin(&self) {
        if let Some((_, stage, weight)) = WEIGHTS.iter().find(|(part, ..)| *part == self.part) {
            self.sink.begin(*stage, *weight);
        }
    }

    fn tell(&self, amount: Amount) {
        match amount {
            Amount::Bytes { done, total } => self.sink.bytes(done, (total > 0).then_some(total)),
            #[allow(clippy::cast_precision_loss)]
            Amount::Steps { done, total } if total > 0 => self.sink.part(done as f64 / total as f64),
            Amount::Steps { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(line(r#"{"type":"Start","version":"0.1.0"}"#), Ok(None));
        assert_eq!(line(r#"{"type":"SomethingNew","task":3e5}"#).map_err(|p| p.code()), Err("bad-answer"));
        assert_eq!(line(r#"{"type":"SomethingNew","of":{}}"#), Ok(None));
        let told = line(r#"{"type":"ProgressSteps","task":"polishing","id":"x","steps":1,"stepsTotal":3}"#);
        let amount = Amount::Steps { done: 1, total: 3 };
        assert_eq!(told, Ok(Some(Told { part: Part::Staging, id: "x".into(), amount })));
        for broken in ["", "{", "[]", "\u{0}", r#"{"type":"ProgressBytes","bytes":-1}"#] {
            assert!(line(broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_cut_off() {
        let mut reporter = Reporter::new(&ProgressSink::default(), None);
        let past = reporter.past_stopping();
        reporter.hear(r#"{"type":"ProgressBytes","task":"pulling","bytes":1,"bytesTotal":2}"#).unwrap();
        assert!(!past.load(Ordering::Relaxed));
        reporter.hear("not a line").unwrap();
        assert!(past.load(Ordering::Relaxed));
    }

    #[test]
    fn the_bar_only_rises_and_another_digest_ends_it() {
        let sink = ProgressSink::default();
        let mut reporter = Reporter::new(&sink, Some("sha256:aa"));
        reporter
            .hear(r#"{"type":"ProgressBytes","task":"pulling","id":"sha256:aa","bytes":1,"bytesTotal":2}"#)
            .unwrap();
        assert_eq!(sink.now().fraction, Some(0.35));
        reporter.hear(r#"{"type":"ProgressSteps","task":"staging","steps":0,"stepsTotal":0}"#).unwrap();
        reporter.hear(r#"{"type":"ProgressBytes","task":"pulling","bytes":1,"bytesTotal":1000000}"#).unwrap();
        assert_eq!(sink.now().fraction, Some(0.35));
        let other = r#"{"type":"ProgressSteps","task":"importing","id":"sha256:bb"}"#;
        assert_eq!(reporter.hear(other), Err(Problem::PlanOutdated));
    }
}
