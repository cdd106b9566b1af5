//! ABRoot, the two roots of Vanilla OS: one runs, the other is built anew by each change. What it promises and needs
//! stands in its README.
//!
//! - [`answer`]: what ABRoot answers and writes
//! - `status`, `roots`, `memory`: what lies on the two roots
//! - `moment`: what ABRoot is doing right now
//! - `check`: what the registry offers
//! - `plan`, `room`, `targets`, `packages`, `arguments`: what a wish would do; `promise`: what that brings along
//! - `run`, `build`, `records`: doing it

pub mod answer;
pub mod arguments;
mod build;
mod check;
mod memory;
mod moment;
mod packages;
mod plan;
mod promise;
mod records;
mod room;
mod roots;
mod run;
mod settings;
mod status;
mod targets;
mod watch;

use crate::Engine;
use crate::family::Family;
use crate::sign::Sign::File;
use answer::Manager;
use async_trait::async_trait;
use cairn_host::Host;
use cairn_host::tool::{Limits, Tool};
use cairn_jobs::Context;
use cairn_model::{Ability, BootArgument, Package, Plan, Problem, Step, SystemStatus, Target, Update, Wish};
use futures_util::stream::BoxStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) const FAMILY: Family = Family {
    word: "abroot",
    name: "ABRoot",
    score: 94,
    signs: &[File("/usr/bin/abroot"), File("/usr/share/abroot/abroot.json"), File("/abimage.abr")],
    abilities: &[
        Ability::Check,
        Ability::Stage,
        Ability::Rollback,
        Ability::StartNext,
        Ability::PackageList,
        Ability::Packages,
        Ability::Override,
        Ability::Rebase,
        Ability::KernelArguments,
    ],
    build: Some(|host| Arc::new(Abroot::new(host.clone()))),
};

const PROGRAM: &str = "abroot";
/// For an answer that takes no network.
const PATIENCE: Duration = Duration::from_secs(60);
/// A question to the registry is given that much more than another one.
const NETWORK: u32 = 3;

#[derive(Clone, Debug)]
pub struct Abroot {
    host: Host,
    patience: Duration,
    seen: Arc<Mutex<Seen>>,
    /// One reads and writes the file of [`memory`] at a time.
    noting: Arc<Mutex<()>>,
    /// A change of our own is running: its lock is nobody else's.
    working: Arc<AtomicBool>,
    /// No change of our own begins while what is left of an earlier one is put back.
    beginning: Arc<Mutex<()>>,
}

/// What the last look at the system said about its abilities.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// The root that runs is not the one that starts next, so that it can be made so.
    returns: bool,
    manager: Manager,
    /// There is a record of what the kernel is told.
    arguments: bool,
}

impl Abroot {
    pub fn new(host: Host) -> Self {
        let seen = Seen { returns: false, manager: Manager::On, arguments: true };
        let (seen, noting) = (Arc::new(Mutex::new(seen)), Arc::default());
        let (working, beginning) = (Arc::default(), Arc::default());
        Self { host, patience: PATIENCE, seen, noting, working, beginning }
    }

    /// How long a question may take.
    #[must_use]
    pub fn patience(self, time: Duration) -> Self {
        Self { patience: time, ..self }
    }

    fn tool(&self) -> Result<Tool, Problem> {
        self.host.tool(PROGRAM)
    }

    fn limits(&self) -> Limits {
        Limits::within(self.patience)
    }

    fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Says that a change of our own is running until the answer is dropped.
    fn work(&self) -> Working {
        let _none_is_put_back = self.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        self.working.store(true, Ordering::SeqCst);
        Working(Arc::clone(&self.working))
    }

    fn is_working(&self) -> bool {
        self.working.load(Ordering::SeqCst)
    }
}

#[derive(Debug)]
struct Working(Arc<AtomicBool>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl Engine for Abroot {
    fn id(&self) -> &'static str {
        "abroot"
    }

    fn abilities(&self) -> Vec<Ability> {
        let seen = self.seen();
        let here = |ability: &Ability| match ability {
            Ability::Rollback | Ability::StartNext => seen.returns,
            Ability::PackageList | Ability::Packages | Ability::Override => seen.manager != Manager::Off,
            Ability::KernelArguments => seen.arguments,
            _ => true,
        };
        FAMILY.abilities.iter().copied().filter(here).collect()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self).await
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        watch::start(&self.host)
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

    async fn packages(&self) -> Result<Vec<Package>, Problem> {
        packages::list(self).await
    }

    async fn arguments(&self) -> Result<Vec<BootArgument>, Problem> {
        arguments::list(self).await
    }

    async fn targets(&self) -> Result<Vec<Target>, Problem> {
        targets::all(&self.host)
    }
}
