//! Jobs under way and the last finished ones. One change at a time.

use crate::caller::Caller;
use cairn_jobs::{CancelReason, Context};
use cairn_model::job::{Job, JobState};
use cairn_model::{Problem, Seconds};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Finished jobs that late clients can still read.
const KEPT: usize = 8;

/// What a job is about.
#[derive(Clone, Debug)]
pub struct About {
    pub kind: String,
    pub target: String,
    pub started: Seconds,
    /// Stopping it half way is free.
    pub cancellable: bool,
    /// It can be held for a while.
    pub pausable: bool,
    /// Room for it was looked for, and there is enough.
    pub room: bool,
}

/// The kind of a job that another program does and the service only shows.
pub const ELSEWHERE: &str = "elsewhere";

/// One job, shared by who runs it and who shows it.
#[derive(Debug)]
pub struct Handle {
    pub id: u64,
    pub about: About,
    pub caller: Caller,
    pub ctx: Context,
    pub state: watch::Sender<(JobState, Option<Problem>)>,
}

impl Handle {
    /// The job as a client sees it.
    pub fn info(&self) -> Job {
        let (state, problem) = self.state.borrow().clone();
        Job {
            id: self.id,
            kind: self.about.kind.clone(),
            target: self.about.target.clone(),
            state,
            progress: self.ctx.progress.now(),
            cancellable: self.about.cancellable && matches!(state, JobState::Running | JobState::Paused),
            pausable: self.about.pausable && matches!(state, JobState::Running | JobState::Paused),
            room: self.about.room,
            uid: self.caller.uid,
            started: self.about.started,
            problem,
        }
    }

    /// Asks it to stop; it says itself when it has.
    pub fn cancel(&self, reason: CancelReason) {
        self.ctx.cancel.cancel(reason);
        self.state.send_if_modified(|(state, _)| {
            let running = matches!(*state, JobState::Running | JobState::Paused);
            if running {
                *state = JobState::Cancelling;
            }
            running
        });
    }

    /// Asks it to hold or to go on.
    pub fn pause(&self, paused: bool) {
        if self.turn(paused) {
            self.ctx.pause.set(paused);
        }
    }

    /// Takes in what whoever runs it says of that: it may not have been held, or may go on by itself.
    pub fn hear_pause(&self) {
        self.turn(self.ctx.pause.is_paused());
    }

    fn turn(&self, paused: bool) -> bool {
        let (from, to) = (JobState::Running, JobState::Paused);
        let (from, to) = if paused { (from, to) } else { (to, from) };
        self.state.send_if_modified(|(state, _)| {
            let changes = *state == from;
            if changes {
                *state = to;
            }
            changes
        })
    }

    pub fn finish(&self, result: &Result<(), Problem>) {
        let (state, problem) = match result {
            Ok(()) => (JobState::Done, None),
            Err(Problem::Cancelled) => (JobState::Cancelled, None),
            Err(problem) => (JobState::Failed, Some(problem.clone())),
        };
        if state == JobState::Done {
            self.ctx.progress.complete();
        }
        self.state.send_replace((state, problem));
    }

    /// Another program does it.
    pub fn is_elsewhere(&self) -> bool {
        self.about.kind == ELSEWHERE
    }

    /// Why nothing else can begin while it runs.
    pub fn in_the_way(&self) -> Problem {
        match self.about.kind.as_str() {
            ELSEWHERE => Problem::BusyElsewhere,
            kind => Problem::Busy { kind: kind.into() },
        }
    }

    fn is_over(&self) -> bool {
        self.state.borrow().0.is_final()
    }
}

#[derive(Debug, Default)]
pub struct Jobs {
    list: Mutex<VecDeque<Arc<Handle>>>,
    ids: watch::Sender<Vec<u64>>,
    last: std::sync::atomic::AtomicU64,
}

impl Jobs {
    /// Takes the one place for a change. Nobody is told of it before [`Self::show`].
    ///
    /// # Errors
    /// [`Problem::Busy`] with what is under way.
    pub fn start(&self, about: About, caller: Caller) -> Result<Arc<Handle>, Problem> {
        let mut list = self.lock();
        if let Some(running) = list.iter().find(|j| !j.is_over()) {
            return Err(running.in_the_way());
        }
        let id = self.last.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let state = watch::Sender::new((JobState::Running, None));
        let handle = Arc::new(Handle { id, about, caller, ctx: Context::default(), state });
        list.push_back(Arc::clone(&handle));
        Ok(handle)
    }

    /// Tells of what was started.
    pub fn show(&self) {
        let mut list = self.lock();
        while list.len() > KEPT {
            list.pop_front();
        }
        let ids = list.iter().map(|j| j.id).collect();
        drop(list);
        self.ids.send_replace(ids);
    }

    /// Gives the place back for a change that never began.
    pub fn withdraw(&self, handle: &Handle) {
        self.lock().retain(|j| j.id != handle.id);
    }

    /// What is under way.
    pub fn running(&self) -> Option<Arc<Handle>> {
        self.lock().iter().find(|j| !j.is_over()).cloned()
    }

    pub fn any_running(&self) -> bool {
        self.running().is_some()
    }

    /// Ids of all jobs that can be read, newest last.
    pub fn ids(&self) -> watch::Receiver<Vec<u64>> {
        self.ids.subscribe()
    }

    /// What another program does, as a job to look at; `None` where something is shown already.
    pub fn show_elsewhere(&self, caller: Caller, started: Seconds) -> Option<Arc<Handle>> {
        let about = About {
            kind: ELSEWHERE.into(),
            target: String::new(),
            started,
            cancellable: false,
            pausable: false,
            room: false,
        };
        self.start(about, caller).ok()
    }

    /// Asks what runs to stop, if that is free, and waits until it has ended.
    pub async fn stop_all(&self) {
        if let Some(job) = self.running() {
            // A change that cannot be stopped half way takes moments; it is waited for.
            if job.about.cancellable || job.is_elsewhere() {
                job.cancel(CancelReason::Shutdown);
            }
            let mut state = job.state.subscribe();
            let _ = state.wait_for(|(state, _)| state.is_final()).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Handle>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::names::OwnedUniqueName;

    fn start(jobs: &Jobs, kind: &str) -> Result<Arc<Handle>, Problem> {
        let name = OwnedUniqueName::try_from(":1.1").unwrap();
        let about = About {
            kind: kind.into(),
            target: String::new(),
            started: 0,
            cancellable: true,
            pausable: true,
            room: false,
        };
        jobs.start(about, Caller { name, uid: 0, interactive: false })
    }

    #[test]
    fn one_change_at_a_time() {
        let jobs = Jobs::default();
        let first = start(&jobs, "update").unwrap();
        assert_eq!(start(&jobs, "remove").unwrap_err(), Problem::Busy { kind: "update".into() });
        first.pause(true);
        assert!(first.ctx.pause.is_paused() && first.info().state == JobState::Paused);
        // It could not be held.
        first.ctx.pause.set(false);
        first.hear_pause();
        assert_eq!(first.info().state, JobState::Running);
        first.pause(true);
        first.pause(false);
        assert_eq!((first.ctx.pause.is_paused(), first.info().state), (false, JobState::Running));
        first.cancel(CancelReason::Asked);
        first.pause(true);
        assert_eq!(first.info().state, JobState::Cancelling);
        assert!(start(&jobs, "remove").is_err(), "it has not stopped yet");
        first.finish(&Err(Problem::Cancelled));
        assert_eq!(first.info().state, JobState::Cancelled);
        for _ in 0..20 {
            start(&jobs, "keep").unwrap().finish(&Ok(()));
            jobs.show();
        }
        let never = start(&jobs, "remove").unwrap();
        jobs.withdraw(&never);
        assert!(start(&jobs, "keep").is_ok(), "the place is free again");
        assert_eq!(jobs.ids().borrow().len(), KEPT);
    }
}
