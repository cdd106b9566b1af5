//! libostree itself, without another tool above it. What it promises and needs stands in its README.
//!
//! - [`open`]: the sysroot, the lock, the thread that libostree works on
//! - [`status`], [`usage`], [`diff`], `drift`: what there is
//! - [`check`]: what the origin offers
//! - [`plan`], [`space`]: what a wish would do
//! - [`run`]: doing it
//! - [`commit`], [`tree`], [`verify`], [`failure`]: how libostree keeps and says things

mod check;
pub mod commit;
mod diff;
mod failure;
mod open;
mod plan;
mod run;
mod space;
mod status;
mod tree;
mod usage;
mod verify;

use crate::family::Family;
use crate::sign::{BOOTED, Sign::File};
use crate::{Engine, Usage};
use async_trait::async_trait;
use cairn_host::{Host, watch};
use cairn_jobs::Context;
use cairn_model::change::{Changes, FileChange};
use cairn_model::{Ability, DeploymentId, Plan, Problem, Step, SystemStatus, Update, Verification, Wish};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

pub(crate) use status::finalize_failure;

pub(crate) const FAMILY: Family = Family {
    word: "ostree",
    name: "OSTree",
    score: 70,
    signs: &[BOOTED, File("/ostree/repo")],
    abilities: &ABILITIES,
    build: Some(|host| Arc::new(Ostree::new(host.clone()))),
};

const ABILITIES: [Ability; 9] = [
    Ability::Check,
    Ability::Stage,
    Ability::DropStaged,
    Ability::Rollback,
    Ability::StartNext,
    Ability::Pin,
    Ability::Delete,
    Ability::Diff,
    Ability::EtcDrift,
];

#[derive(Clone, Debug)]
pub struct Ostree {
    host: Host,
    /// Verification asks gpg, which is slow; a commit's answer does not change while its remote's keys stay.
    verified: Arc<Mutex<HashMap<String, Verification>>>,
}

impl Ostree {
    pub fn new(host: Host) -> Self {
        Self { host, verified: Arc::default() }
    }

    /// Whether another tool holds the sysroot's lock, for engines that stand above this one.
    pub(crate) async fn is_busy(&self) -> bool {
        let engine = self.clone();
        let tried = open::blocking(&Context::default(), move |_| open::locked(&engine).map(drop)).await;
        tried == Err(Problem::BusyElsewhere)
    }

    /// Adds to a plan that starts another version how many edits below /etc stay with the running one, for engines that
    /// stand above this one. Nobody is kept from going back where that cannot be counted.
    pub(crate) async fn warn_of_edits(&self, plan: &mut Plan, status: &SystemStatus) {
        let (engine, status, made) = (self.clone(), status.clone(), plan.clone());
        let counted =
            open::blocking(&Context::default(), move |_| plan::edits(&engine, &status, &made)).await;
        match counted {
            Ok(warning) => plan.warnings.extend(warning),
            Err(problem) => {
                tracing::warn!(cairn_problem = problem.code(), "edits cannot be counted: {problem:?}");
            }
        }
    }

    /// Whether libostree finds a system here that it has started.
    pub(crate) fn has_started(&self) -> bool {
        open::sysroot(self).is_ok_and(|sysroot| sysroot.booted_deployment().is_some())
    }
}

#[async_trait]
impl Engine for Ostree {
    fn id(&self) -> &'static str {
        "ostree"
    }

    fn abilities(&self) -> Vec<Ability> {
        ABILITIES.to_vec()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        let engine = self.clone();
        open::blocking(&Context::default(), move |_| status::read(&engine)).await
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        // libostree touches ostree/deploy at each change of the list and keeps the staged one below /run/ostree;
        // pinning writes an origin file, which lies in a stateroot's deploy directory.
        let mut paths =
            vec![self.host.path("/ostree/deploy"), self.host.path("/run"), self.host.path("/run/ostree")];
        for stateroot in self.host.list("/ostree/deploy") {
            paths.push(self.host.path(&format!("/ostree/deploy/{stateroot}/deploy")));
        }
        let paths: Vec<&Path> = paths.iter().map(|p| p.as_path()).collect();
        let stream = watch::directories(&paths).map_err(|e| failure::io(&e))?;
        Ok(stream.boxed())
    }

    async fn usage(&self, ctx: &Context) -> Result<Usage, Problem> {
        let engine = self.clone();
        open::blocking(ctx, move |c| usage::read(&engine, c)).await
    }

    async fn check(&self, ctx: &Context) -> Result<Option<Update>, Problem> {
        let engine = self.clone();
        open::blocking(ctx, move |c| check::run(&engine, c)).await
    }

    async fn plan(
        &self,
        wish: &Wish,
        status: &SystemStatus,
        update: Option<&Update>,
    ) -> Result<Plan, Problem> {
        let (engine, wish, status, update) = (self.clone(), wish.clone(), status.clone(), update.cloned());
        open::blocking(&Context::default(), move |_| plan::make(&engine, &wish, &status, update.as_ref()))
            .await
    }

    async fn run(&self, step: &Step, ctx: &Context) -> Result<(), Problem> {
        let (engine, step, progress) = (self.clone(), step.clone(), ctx.progress.clone());
        open::blocking(ctx, move |c| run::step(&engine, &step, &progress, c)).await
    }

    async fn diff(&self, from: &DeploymentId, to: &DeploymentId) -> Result<Changes, Problem> {
        let (engine, from, to) = (self.clone(), from.clone(), to.clone());
        open::blocking(&Context::default(), move |_| diff::deployments(&engine, &from, &to)).await
    }

    async fn drift(&self, id: &DeploymentId) -> Result<Vec<FileChange>, Problem> {
        let (engine, id) = (self.clone(), id.clone());
        open::blocking(&Context::default(), move |_| diff::drift(&engine, &id)).await
    }
}
