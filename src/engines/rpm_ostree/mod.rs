//! rpm-ostree, through the service that it has on the system bus. What it promises and needs stands in its README.
//!
//! - [`proxy`]: what of the service is used; `daemon`: asking it
//! - [`answer`]: what it says of itself
//! - `status`, `packages`, `arguments`, `target`: what there is, and what there could be
//! - `check`, `image`: what the origin offers; `layered`: where that is nothing but packages that were added
//! - `plan`: what a wish would do
//! - `run`: doing it; `change`: the one call for it; `transaction`, `progress`: following it
//! - `live`: using what is prepared at once; `elsewhere`: looking on at what others do
//! - `automatic`, [`configuration`], `timer`: what it does by itself
//! - `conflict`: which packages are in the way
//! - `failure`: what its errors mean

pub mod answer;
mod arguments;
mod automatic;
mod change;
mod check;
pub mod configuration;
mod conflict;
mod daemon;
mod elsewhere;
mod failure;
pub mod image;
mod layered;
mod live;
mod packages;
mod plan;
mod progress;
pub mod proxy;
mod run;
mod status;
mod target;
mod timer;
mod transaction;

use crate::bus::Bus;
use crate::family::Family;
use crate::ostree::Ostree;
use crate::sign::{
    BOOTED,
    Sign::{Any, File, Service},
};
use crate::{Engine, Usage};
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::automatic::Automatic;
use cairn_model::change::{Changes, FileChange};
use cairn_model::package::FoundPackage;
use cairn_model::{
    Ability, BootArgument, DeploymentId, Package, PackageName, Plan, Problem, Step, SystemStatus, Target, Update, Wish, text,
};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The name on the bus, also for people.
const SERVICE: &str = "org.projectatomic.rpmostree1";
/// Where libostree keeps what it has.
const REPO: &str = "/ostree/repo";

pub(crate) const FAMILY: Family = Family {
    word: "rpm-ostree",
    name: "rpm-ostree",
    score: 80,
    signs: &[BOOTED, Any(&[File("/usr/bin/rpm-ostree"), Service(SERVICE)])],
    abilities: &MOST,
    build: Some(|host| Arc::new(RpmOstree::new(host.clone()))),
};

/// What the service does by itself.
const ABILITIES: [Ability; 14] = [
    Ability::Check,
    Ability::Stage,
    Ability::DropStaged,
    Ability::Rollback,
    Ability::Diff,
    Ability::PackageList,
    Ability::Packages,
    Ability::PackageSearch,
    Ability::Override,
    Ability::Rebase,
    Ability::Cleanup,
    Ability::KernelArguments,
    Ability::Follow,
    Ability::DownloadOnly,
];
/// With everything that takes a system of a certain kind, or a moment of it.
const MOST: [Ability; 20] = [
    Ability::Check,
    Ability::Stage,
    Ability::DropStaged,
    Ability::Rollback,
    Ability::Diff,
    Ability::PackageList,
    Ability::Packages,
    Ability::PackageSearch,
    Ability::Override,
    Ability::Rebase,
    Ability::Cleanup,
    Ability::KernelArguments,
    Ability::Follow,
    Ability::DownloadOnly,
    Ability::StartNext,
    Ability::Pin,
    Ability::Delete,
    Ability::EtcDrift,
    Ability::ApplyLive,
    Ability::Automatic,
];
/// What an administrator can forbid.
const LAYERING: [Ability; 3] = [Ability::Packages, Ability::PackageSearch, Ability::Override];
/// What it leaves to libostree.
const BELOW: [Ability; 4] = [Ability::StartNext, Ability::Pin, Ability::Delete, Ability::EtcDrift];

#[derive(Clone, Debug)]
pub struct RpmOstree {
    host: Host,
    bus: Bus,
    patience: Duration,
    /// As whom this program told the service that it is there.
    registered: Arc<Mutex<Option<String>>>,
    /// What could be done when it was last looked at, and not always.
    sometimes: Arc<Mutex<Vec<Ability>>>,
    /// Pins, picks and deletes; `None` where it finds no system that it has started.
    below: Option<Ostree>,
}

impl RpmOstree {
    pub fn new(host: Host) -> Self {
        let below = Some(Ostree::new(host.clone()));
        let below = below.filter(|ostree| host.exists("/ostree/repo/config") && ostree.has_started());
        let bus = Bus::of(&host);
        let (registered, sometimes) = (Arc::default(), Arc::default());
        Self { host, bus, patience: Duration::from_secs(60), registered, sometimes, below }
    }

    /// How long an answer may take. A transaction may be silent for thirty times as long.
    pub fn patience(self, time: Duration) -> Self {
        Self { patience: time, ..self }
    }

    fn silence(&self) -> Duration {
        self.patience * 30
    }

    /// Notes what can be done now.
    fn can_now(&self, apply_live: bool, automatic: Option<&Automatic>) {
        let automatic = automatic.is_some_and(|automatic| !automatic.choices.is_empty());
        let all = [(Ability::ApplyLive, apply_live), (Ability::Automatic, automatic)];
        let now = all.into_iter().filter(|(_, can)| *can).map(|(ability, _)| ability).collect();
        *self.sometimes.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Whether its configuration forbids to add packages and to leave some out.
    fn is_locked(&self) -> bool {
        let text = self.host.read(configuration::FILE).ok().flatten();
        text.is_some_and(|text| configuration::locks_layering(&text))
    }

    /// # Errors
    /// [`Problem::NotSupported`] where nothing of the kind may be done.
    fn may_layer(&self, what: &str) -> Result<(), Problem> {
        if self.is_locked() { Err(Problem::NotSupported { what: what.into() }) } else { Ok(()) }
    }

    fn below(&self, what: &str) -> Result<&Ostree, Problem> {
        self.below.as_ref().ok_or_else(|| Problem::NotSupported { what: what.into() })
    }
}

#[async_trait]
impl Engine for RpmOstree {
    fn id(&self) -> &'static str {
        "rpm-ostree"
    }

    fn abilities(&self) -> Vec<Ability> {
        let below: &[Ability] = if self.below.is_some() { &BELOW } else { &[] };
        let sometimes = self.sometimes.lock().unwrap_or_else(PoisonError::into_inner);
        let locked = self.is_locked();
        let may = |ability: &Ability| !locked || !LAYERING.contains(ability);
        ABILITIES.iter().chain(below).chain(&*sometimes).copied().filter(may).collect()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self).await
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        let rule = zbus::MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .sender(SERVICE)
            .and_then(|rule| rule.interface("org.freedesktop.DBus.Properties"))
            .and_then(|rule| rule.path_namespace("/org/projectatomic/rpmostree1"))
            .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?
            .build();
        let told = self.bus.signals(rule);
        // The service ends while nobody asks it anything, and says nothing of what others do meanwhile.
        let folder = self.host.path("/ostree/deploy");
        let seen = watch::directories(&[&folder])
            .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
        Ok(stream::select(told, seen).boxed())
    }

    async fn usage(&self, ctx: &Context) -> Result<Usage, Problem> {
        self.below("usage")?.usage(ctx).await
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
        status::diff(self, from, to).await
    }

    async fn drift(&self, id: &DeploymentId) -> Result<Vec<FileChange>, Problem> {
        self.below("drift")?.drift(id).await
    }

    async fn packages(&self) -> Result<Vec<Package>, Problem> {
        Ok(packages::list(&daemon::Daemon::of(self).await?.entries().await?))
    }

    async fn find_packages(&self, words: &str, ctx: &Context) -> Result<Vec<FoundPackage>, Problem> {
        self.may_layer("find-packages")?;
        packages::find(self, words, ctx).await
    }

    async fn fitting(&self, packages: &[PackageName], ctx: &Context) -> Result<Vec<PackageName>, Problem> {
        conflict::fitting(self, packages, ctx).await
    }

    async fn follow(&self, ctx: &Context) -> Result<(), Problem> {
        elsewhere::look_on(self, ctx).await
    }

    async fn arguments(&self) -> Result<Vec<BootArgument>, Problem> {
        arguments::list(self).await
    }

    async fn targets(&self) -> Result<Vec<Target>, Problem> {
        let entries = daemon::Daemon::of(self).await?.entries().await?;
        Ok(target::all(daemon::running(&entries)?))
    }
}
