//! What takes long: `org.freedesktop.sysupdate1.Job`, and the work behind it.

use super::SERVICE;
use super::disk::{self, STATE};
use super::manager::{self, Manager, job_path};
use super::refusal::Refusal;
use super::state::State;
use crate::systems::{Mood, Stage};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use zbus::Connection;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;

/// Parts of one job.
const PARTS: u32 = 10;
/// How long a part takes where nobody asked for more.
const PART: Duration = Duration::from_millis(20);
/// The signal that ends a job's program when it is cancelled.
const SIGTERM: i32 = 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Update,
    Acquire,
    Install,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Acquire => "acquire",
            Self::Install => "install",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Job {
    percent: Arc<AtomicU32>,
    cancelled: Arc<AtomicBool>,
}

#[zbus::interface(name = "org.freedesktop.sysupdate1.Job")]
impl Job {
    async fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    #[zbus(property)]
    async fn progress(&self) -> u32 {
        self.percent.load(Ordering::Relaxed)
    }
}

/// Begins it beside the call: its number and where it is.
pub async fn begin(
    stage: &Stage,
    bus: &Connection,
    kind: Kind,
    version: &str,
) -> Result<(u64, OwnedObjectPath), Refusal> {
    let id = stage.change(STATE, |state: &mut State| {
        state.last_job += 1;
        state.jobs.insert(state.last_job, kind.word().into());
        state.last_job
    })?;
    let (job, path) = (Job::default(), job_path(id));
    bus.object_server().at(&path, job.clone()).await?;
    let (stage, bus, version, own) = (stage.clone(), bus.clone(), version.to_owned(), path.clone());
    tokio::spawn(async move {
        let status = work(&stage, &job, kind, &version).await;
        let _ = stage.change(STATE, |state: &mut State| state.jobs.remove(&id));
        if let Ok(emitter) = SignalEmitter::new(&bus, manager::PATH) {
            let _ = Manager::job_removed(&emitter, id, own.clone(), status).await;
        }
        let _ = bus.object_server().remove::<Job, _>(&own).await;
    });
    Ok((id, path))
}

/// The status that it ends with.
async fn work(stage: &Stage, job: &Job, kind: Kind, version: &str) -> i32 {
    // Before anything is fetched, as upstream does.
    if kind != Kind::Install && changed(stage, |state| _ = state.make_room()).is_err() {
        return 1;
    }
    for part in 1..=PARTS {
        let time = match stage.mood(SERVICE) {
            Mood::Slow { millis } => Duration::from_millis(millis).max(PART),
            Mood::Failing { status, .. } => return status,
            _ => PART,
        };
        tokio::time::sleep(time).await;
        if job.cancelled.load(Ordering::Relaxed) {
            return SIGTERM;
        }
        job.percent.store(part * 100 / PARTS, Ordering::Relaxed);
    }
    let done = changed(stage, |state| {
        if kind != Kind::Install {
            state.acquire(version);
        }
        if kind != Kind::Acquire {
            state.install(version);
        }
    });
    i32::from(done.is_err())
}

fn changed(stage: &Stage, change: impl FnOnce(&mut State)) -> io::Result<()> {
    let state = stage.change(STATE, |state: &mut State| {
        change(state);
        state.clone()
    })?;
    disk::sync(stage, &state)
}
