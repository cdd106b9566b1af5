//! Endless OS: eos-updater finds, fetches and applies updates; everything else is libostree's. What the engine promises and
//! needs stands in its README.
//!
//! - [`answer`], `failure`, `proxy`: what the updater says
//! - `updater`: asking it, and waiting for it
//! - `status`, `alone`, `check`: what there is, with and without libostree; what is on offer
//! - `plan`, `run`: what a wish would do, and doing it

mod alone;
pub mod answer;
mod check;
mod failure;
mod plan;
mod proxy;
mod run;
mod status;
mod updater;

use crate::bus::Bus;
use crate::family::Family;
use crate::ostree::Ostree;
use crate::sign::{BOOTED, Sign::Service};
use crate::{Engine, Usage};
use answer::SERVICE;
use async_trait::async_trait;
use cairn_host::Host;
use cairn_jobs::Context;
use cairn_model::change::{Changes, FileChange};
use cairn_model::{Ability, DeploymentId, Plan, Problem, Step, SystemStatus, Update, Wish};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use updater::Updater;
use zbus::MatchRule;

pub(crate) const FAMILY: Family = Family {
    word: "eos-updater",
    name: "Endless OS",
    score: 91,
    signs: &[BOOTED, Service(SERVICE)],
    abilities: &ABILITIES,
    build: Some(|host| Arc::new(EosUpdater::new(host.clone()))),
};

const ABILITIES: [Ability; 8] = [
    Ability::Check,
    Ability::Stage,
    Ability::Rollback,
    Ability::StartNext,
    Ability::Pin,
    Ability::Delete,
    Ability::Diff,
    Ability::EtcDrift,
];
/// What the updater does by itself.
const OWN: [Ability; 2] = [Ability::Check, Ability::Stage];

/// Asking takes a moment; looking for an update may take a slow line's time, on the local network as well.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Debug)]
pub struct EosUpdater {
    host: Host,
    updater: Updater,
    /// What looks after the versions that are here.
    below: Option<Arc<dyn Engine>>,
    /// The updater works for this engine.
    at_work: Arc<AtomicBool>,
}

/// While there is one, the updater works for this engine.
struct AtWork(Arc<AtomicBool>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl EosUpdater {
    /// Over libostree where there is a repository; alone where there is none.
    pub fn new(host: Host) -> Self {
        let config = host.read("/ostree/repo/config").ok().flatten().unwrap_or_default();
        // libostree opens nothing without that section (ostree: src/libostree/ostree-repo.c).
        let below = config.contains("[core]").then(|| Arc::new(Ostree::new(host.clone())) as Arc<dyn Engine>);
        Self::made(host, below)
    }

    /// Over any engine that looks after the versions that are here.
    pub fn over(host: Host, below: Arc<dyn Engine>) -> Self {
        Self::made(host, Some(below))
    }

    /// How long a question may take.
    #[must_use]
    pub fn patience(mut self, time: Duration) -> Self {
        self.updater.patience = time;
        self
    }

    fn made(host: Host, below: Option<Arc<dyn Engine>>) -> Self {
        let updater = Updater { bus: Bus::of(&host), patience: PATIENCE };
        Self { host, updater, below, at_work: Arc::default() }
    }

    fn at_work(&self) -> AtWork {
        self.at_work.store(true, Ordering::Relaxed);
        AtWork(Arc::clone(&self.at_work))
    }

    fn abilities_here(&self) -> Vec<Ability> {
        let below = self.below.as_ref().map(|below| below.abilities()).unwrap_or_default();
        ABILITIES.into_iter().filter(|ability| OWN.contains(ability) || below.contains(ability)).collect()
    }

    fn under(&self, what: &str) -> Result<&Arc<dyn Engine>, Problem> {
        self.below.as_ref().ok_or_else(|| Problem::NotSupported { what: what.into() })
    }
}

#[async_trait]
impl Engine for EosUpdater {
    fn id(&self) -> &'static str {
        "eos-updater"
    }

    fn abilities(&self) -> Vec<Ability> {
        self.abilities_here()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self).await
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        let below = self.below.as_ref().map(|below| below.watch()).transpose()?;
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface(SERVICE)
            .map(|rule| rule.build().to_owned())
            .map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
        let told = self.updater.bus.signals(rule);
        Ok(match below {
            Some(below) => stream::select(told, below).boxed(),
            None => told,
        })
    }

    async fn usage(&self, ctx: &Context) -> Result<Usage, Problem> {
        self.under("usage")?.usage(ctx).await
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

    async fn diff(&self, from: &DeploymentId, to: &DeploymentId) -> Result<Changes, Problem> {
        self.under("diff")?.diff(from, to).await
    }

    async fn drift(&self, id: &DeploymentId) -> Result<Vec<FileChange>, Problem> {
        self.under("drift")?.drift(id).await
    }
}
