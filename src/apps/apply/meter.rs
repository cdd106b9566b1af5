//! How far a task is: bytes against the plan's total, operation by operation.

use crate::keeper::Keeper;
use cairn_jobs::ProgressSink;
use cairn_model::app::plan::OperationKind;
use cairn_model::app::{AppPlan, Operation, Scope};
use cairn_model::job::{Progress, Stage};
use std::time::{Duration, Instant};

/// Time between two changes that watchers see.
const PACE: Duration = Duration::from_millis(100);
/// How much of the whole the bytes are; the rest is putting in place what was fetched.
const FETCHING: f64 = 0.95;

pub(super) struct Meter {
    id: u64,
    sink: ProgressSink,
    total: u64,
    /// Bytes of the operations that are done.
    finished: u64,
    current: u64,
    operations: usize,
    ended: usize,
    stage: Stage,
    told: Option<Instant>,
}

impl Meter {
    /// For the part of a plan that is about one installation; what came before it counts as done.
    pub(super) fn new(id: u64, sink: &ProgressSink, plan: &AppPlan, scope: Scope) -> Self {
        let before: Vec<&Operation> = plan.operations.iter().take_while(|o| o.scope != scope).collect();
        if sink.now().stage == Stage::Waiting {
            let weight = if plan.download_bytes > 0 { FETCHING } else { 1.0 };
            sink.begin(Stage::Downloading, weight);
        }
        Self {
            id,
            sink: sink.clone(),
            total: plan.download_bytes,
            finished: before.iter().map(|o| o.download_bytes).sum(),
            current: 0,
            operations: plan.operations.len(),
            ended: before.len(),
            stage: Stage::Checking,
            told: None,
        }
    }

    pub(super) fn begun(&mut self, operation: &Operation, keeper: &Keeper) {
        self.current = operation.download_bytes;
        self.stage = match operation.kind {
            OperationKind::Remove => Stage::Cleaning,
            _ if self.current == 0 => Stage::Deploying,
            _ => Stage::Downloading,
        };
        let reference = operation.reference.clone();
        let progress = self.progress();
        keeper.task(self.id, |t| {
            t.current = Some(reference);
            t.progress = progress;
        });
        self.told = Some(Instant::now());
    }

    /// Everything of an operation is fetched once flatpak's own percentage is at its end.
    pub(super) fn moved(&mut self, bytes: u64, percent: i32, keeper: &Keeper) {
        if self.stage == Stage::Downloading && percent >= 100 {
            self.stage = Stage::Deploying;
            // Another stage is worth saying at once.
            self.told = None;
        }
        if self.total > 0 {
            self.sink.bytes(self.finished + bytes.min(self.current), Some(self.total));
        }
        self.tell(keeper);
    }

    pub(super) fn ended(&mut self, keeper: &Keeper) {
        self.finished += std::mem::take(&mut self.current);
        self.ended += 1;
        if self.total > 0 {
            self.sink.bytes(self.finished.min(self.total), Some(self.total));
        } else {
            #[allow(clippy::cast_precision_loss)]
            self.sink.part(self.ended as f64 / self.operations.max(1) as f64);
        }
        self.tell(keeper);
    }

    fn tell(&mut self, keeper: &Keeper) {
        if self.told.is_some_and(|at| at.elapsed() < PACE) {
            return;
        }
        let progress = self.progress();
        keeper.task(self.id, |t| t.progress = progress);
        self.told = Some(Instant::now());
    }

    fn progress(&self) -> Progress {
        Progress { stage: self.stage, ..self.sink.now() }
    }
}
