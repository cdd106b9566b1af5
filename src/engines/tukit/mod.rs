//! openSUSE Aeon, MicroOS, Kalpa and Leap Micro: transactional-update makes a snapshot for each change. What it promises
//! and needs stands in its README.
//!
//! - `status`, `check`, `packages`: what there is and what is offered
//! - `plan`, `run`: what a wish would do, and doing it
//! - `conflict`: which packages are in the way
//! - `zypper`, [`answer`], [`xml`], `lock`: how upstream's programs are asked, and what they say
//!
//! Snapshots themselves are the affair of snapperd, see [`crate::snapper`].

pub mod answer;
mod check;
mod conflict;
mod lock;
mod packages;
mod plan;
mod run;
mod status;
pub mod xml;
pub mod zypper;

use crate::family::Family;
use crate::sign::Sign::{Any, File, Root};
use crate::snapper::service::Service;
use crate::snapper::{diff, usage};
use crate::{Engine, Usage};
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::change::Changes;
use cairn_model::package::FoundPackage;
use cairn_model::{Ability, DeploymentId, Package, PackageName, Plan, Problem, Step, SystemStatus, Update, Wish, text};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::sync::Arc;
use std::time::Duration;

/// Programs of upstream.
const UPDATER: &str = "transactional-update";
const ZYPPER: &str = "zypper";
const RPM: &str = "rpm";

pub(crate) const FAMILY: Family = Family {
    word: "tukit",
    name: "transactional-update",
    score: 60,
    signs: &[Root("btrfs"), Any(&[File("/usr/sbin/transactional-update"), File("/usr/sbin/tukit")])],
    abilities: &[
        Ability::Check,
        Ability::Stage,
        Ability::Rollback,
        Ability::StartNext,
        Ability::Pin,
        Ability::Delete,
        Ability::Diff,
        Ability::PackageList,
        Ability::Packages,
        Ability::PackageSearch,
    ],
    build: Some(|host| Arc::new(Tukit::new(host.clone()))),
};

/// zypper fetches what the repositories have before it answers.
const PATIENCE: Duration = Duration::from_secs(600);
/// snapperd is started when it is first asked.
const SHORT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub struct Tukit {
    host: Host,
    service: Service,
    /// How long a program may take for an answer.
    patience: Duration,
}

impl Tukit {
    pub fn new(host: Host) -> Self {
        let service = Service::new(&host, SHORT);
        Self { host, service, patience: PATIENCE }
    }

    /// The same with another time that a question may take.
    #[must_use]
    pub fn patience(mut self, time: Duration) -> Self {
        self.service.time = time;
        Self { patience: time, ..self }
    }
}

#[async_trait]
impl Engine for Tukit {
    fn id(&self) -> &'static str {
        "tukit"
    }

    fn abilities(&self) -> Vec<Ability> {
        let has = |name| self.host.tool(name).is_ok();
        let (updater, zypper, rpm) = (has(UPDATER), has(ZYPPER), has(RPM));
        let able = |ability: &Ability| match ability {
            Ability::Check | Ability::PackageSearch => zypper,
            Ability::Stage => updater && zypper,
            Ability::PackageList | Ability::Packages => updater && zypper && rpm,
            Ability::Rollback | Ability::StartNext => updater,
            _ => true,
        };
        FAMILY.abilities.iter().copied().filter(able).collect()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self).await
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        // Another default changes no snapshot; transactional-update writes a file below /run then.
        let run = self.host.path("/run");
        let files = watch::directories(&[&run])
            .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
        Ok(stream::select(files, self.service.changes()?).boxed())
    }

    async fn usage(&self, ctx: &Context) -> Result<Usage, Problem> {
        usage::read(&self.service, &self.status().await?.deployments, ctx).await
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

    /// By package where rpm can be asked, else by file.
    async fn diff(&self, from: &DeploymentId, to: &DeploymentId) -> Result<Changes, Problem> {
        if self.host.tool(RPM).is_err() {
            return diff::files(&self.service, &self.host, from, to).await;
        }
        let disk = self.service.read().await?;
        let (from, to) = (disk.named(from)?.number, disk.named(to)?.number);
        let (from, to) = (zypper::installed(self, from).await?, zypper::installed(self, to).await?);
        let packages = crate::packages::compare(&from, &to);
        Ok(Changes { by_package: true, packages, ..Changes::default() })
    }

    async fn packages(&self) -> Result<Vec<Package>, Problem> {
        packages::list(self).await
    }

    async fn find_packages(&self, words: &str, ctx: &Context) -> Result<Vec<FoundPackage>, Problem> {
        packages::find(self, words, ctx).await
    }

    async fn fitting(&self, packages: &[PackageName], ctx: &Context) -> Result<Vec<PackageName>, Problem> {
        conflict::fitting(self, packages, ctx).await
    }
}
