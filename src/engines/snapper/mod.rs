//! Ordinary distributions whose root is a Btrfs subvolume that snapper makes snapshots of. What it promises and needs
//! stands in its README.
//!
//! - [`proxy`], [`service`], [`failure`]: snapperd on the bus; also what the engine above snapper stands on
//! - [`answer`]: what it says, as data
//! - [`layout`]: whether this root can be another snapshot at the next start
//! - `versions`, `status`, [`diff`], [`usage`]: what there is
//! - `cleanup`: what snapper's own rules no longer keep
//! - `plan`, [`etc`], `run`: what a wish would do, and doing it

pub mod answer;
mod cleanup;
pub(crate) mod diff;
pub(crate) mod etc;
mod failure;
pub mod layout;
mod plan;
pub mod proxy;
mod run;
pub(crate) mod service;
pub(crate) mod status;
pub(crate) mod usage;
mod versions;

use crate::family::Family;
use crate::sign::Sign::{Content, Root, Service as Bus};
use crate::{Engine, Usage};
use async_trait::async_trait;
use cairn_host::Host;
use cairn_jobs::Context;
use cairn_model::change::Changes;
use cairn_model::{Ability, DeploymentId, Plan, Problem, Step, SystemStatus, Update, Wish};
use futures_util::stream::BoxStream;
use service::Service;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const FAMILY: Family = Family {
    word: "snapper",
    name: "snapper",
    score: 40,
    signs: &[
        Root("btrfs"),
        Bus("org.opensuse.Snapper"),
        Content { folder: "/etc/snapper/configs", ending: "", words: "SUBVOLUME=\"/\"" },
    ],
    abilities: &[
        Ability::Rollback,
        Ability::StartNext,
        Ability::Pin,
        Ability::Delete,
        Ability::Diff,
        Ability::Cleanup,
        Ability::Snapshot,
    ],
    build: Some(|host| Arc::new(Snapper::new(host.clone()))),
};

/// snapperd is started when it is first asked, and reads every snapshot then.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub struct Snapper {
    host: Host,
    service: Service,
}

impl Snapper {
    pub fn new(host: Host) -> Self {
        let service = Service::new(&host, PATIENCE);
        Self { host, service }
    }

    /// The same with another time that a question may take.
    #[must_use]
    pub fn patience(mut self, time: Duration) -> Self {
        self.service.time = time;
        self
    }
}

#[async_trait]
impl Engine for Snapper {
    fn id(&self) -> &'static str {
        "snapper"
    }

    fn abilities(&self) -> Vec<Ability> {
        let back = run::can_choose(&self.host);
        let able = |ability: &Ability| match ability {
            Ability::Rollback | Ability::StartNext => back,
            Ability::Cleanup => cleanup::Rules::read(&self.host).any() && self.host.tool(answer::SNAPPER).is_ok(),
            _ => true,
        };
        FAMILY.abilities.iter().copied().filter(able).collect()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self).await
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        self.service.changes()
    }

    async fn usage(&self, ctx: &Context) -> Result<Usage, Problem> {
        usage::read(&self.service, &self.status().await?.deployments, ctx).await
    }

    /// Updates are the package manager's affair; snapper looks on.
    async fn check(&self, _ctx: &Context) -> Result<Option<Update>, Problem> {
        Err(Problem::NotSupported { what: "check".into() })
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
        diff::files(&self.service, &self.host, from, to).await
    }
}
