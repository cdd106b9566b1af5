//! Systems that are container images. What it promises and needs stands in its README.
//!
//! - [`answer`], [`progress`]: what bootc writes, read without asking anybody
//! - `ask`, `library`: calling bootc, and libostree below it
//! - `status`, `ability`, `target`: what there is and what can be done with it
//! - `check`: what the registry offers
//! - `open`, `soft`, [`timer`]: a /usr that can be written, a start without the kernel, updates that nobody asked for
//! - [`mounts`]: what is mounted for the whole system
//! - `plan`: what a wish would do; `run`: doing it

mod ability;
pub mod answer;
mod ask;
mod check;
mod library;
pub mod mounts;
mod open;
mod plan;
pub mod progress;
mod run;
mod soft;
mod status;
mod target;
pub mod timer;

use crate::family::Family;
use crate::sign::{COMPOSEFS, FROM_IMAGE, Sign::Any, Sign::File};
use crate::{Engine, Usage};
use answer::Machine;
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::{Ability, Plan, Problem, Step, SystemStatus, Target, Update, Wish, text};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use library::Library;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const WORD: &str = "bootc";

pub(crate) const FAMILY: Family = Family {
    word: WORD,
    name: "bootc",
    score: 79,
    signs: &[File("/usr/bin/bootc"), Any(&[FROM_IMAGE, COMPOSEFS])],
    abilities: &ability::ALL,
    build: Some(|host| Arc::new(Bootc::new(host.clone()))),
};

/// How long bootc may take to say what there is.
const PATIENCE: Duration = Duration::from_secs(60);

/// Folders that change when versions do: bootc touches `/ostree/bootc` at each change and libostree `/ostree/deploy`; what
/// is staged lies below /run, the boot entries of composefs below /boot, and what systemd is to start below /etc.
const WATCHED: [&str; 10] = [
    "/ostree/deploy",
    "/ostree/bootc",
    "/run",
    "/run/ostree",
    "/run/composefs",
    "/sysroot/state/deploy",
    "/boot/loader",
    "/boot/loader/entries",
    "/etc/systemd/system",
    "/etc/systemd/system/timers.target.wants",
];

#[derive(Clone, Debug)]
pub struct Bootc {
    host: Host,
    patience: Duration,
    library: Library,
    seen: Arc<Mutex<Seen>>,
    /// Steps that are being done right now.
    at_work: Arc<AtomicUsize>,
}

/// What bootc answered last.
#[derive(Debug, Default)]
struct Seen {
    machine: Option<Machine>,
}

/// A step that is being done.
struct AtWork(Arc<AtomicUsize>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Bootc {
    pub fn new(host: Host) -> Self {
        let library = Library::new(&host);
        Self { host, patience: PATIENCE, library, seen: Arc::default(), at_work: Arc::default() }
    }

    /// Waits that long for an answer; five times as long where the registry is asked.
    pub fn patience(self, time: Duration) -> Self {
        Self { patience: time, ..self }
    }

    /// Whether libostree keeps the versions, in a repository that is there.
    fn has_library(&self, machine: &Machine) -> bool {
        machine.on_ostree() && self.library.is_here()
    }

    fn abilities_of(&self, machine: &Machine) -> Vec<Ability> {
        ability::of(&self.host, Some(machine), self.has_library(machine))
    }

    fn at_work(&self) -> AtWork {
        self.at_work.fetch_add(1, Ordering::Relaxed);
        AtWork(Arc::clone(&self.at_work))
    }
}

#[async_trait]
impl Engine for Bootc {
    fn id(&self) -> &'static str {
        WORD
    }

    fn abilities(&self) -> Vec<Ability> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &seen.machine {
            Some(machine) => self.abilities_of(machine),
            None => ability::of(&self.host, None, self.library.is_here()),
        }
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        let (machine, busy) = self.look().await?;
        status::of(self, &machine, busy)
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        let mut paths: Vec<PathBuf> = WATCHED.iter().map(|path| self.host.path(path)).collect();
        for stateroot in self.host.list("/ostree/deploy") {
            paths.push(self.host.path(&format!("/ostree/deploy/{stateroot}/deploy")));
        }
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        let stream = watch::directories(&paths)
            .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
        Ok(stream.boxed())
    }

    async fn usage(&self, ctx: &Context) -> Result<Usage, Problem> {
        let (machine, _) = self.look().await?;
        if !self.has_library(&machine) {
            return Err(Problem::NotSupported { what: "usage".into() });
        }
        self.library.usage(ctx).await
    }

    async fn check(&self, ctx: &Context) -> Result<Option<Update>, Problem> {
        check::run(self, ctx).await
    }

    async fn plan(
        &self,
        wish: &Wish,
        status: &SystemStatus,
        update: Option<&Update>,
    ) -> Result<Plan, Problem> {
        plan::make(self, wish, status, update).await
    }

    async fn run(&self, step: &Step, ctx: &Context) -> Result<(), Problem> {
        run::step(self, step, ctx).await
    }

    async fn prepare_soft_restart(&self) -> Result<(), Problem> {
        soft::prepare(self).await
    }

    async fn targets(&self) -> Result<Vec<Target>, Problem> {
        let (machine, _) = self.look().await?;
        if !self.abilities_of(&machine).contains(&Ability::Rebase) {
            return Err(Problem::NotSupported { what: "targets".into() });
        }
        Ok(target::choices(&machine).into_iter().map(|choice| choice.target).collect())
    }
}
