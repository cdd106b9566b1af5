//! NixOS: generations of the system's profile, built from a channel or a flake. What it promises and needs stands in its
//! README.
//!
//! - [`generation`], [`system`], [`boot`], [`keep`], [`status`]: what there is, read from files
//! - [`origin`], [`channel`], [`flake`], [`targets`]: where updates come from
//! - [`check`], [`offer`]: what that offers, pinned
//! - [`plan`]: what a wish would do
//! - [`run`], [`build`], [`activate`], [`live`], [`garbage`], [`packages`]: doing it; [`search`]: what could be added
//! - [`diff`]: what differs
//! - [`nix`], [`answer`], [`event`], [`store`], [`failure`]: the programs of Nix and what they say

mod activate;
pub mod answer;
pub mod boot;
mod build;
pub mod channel;
mod check;
mod diff;
pub mod event;
mod failure;
mod flake;
mod garbage;
mod generation;
mod keep;
mod live;
mod nix;
mod offer;
mod origin;
mod packages;
mod plan;
mod run;
mod search;
mod status;
pub mod store;
pub mod system;
mod targets;

use crate::family::Family;
use crate::sign::Sign::{File, System};
use crate::{Engine, Usage};
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::change::Changes;
use cairn_model::package::FoundPackage;
use cairn_model::{Ability, DeploymentId, Package, Plan, Problem, Step, SystemStatus, Target, Update, Wish};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use origin::Origin;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const FAMILY: Family = Family {
    word: "nixos",
    name: "NixOS",
    score: 95,
    signs: &[File("/etc/NIXOS"), File("/run/current-system"), System("nixos")],
    abilities: &ABILITIES,
    build: Some(|host| Arc::new(Nixos::new(host.clone()))),
};

const ABILITIES: [Ability; 13] = [
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
    Ability::Rebase,
    Ability::Cleanup,
    Ability::ApplyLive,
];

const TOOLS: [&str; 4] = ["nix", "nix-env", "nix-instantiate", "nix-store"];
/// Where something changes when a version comes, goes, is kept or becomes the next.
const WATCHED: [&str; 7] = [
    generation::FOLDER,
    keep::ROOTS,
    "/boot/loader",
    "/boot/loader/entries",
    "/boot/grub",
    "/run/nixos",
    "/etc/nixos",
];

#[derive(Clone, Debug)]
pub struct Nixos {
    host: Host,
    patience: Duration,
    /// Settings for each program of Nix.
    options: Vec<(String, String)>,
}

impl Nixos {
    pub fn new(host: Host) -> Self {
        Self { host, patience: Duration::from_secs(60), options: Vec::new() }
    }

    /// How long a question may take.
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// A setting of nix.conf(5) that is another here.
    pub fn option(mut self, name: &str, value: &str) -> Self {
        self.options.push((name.to_owned(), value.to_owned()));
        self
    }

    fn origin(&self) -> Option<Origin> {
        Origin::find(&self.host)
    }

    /// What this machine has what it takes for.
    fn able(&self) -> Vec<Ability> {
        if TOOLS.iter().any(|tool| self.host.tool(tool).is_err()) {
            return Vec::new();
        }
        let here = |ability: &Ability| match ability {
            Ability::Check | Ability::Stage => self.origin().is_some(),
            Ability::Packages | Ability::PackageSearch => packages::able(self),
            Ability::Rebase => targets::any(self),
            Ability::ApplyLive => status::versions(self).is_ok_and(|all| live::candidate(self, all).is_some()),
            _ => true,
        };
        ABILITIES.into_iter().filter(here).collect()
    }

    fn needs(&self, ability: Ability, what: &str) -> Result<(), Problem> {
        if self.able().contains(&ability) { Ok(()) } else { Err(Problem::NotSupported { what: what.into() }) }
    }
}

#[async_trait]
impl Engine for Nixos {
    fn id(&self) -> &'static str {
        "nixos"
    }

    fn abilities(&self) -> Vec<Ability> {
        self.able()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        status::read(self)
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        let paths = WATCHED.map(|path| self.host.path(path));
        let paths: Vec<&Path> = paths.iter().map(|p| p.as_path()).collect();
        Ok(watch::directories(&paths).map_err(|e| failure::io(&e))?.boxed())
    }

    async fn usage(&self, ctx: &Context) -> Result<Usage, Problem> {
        garbage::usage(self, ctx).await
    }

    async fn check(&self, ctx: &Context) -> Result<Option<Update>, Problem> {
        self.needs(Ability::Check, "check")?;
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
        diff::versions(self, from, to).await
    }

    async fn packages(&self) -> Result<Vec<Package>, Problem> {
        self.needs(Ability::PackageList, "packages")?;
        packages::all(self).await
    }

    async fn find_packages(&self, words: &str, ctx: &Context) -> Result<Vec<FoundPackage>, Problem> {
        self.needs(Ability::PackageSearch, "find-packages")?;
        search::find(self, words, ctx).await
    }

    async fn targets(&self) -> Result<Vec<Target>, Problem> {
        self.needs(Ability::Rebase, "targets")?;
        targets::all(self)
    }
}
