//! Systems of images that systemd-sysupdate keeps up to date: GNOME OS, ParticleOS. What the engine promises and needs
//! stands in its README.
//!
//! - [`answer`]: what upstream answers; `version`, `entries`, `transfers`: what lies on the disk
//! - [`loader`], `choose`: what the boot loader starts, and letting it start something else
//! - [`bless`]: telling the boot loader whether what it started works
//! - [`feature`], [`extension`], `extras`: parts beside the image
//! - `upstream`: the service (`service`, `job`, `proxy`, `failure`) or the program (`program`)
//! - `status`, `check`: what there is, what is on offer
//! - `plan`, `run`: what a wish would do, and doing it

pub mod answer;
pub mod bless;
mod check;
mod choose;
pub mod entries;
pub mod extension;
mod extras;
mod failure;
pub mod feature;
mod job;
pub mod loader;
mod plan;
mod program;
mod proxy;
mod run;
mod service;
mod status;
pub mod transfers;
mod upstream;
mod version;

use crate::Engine;
use crate::bus::Bus;
use crate::family::Family;
use crate::sign::Sign::{Any, File};
use crate::sign::transfer;
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::{Ability, Extra, Plan, Problem, Step, SystemStatus, Update, Wish, text};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use program::Program;
use service::Service;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use upstream::Upstream;
use zbus::MatchRule;

pub(crate) const FAMILY: Family = Family {
    word: "sysupdate",
    name: "systemd-sysupdate",
    score: 55,
    signs: &[
        File("/usr/lib/systemd/systemd-sysupdate"),
        Any(&[
            transfer("/usr/lib/sysupdate.d"),
            transfer("/etc/sysupdate.d"),
            transfer("/run/sysupdate.d"),
        ]),
    ],
    abilities: &ABILITIES,
    build: Some(|host| Arc::new(Sysupdate::new(host.clone()))),
};

const ABILITIES: [Ability; 6] = [
    Ability::Check,
    Ability::Stage,
    Ability::Cleanup,
    Ability::Rollback,
    Ability::StartNext,
    Ability::Extras,
];

/// A file of this name makes the service one that can be started (D-Bus specification, "Message Bus Starting Services").
const SERVICE_FILE: &str = "/usr/share/dbus-1/system-services/org.freedesktop.sysupdate1.service";
/// Asking takes a moment; asking the origin may take a slow line's time.
const PATIENCE: Duration = Duration::from_secs(60);
/// A whole system over a slow line.
const LONG: Duration = Duration::from_secs(6 * 3600);

#[derive(Clone, Debug)]
pub struct Sysupdate {
    host: Host,
    bus: Bus,
    patience: Duration,
    /// The job that the service does for this engine.
    own: Arc<AtomicU64>,
    /// The boot loader answered last time, and another version could be started.
    chooses: Arc<AtomicBool>,
}

impl Sysupdate {
    pub fn new(host: Host) -> Self {
        Self { bus: Bus::of(&host), host, patience: PATIENCE, own: Arc::default(), chooses: Arc::default() }
    }

    /// How long a question may take.
    #[must_use]
    pub fn patience(self, time: Duration) -> Self {
        Self { patience: time, ..self }
    }

    fn upstream(&self) -> Result<Upstream, Problem> {
        if self.host.exists(SERVICE_FILE) {
            let (bus, own) = (self.bus.clone(), Arc::clone(&self.own));
            return Ok(Upstream::Service(Service { bus, patience: self.patience, long: LONG, own }));
        }
        Program::new(&self.host, self.patience, LONG).map(Upstream::Program)
    }

    /// Whether what starts next can be chosen, as the status found last.
    fn chooses(&self) -> bool {
        self.chooses.load(Ordering::Relaxed)
    }

    fn may_choose(&self, yes: bool) {
        self.chooses.store(yes, Ordering::Relaxed);
    }

    /// Where versions and their boot entries come and go.
    fn folders(&self) -> Vec<PathBuf> {
        let transfers = transfers::Transfers::read(&self.host).folders;
        let entries = entries::FOLDERS.iter().map(|(folder, _)| *folder);
        entries.chain(transfers.iter().map(String::as_str)).map(|folder| self.host.path(folder)).collect()
    }
}

#[async_trait]
impl Engine for Sysupdate {
    fn id(&self) -> &'static str {
        "sysupdate"
    }

    fn abilities(&self) -> Vec<Ability> {
        let able = |ability: &Ability| match ability {
            Ability::Rollback | Ability::StartNext => self.chooses(),
            _ => true,
        };
        ABILITIES.into_iter().filter(able).collect()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self, &self.upstream()?).await
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        let folders = self.folders();
        let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
        let failed = |e: std::io::Error| Problem::EngineFailed { detail: text::line(&e.to_string()) };
        let changes = watch::directories(&folders).map_err(failed)?.boxed();
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface("org.freedesktop.sysupdate1.Manager")
            .map(|rule| rule.build().to_owned());
        match rule {
            Ok(rule) if self.host.exists(SERVICE_FILE) => {
                Ok(stream::select(self.bus.signals(rule), changes).boxed())
            }
            _ => Ok(changes),
        }
    }

    async fn check(&self, ctx: &Context) -> Result<Option<Update>, Problem> {
        check::run(self, &self.upstream()?, ctx).await
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
        run::step(self, &self.upstream()?, step, ctx).await
    }

    async fn confirm(&self, good: bool, ctx: &Context) -> Result<(), Problem> {
        bless::confirm(self, good, ctx).await
    }

    async fn extras(&self) -> Result<Vec<Extra>, Problem> {
        extras::all(self, &self.upstream()?).await
    }
}
