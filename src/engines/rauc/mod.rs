//! RAUC: slots with a whole system each, filled from signed bundles. What it promises and needs stands in its README.
//!
//! - [`answer`]: what the service says of slots, bundles and itself
//! - [`configuration`]: what the system's own configuration says
//! - `proxy`: the service's methods
//! - `look`, `status`: what there is
//! - `bundles`, `check`: what lies in the folder for bundles
//! - `plan`, `run`, `install`: what a wish would do, and doing it

pub mod answer;
mod bundles;
mod check;
pub mod configuration;
mod install;
mod look;
mod plan;
mod proxy;
mod run;
mod status;

use crate::Engine;
use crate::bus::Bus;
use crate::family::Family;
use crate::sign::Sign::{Any, File};
use answer::Slot;
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::{Ability, Plan, Problem, Step, SystemStatus, Update, Wish};
use configuration::Configuration;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const FAMILY: Family = Family {
    word: "rauc",
    name: "RAUC",
    score: 50,
    signs: &[
        File("/usr/bin/rauc"),
        Any(&[
            File("/etc/rauc/system.conf"),
            File("/run/rauc/system.conf"),
            File("/usr/lib/rauc/system.conf"),
        ]),
    ],
    abilities: &ABILITIES,
    build: Some(|host| Arc::new(Rauc::new(host.clone()))),
};

const ABILITIES: [Ability; 4] = [Ability::Check, Ability::Stage, Ability::Rollback, Ability::StartNext];

/// A bundle is read as a whole when it is looked at.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Debug)]
pub struct Rauc {
    host: Host,
    bus: Bus,
    patience: Duration,
    /// While something is installed the service tells nothing of slots; these are those of before.
    seen: Arc<Mutex<Option<Seen>>>,
    /// What is installed right now is our own, and nobody else's.
    working: Arc<AtomicBool>,
}

/// The slots and which of them starts next, as the service told last.
#[derive(Clone, Debug)]
struct Seen {
    slots: Vec<Slot>,
    primary: Option<String>,
}

impl Rauc {
    pub fn new(host: Host) -> Self {
        let bus = Bus::of(&host);
        Self { host, bus, patience: PATIENCE, seen: Arc::default(), working: Arc::default() }
    }

    /// How long a question may take.
    pub fn patience(self, time: Duration) -> Self {
        Self { patience: time, ..self }
    }

    fn works(&self) -> bool {
        self.working.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Engine for Rauc {
    fn id(&self) -> &'static str {
        "rauc"
    }

    fn abilities(&self) -> Vec<Ability> {
        // Where RAUC does not know the boot loader, nothing that it does decides what starts.
        if Configuration::read(&self.host).chooses() { ABILITIES.to_vec() } else { Vec::new() }
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self, &look::read(self).await?)
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        // Marking a slot sends no signal, but is written down where the configuration says.
        let mut folders = vec![self.host.path(bundles::FOLDER)];
        folders.extend(Configuration::read(&self.host).status_folder().map(|folder| self.host.path(&folder)));
        let folders: Vec<&Path> = folders.iter().map(|folder| folder.as_path()).collect();
        let files =
            watch::directories(&folders).map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
        Ok(stream::select(files, self.bus.signals(proxy::changes()?)).boxed())
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

    async fn confirm(&self, good: bool, ctx: &Context) -> Result<(), Problem> {
        run::confirm(self, good, ctx).await
    }
}
