//! SteamOS: two slots with a whole system each, updated by the service of Steam. What it promises and needs stands in its
//! README.
//!
//! - [`answer`]: what the service and the boot configuration say
//! - `proxy`: the service's methods
//! - `boot`: which slot runs, which starts next, what is known of the other one
//! - `images`: what the engine noted of the slots when it changed them
//! - `look`, `status`: what there is
//! - `check`, `targets`: what is offered
//! - `plan`, `run`, `update`: what a wish would do, and doing it
//! - `hold`: letting an update wait, and go on
//! - `left`: one that waits and that nobody looks after
//! - `follow`: how far an update is, also one that Steam began
//! - `failure`: what the service's errors mean

pub mod answer;
mod boot;
mod check;
mod failure;
mod follow;
mod hold;
pub mod images;
mod left;
mod look;
mod plan;
mod proxy;
mod run;
mod status;
mod targets;
mod update;

use crate::Engine;
use crate::bus::Bus;
use crate::family::Family;
use crate::sign::Sign::{Any, File, Service, System};
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::{Ability, Plan, Problem, Step, SystemStatus, Target, Update, Wish};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(crate) const FAMILY: Family = Family {
    word: "steamos",
    name: "SteamOS",
    score: 92,
    signs: &[
        System("steamos"),
        Any(&[Service("com.steampowered.Atomupd1"), File("/usr/bin/steamos-update")]),
    ],
    abilities: &ABILITIES,
    build: Some(|host| Arc::new(Steamos::new(host.clone()))),
};

const ABILITIES: [Ability; 7] = [
    Ability::Check,
    Ability::Stage,
    Ability::Rebase,
    Ability::Rollback,
    Ability::StartNext,
    Ability::Pause,
    Ability::Follow,
];

/// Where the service says that it can be started.
const ACTIVATION: &str = "/usr/share/dbus-1/system-services/com.steampowered.Atomupd1.service";
/// A check asks the network and counts what is to be downloaded.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Debug)]
pub struct Steamos {
    host: Host,
    bus: Bus,
    patience: Duration,
    longest: Duration,
    /// An update that runs is our own, and nobody else's.
    working: Arc<AtomicBool>,
}

impl Steamos {
    pub fn new(host: Host) -> Self {
        let bus = Bus::of(&host);
        Self { host, bus, patience: PATIENCE, longest: follow::LONGEST, working: Arc::default() }
    }

    /// How long a question may take.
    pub fn patience(self, time: Duration) -> Self {
        Self { patience: time, ..self }
    }

    /// How long an update may take, without the time that it is held.
    pub fn longest(self, time: Duration) -> Self {
        Self { longest: time, ..self }
    }

    /// Images from before the service have a script only, which does not tell what it would install.
    fn has_service(&self) -> bool {
        self.host.exists(ACTIVATION)
    }

    fn works(&self) -> bool {
        self.working.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Engine for Steamos {
    fn id(&self) -> &'static str {
        "steamos"
    }

    fn abilities(&self) -> Vec<Ability> {
        let slots = boot::can_choose(&self.host);
        let able = |ability: &Ability| match ability {
            Ability::Rollback | Ability::StartNext => slots,
            _ => self.has_service(),
        };
        ABILITIES.into_iter().filter(able).collect()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self, &look::read(self).await?)
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        let folders = [self.host.path(boot::CONFIGURATION), self.host.path("/run/steamos-atomupd")];
        let [configuration, pending] = &folders;
        let files = watch::directories(&[configuration, pending])
            .map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
        if !self.has_service() {
            return Ok(files.boxed());
        }
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

    async fn follow(&self, ctx: &Context) -> Result<(), Problem> {
        follow::elsewhere(self, ctx).await
    }

    async fn targets(&self) -> Result<Vec<Target>, Problem> {
        targets::list(&look::service(self).await?)
    }
}
