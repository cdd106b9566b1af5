//! The contract between an engine and the service.

use async_trait::async_trait;
use cairn_jobs::Context;
use cairn_model::change::{Changes, FileChange};
use cairn_model::package::FoundPackage;
use cairn_model::{
    Ability, BootArgument, DeploymentId, Extra, Package, PackageName, Plan, Problem, Step, SystemStatus,
    Target, Update, Wish,
};
use futures_util::stream::BoxStream;
use std::collections::HashMap;
use std::fmt::Debug;

/// What the versions cost on disk, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// What becomes free when just this one is removed.
    pub unique: HashMap<DeploymentId, u64>,
    /// All together, shared parts once.
    pub total: u64,
}

/// A family of atomic system.
///
/// Everything but [`Engine::run`] leaves the system as it is. Whatever an engine is not able to do is absent
/// from [`Engine::abilities`], refused by [`Engine::plan`] and so never run.
#[async_trait]
pub trait Engine: Debug + Send + Sync {
    /// The engine's word, the name of its folder.
    fn id(&self) -> &'static str;

    fn abilities(&self) -> Vec<Ability>;

    /// What there is right now: exactly one version runs, one starts next, at most one is staged.
    async fn status(&self) -> Result<SystemStatus, Problem>;

    /// Wakes when somebody, also another tool, changed the versions. Says nothing else: read again.
    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem>;

    /// What the versions cost; slow.
    async fn usage(&self, _ctx: &Context) -> Result<Usage, Problem> {
        Err(unable("usage"))
    }

    /// Asks the origin for what it offers now. `None` when that is what runs already.
    async fn check(&self, ctx: &Context) -> Result<Option<Update>, Problem>;

    /// Resolves a wish. `status` is what the service knows, with its own memory (good, skipped, names) in it;
    /// `update` is what the last check found.
    ///
    /// # Errors
    /// A typed refusal: see the variants of [`Problem`].
    async fn plan(
        &self,
        wish: &Wish,
        status: &SystemStatus,
        update: Option<&Update>,
    ) -> Result<Plan, Problem>;

    /// Does one step. It may be killed at any point: the system is then as before or as after.
    async fn run(&self, step: &Step, ctx: &Context) -> Result<(), Problem>;

    async fn diff(&self, _from: &DeploymentId, _to: &DeploymentId) -> Result<Changes, Problem> {
        Err(unable("diff"))
    }

    /// Files below /etc that differ from the version's defaults.
    async fn drift(&self, _id: &DeploymentId) -> Result<Vec<FileChange>, Problem> {
        Err(unable("drift"))
    }

    /// What was added to the base, left out of it or replaced, by name.
    async fn packages(&self) -> Result<Vec<Package>, Problem> {
        Err(unable("packages"))
    }

    /// Packages that could be added and fit the words; the best first, at most a hundred. May take the network.
    async fn find_packages(&self, _words: &str, _ctx: &Context) -> Result<Vec<FoundPackage>, Problem> {
        Err(unable("find-packages"))
    }

    /// Which of these packages, that were put aside, could be added to the system now; none where nobody can say. May take
    /// the network.
    async fn fitting(&self, _packages: &[PackageName], _ctx: &Context) -> Result<Vec<PackageName>, Problem> {
        Ok(Vec::new())
    }

    /// What the kernel is told, now and at the next start.
    async fn arguments(&self) -> Result<Vec<BootArgument>, Problem> {
        Err(unable("arguments"))
    }

    /// Parts beside the system's image, by name.
    async fn extras(&self) -> Result<Vec<Extra>, Problem> {
        Err(unable("extras"))
    }

    /// The person, or the health checks, say that the running version works or does not. Told to whoever decides about
    /// the next start, where somebody counts; `Ok` at once where nobody does, or where it was told before.
    async fn confirm(&self, _good: bool, _ctx: &Context) -> Result<(), Problem> {
        Ok(())
    }

    /// Makes the next restart one without firmware and kernel.
    async fn prepare_soft_restart(&self) -> Result<(), Problem> {
        Err(unable("soft-restart"))
    }

    /// Shows how far a change is that another program makes, until it ends; `Ok` at once where there is none. What is
    /// cancelled is the looking on, never the change.
    async fn follow(&self, _ctx: &Context) -> Result<(), Problem> {
        Err(unable("follow"))
    }

    /// What the system could follow, with what it follows now.
    async fn targets(&self) -> Result<Vec<Target>, Problem> {
        Err(unable("targets"))
    }
}

fn unable(what: &str) -> Problem {
    Problem::NotSupported { what: what.into() }
}
