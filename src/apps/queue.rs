//! What waits and what runs: for each installation one change at a time, in the order in which they were asked for,
//! also across processes of this person.

use crate::apply;
use crate::engine::{Engine, now};
use crate::flatpak::SCOPES;
use crate::plan::updates;
use cairn_jobs::ProgressSink;
use cairn_model::Problem;
use cairn_model::app::{AppPlan, AppWish, Scope, Task};
use cairn_model::job::{JobState, Progress, Stage};
use libflatpak::gio::Cancellable;
use libflatpak::gio::prelude::*;
use rustix::fs::FlockOperation;
use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long between two looks whether another process of ours is ready.
const AGAIN: Duration = Duration::from_millis(200);

/// One task and what is left of it.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: u64,
    pub(crate) plan: Arc<AppPlan>,
    pub(crate) cancellable: Cancellable,
    pub(crate) sink: ProgressSink,
    /// Installations that are still to be done, the next first.
    left: VecDeque<Scope>,
    /// The first thing that stopped it.
    problem: Option<Problem>,
}

#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    closed: bool,
    /// What waits, by installation.
    lanes: [VecDeque<Job>; 2],
    running: Vec<(u64, Cancellable)>,
}

fn lane(scope: Scope) -> usize {
    match scope {
        Scope::User => 0,
        Scope::System => 1,
    }
}

impl Queue {
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.lanes.iter_mut().for_each(VecDeque::clear);
        state.running.iter().for_each(|(_, cancellable)| cancellable.cancel());
        drop(state);
        self.wake.notify_all();
    }

    /// Waits for the next job of an installation; `None` when the engine ends.
    fn next(&self, scope: Scope) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.lanes[lane(scope)].pop_front() {
                state.running.push((job.id, job.cancellable.clone()));
                return Some(job);
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(&self, job: Job) {
        self.put_into(&mut self.lock(), job);
    }

    fn put_into(&self, state: &mut State, job: Job) {
        let Some(scope) = job.left.front().copied() else { return };
        state.lanes[lane(scope)].push_back(job);
        self.wake.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn start(engine: &Arc<Engine>) -> Result<(), Problem> {
    for scope in SCOPES {
        let engine = engine.clone();
        let name = format!("cairn-apps-{}", if scope == Scope::User { "user" } else { "system" });
        std::thread::Builder::new()
            .name(name)
            .spawn(move || {
                while let Some(job) = engine.queue.next(scope) {
                    run(&engine, job, scope);
                }
            })
            .map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    }
    Ok(())
}

/// Puts a plan at the end of the queue.
pub(crate) fn add(engine: &Engine, plan: AppPlan) -> u64 {
    let id = {
        let mut state = engine.queue.lock();
        state.last += 1;
        state.last
    };
    let left = scopes(&plan);
    let (wish, name) = updates::carried_out(engine, &plan);
    engine.keeper.add_task(Task {
        id,
        wish,
        name,
        state: JobState::Running,
        progress: Progress::default(),
        current: None,
        started: now(),
        outcomes: Vec::new(),
        problem: None,
    });
    let job = Job {
        id,
        plan: Arc::new(plan),
        cancellable: Cancellable::new(),
        sink: ProgressSink::default(),
        left,
        problem: None,
    };
    if job.left.is_empty() {
        finish(engine, &job)
    } else {
        engine.queue.put(job)
    }
    id
}

/// The installations that a plan changes: in the order of its operations, and the wish's own.
fn scopes(plan: &AppPlan) -> VecDeque<Scope> {
    let mut found = VecDeque::new();
    let own = match &plan.wish {
        AppWish::Install { source, .. } => Some(source.scope),
        AppWish::InstallFile { scope, .. }
        | AppWish::Remove { scope, .. }
        | AppWish::GoBack { scope, .. }
        | AppWish::Hold { scope, .. }
        | AppWish::Release { scope, .. }
        | AppWish::Rebase { scope, .. }
        | AppWish::ChangeSource { scope, .. }
        | AppWish::Repair { scope } => Some(*scope),
        AppWish::Update { .. } | AppWish::RemoveUnused {} => None,
    };
    for scope in plan.operations.iter().map(|o| o.scope).chain(own) {
        if !found.contains(&scope) {
            found.push_back(scope);
        }
    }
    found
}

/// What waits ends at once; what runs is asked to stop.
pub(crate) fn cancel(engine: &Engine, id: u64) {
    let mut state = engine.queue.lock();
    for lane in &mut state.lanes {
        if let Some(at) = lane.iter().position(|j| j.id == id) {
            let job = lane.remove(at);
            drop(state);
            if let Some(job) = job {
                job.cancellable.cancel();
                finish(engine, &job);
            }
            return;
        }
    }
    let running = state.running.iter().find(|(running, _)| *running == id).map(|(_, c)| c.clone());
    drop(state);
    if let Some(cancellable) = running {
        engine.keeper.task(id, |t| {
            if !t.state.is_final() {
                t.state = JobState::Cancelling;
            }
        });
        cancellable.cancel();
    }
}

fn run(engine: &Arc<Engine>, mut job: Job, scope: Scope) {
    let result = lock(&engine.places.data, scope, &job.cancellable).and_then(|_lock| {
        engine.turns.turn(scope);
        let result = apply::run(engine, &job, scope);
        engine.turns.turn(scope);
        result
    });
    job.left.pop_front();
    if let Err(problem) = result {
        tracing::info!(id = job.id, ?scope, code = problem.code(), "a change of apps ended early");
        job.problem.get_or_insert(problem);
    }
    crate::reader::read(engine);
    let goes_on = !job.left.is_empty()
        && !job.cancellable.is_cancelled()
        && (job.problem.is_none()
            || matches!(job.plan.wish, AppWish::Update { .. } | AppWish::RemoveUnused {}));
    if goes_on {
        engine.keeper.task(job.id, |t| t.progress.stage = Stage::Waiting);
    } else {
        finish(engine, &job);
    }
    let mut state = engine.queue.lock();
    state.running.retain(|(id, _)| *id != job.id);
    // Under the same lock, so that a cancel finds it here or there.
    if goes_on {
        engine.queue.put_into(&mut state, job);
    }
}

/// Says how a task ended.
fn finish(engine: &Engine, job: &Job) {
    engine.keeper.task(job.id, |task| {
        let failed = task.failures().count();
        let done = task.outcomes.len() - failed;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let problem = match (&job.problem, failed) {
            (Some(Problem::Cancelled), _) => None,
            (None, 1) if done == 0 => task.outcomes.first().and_then(|o| o.problem.clone()),
            (None, 1..) => Some(Problem::Partial { done: count(done), failed: count(failed) }),
            (problem, _) => problem.clone(),
        };
        let cancelled = matches!(job.problem, Some(Problem::Cancelled))
            || (job.cancellable.is_cancelled() && !job.left.is_empty());
        task.state = match &problem {
            _ if cancelled => JobState::Cancelled,
            Some(problem) if problem.is_choice() => JobState::Cancelled,
            Some(_) => JobState::Failed,
            None => JobState::Done,
        };
        if task.state == JobState::Done {
            job.sink.complete();
            task.progress = Progress { stage: task.progress.stage, ..job.sink.now() };
        }
        task.progress.rate = 0;
        task.progress.seconds_left = None;
        task.current = None;
        task.problem = problem.filter(|p| !p.is_choice());
    });
}

/// Waits until no other process of this person changes the installation. The lock goes with the file.
fn lock(folder: &Path, scope: Scope, cancellable: &Cancellable) -> Result<Option<File>, Problem> {
    let name = if scope == Scope::User { "user.lock" } else { "system.lock" };
    let file = match File::create(folder.join(name)) {
        Ok(file) => file,
        Err(error) => {
            // flatpak has locks of its own; this one only keeps the order.
            tracing::warn!(%error, "no lock between processes");
            return Ok(None);
        }
    };
    loop {
        if cancellable.is_cancelled() {
            return Err(Problem::Cancelled);
        }
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Some(file)),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => std::thread::sleep(AGAIN),
            Err(error) => return Err(Problem::EngineFailed { detail: error.to_string() }),
        }
    }
}
