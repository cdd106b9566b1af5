//! blendOS and its akshara, which builds the next system anew from `/system.yaml`. What it promises and needs stands in
//! its README.
//!
//! - [`answer`], [`edit`]: `/system.yaml` and pacman's list; changing the former
//! - `disk`: what akshara leaves at the root; `memory`: what was built here
//! - `status`, `check`, `packages`, `targets`: what there is
//! - `plan`, `room`, `run`: what a wish would do, and doing it

pub mod answer;
mod check;
mod disk;
pub mod edit;
mod memory;
mod packages;
mod plan;
mod room;
mod run;
mod status;
mod targets;

use crate::Engine;
use crate::family::Family;
use crate::sign::Sign::File;
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::change::Changes;
use cairn_model::{
    Ability, DeploymentId, Package, Plan, Problem, Step, SystemStatus, Target, Update, Wish, text,
};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const FAMILY: Family = Family {
    word: "blendos",
    name: "blendOS",
    score: 93,
    signs: &[File("/usr/bin/akshara"), File("/system.yaml")],
    abilities: &ABILITIES,
    build: Some(|host| Arc::new(Blendos::new(host.clone()))),
};

const ABILITIES: [Ability; 6] = [
    Ability::Check,
    Ability::Stage,
    Ability::Diff,
    Ability::PackageList,
    Ability::Packages,
    Ability::Rebase,
];
const PROGRAM: &str = "akshara";
/// A whole system is downloaded and built, some of it from source.
const LONG: Duration = Duration::from_secs(12 * 3600);

#[derive(Clone, Debug)]
pub struct Blendos {
    host: Host,
    patience: Duration,
    /// One reads and writes the file of [`memory`] at a time.
    noting: Arc<Mutex<()>>,
    /// akshara runs for us: its lock is nobody else's.
    working: Arc<AtomicBool>,
}

impl Blendos {
    pub fn new(host: Host) -> Self {
        Self { host, patience: LONG, noting: Arc::default(), working: Arc::default() }
    }

    /// How long a build may take. akshara answers no questions, so that there is nothing else to wait for.
    #[must_use]
    pub fn patience(self, time: Duration) -> Self {
        Self { patience: time, ..self }
    }

    /// Reads a disk where that may take its time: a system has a folder for each of its packages.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let engine = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&engine)).await;
        done.unwrap_or_else(|e| Err(Problem::EngineFailed { detail: text::line(&e.to_string()) }))
    }
}

#[async_trait]
impl Engine for Blendos {
    fn id(&self) -> &'static str {
        "blendos"
    }

    fn abilities(&self) -> Vec<Ability> {
        ABILITIES.to_vec()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        self.read(status::read).await
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        let stream = watch::directories(&[&self.host.path("/")]);
        stream.map(StreamExt::boxed).map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })
    }

    async fn check(&self, _ctx: &Context) -> Result<Option<Update>, Problem> {
        self.read(check::run).await
    }

    async fn plan(
        &self,
        wish: &Wish,
        status: &SystemStatus,
        update: Option<&Update>,
    ) -> Result<Plan, Problem> {
        let (wish, status, update) = (wish.clone(), status.clone(), update.cloned());
        self.read(move |engine| plan::make(engine, &wish, &status, update.as_ref())).await
    }

    async fn run(&self, step: &Step, ctx: &Context) -> Result<(), Problem> {
        run::step(self, step, ctx).await
    }

    async fn diff(&self, from: &DeploymentId, to: &DeploymentId) -> Result<Changes, Problem> {
        let (from, to) = (from.clone(), to.clone());
        self.read(move |engine| packages::diff(engine, &from, &to)).await
    }

    async fn packages(&self) -> Result<Vec<Package>, Problem> {
        self.read(packages::list).await
    }

    async fn targets(&self) -> Result<Vec<Target>, Problem> {
        targets::all(self)
    }
}
