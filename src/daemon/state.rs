//! What is known of the system, true within a moment of any change.

use crate::authority::Authority;
use crate::idle::Clients;
use crate::jobs::Jobs;
use crate::overlay;
use crate::plans::Plans;
use cairn_engines::{Engine, Usage, distro};
use cairn_host::Host;
use cairn_jobs::{Context, Store};
use cairn_model::restart::RestartSchedule;
use cairn_model::system::{HeldBack, Notice};
use cairn_model::{DeploymentId, PackageName, Problem, SystemStatus, Update};
use futures_util::StreamExt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Changes come in bursts; the last one of a burst is worth reading.
const SETTLE: Duration = Duration::from_millis(120);
/// Keys of small values in the store.
pub const UPDATE: &str = "update";
pub const LAST_CHECK: &str = "last-check";
pub const AUTO_KEPT: &str = "auto-kept";
pub const INTERRUPTED: &str = "interrupted";
const ASIDE: &str = "aside";
/// Which of them could be added again when that was last looked at.
const FITTING: &str = "aside-fitting";

/// Everything that the parts of the service share.
#[derive(Debug)]
pub struct State {
    pub host: Host,
    pub store: Store,
    pub connection: zbus::Connection,
    pub authority: Authority,
    pub plans: Plans,
    pub jobs: Jobs,
    pub clients: Clients,
    pub restart: watch::Sender<Option<RestartSchedule>>,
    pub status: watch::Sender<Arc<SystemStatus>>,
    pub update: watch::Sender<Option<Update>>,
    engine: Result<Arc<dyn Engine>, Problem>,
    usage: Mutex<Option<(Vec<DeploymentId>, Usage)>>,
    /// One reads at a time, so that an older answer never covers a newer one.
    reading: tokio::sync::Mutex<()>,
    /// What anybody may ask for but costs a walk over a version: two at a time, so that a flood of questions never takes
    /// the threads that a change and the status need.
    pub costly: tokio::sync::Semaphore,
    /// The health checks of this boot are running; leaving now would let nobody hear of them.
    pub checking_health: AtomicBool,
}

impl State {
    pub fn new(
        host: Host,
        engine: Result<Arc<dyn Engine>, Problem>,
        store: Store,
        connection: zbus::Connection,
    ) -> Self {
        let update = store.setting(UPDATE).ok().flatten().and_then(|json| serde_json::from_str(&json).ok());
        Self {
            host,
            store,
            connection,
            authority: Authority::default(),
            plans: Plans::default(),
            jobs: Jobs::default(),
            clients: Clients::default(),
            restart: watch::Sender::new(None),
            status: watch::Sender::new(Arc::default()),
            update: watch::Sender::new(update),
            engine,
            usage: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            costly: tokio::sync::Semaphore::new(2),
            checking_health: AtomicBool::new(false),
        }
    }

    /// # Errors
    /// [`Problem::NotAtomic`] where there is none.
    pub fn engine(&self) -> Result<Arc<dyn Engine>, Problem> {
        self.engine.clone()
    }

    pub fn update(&self) -> Option<Update> {
        self.update.borrow().clone()
    }

    /// Reads the system anew and publishes what changed.
    pub async fn refresh(&self) -> Result<Arc<SystemStatus>, Problem> {
        let _one = self.reading.lock().await;
        let mut status = self.engine()?.status().await?;
        let memory = self.store.memory()?;
        overlay::apply(&mut status, &memory);
        status.last_check = self.store.setting(LAST_CHECK)?.and_then(|t| t.parse().ok());
        status.notes = distro::of(&self.host).and_then(|distro| distro.notes.clone());
        status.held_back.extend(self.held_aside()?);
        status.notices.extend(self.interrupted());
        self.add_usage(&mut status);
        let found = self.update();
        let marked = found.clone().and_then(|u| overlay::update(u, &status, &memory));
        if marked != found {
            self.set_update(marked)?;
        }
        let status = Arc::new(status);
        self.status.send_if_modified(|old| {
            let changed = **old != *status;
            *old = Arc::clone(&status);
            changed
        });
        Ok(status)
    }

    /// Remembers what a check found, also beyond the life of the service.
    pub fn set_update(&self, update: Option<Update>) -> Result<(), Problem> {
        let json = update.as_ref().and_then(|u| serde_json::to_string(u).ok());
        self.store.set_setting(UPDATE, json.as_deref())?;
        self.update.send_if_modified(|old| {
            let changed = *old != update;
            *old = update;
            changed
        });
        Ok(())
    }

    /// The version that an update keeps by itself while the running one is on trial.
    pub fn auto_kept(&self) -> Result<Option<DeploymentId>, Problem> {
        let id = self.store.setting(AUTO_KEPT)?;
        let id = id.and_then(|id| DeploymentId::new(id).ok());
        Ok(id.filter(|id| self.status.borrow().find(id).is_some_and(|d| d.kept)))
    }

    /// Packages that were taken out so that an update could go on.
    pub fn aside(&self) -> Result<Vec<PackageName>, Problem> {
        let json = self.store.setting(ASIDE)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// The same for people: what fits again, and what does not.
    fn held_aside(&self) -> Result<Vec<HeldBack>, Problem> {
        let json = self.store.setting(FITTING)?;
        let fitting: Vec<PackageName> =
            json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let (fit, rest): (Vec<_>, Vec<_>) =
            self.aside()?.into_iter().partition(|name| fitting.contains(name));
        let parts = [(fit, true), (rest, false)].into_iter().filter(|(packages, _)| !packages.is_empty());
        Ok(parts.map(|(packages, fits)| HeldBack::Aside { packages, fits }).collect())
    }

    /// Remembers which of them could be added again.
    pub fn set_fitting(&self, packages: &[PackageName]) -> Result<(), Problem> {
        self.store.set_setting(FITTING, serde_json::to_string(packages).ok().as_deref())
    }

    /// Remembers that these were put aside, or forgets it.
    pub fn put_aside(&self, packages: &[PackageName], aside: bool) -> Result<(), Problem> {
        let mut all = self.aside()?;
        all.retain(|name| !packages.contains(name));
        if aside {
            all.extend_from_slice(packages);
        }
        let json = Some(all).filter(|all| !all.is_empty()).and_then(|all| serde_json::to_string(&all).ok());
        self.store.set_setting(ASIDE, json.as_deref())
    }

    fn interrupted(&self) -> Option<Notice> {
        let json = self.store.setting(INTERRUPTED).ok().flatten()?;
        serde_json::from_str(&json).ok()
    }

    fn add_usage(&self, status: &mut SystemStatus) {
        let usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, usage)) = &*usage else { return };
        status.space.versions = Some(usage.total);
        for deployment in &mut status.deployments {
            deployment.unique_bytes = usage.unique.get(&deployment.id).copied();
        }
    }

    /// Counts what the versions cost, unless that is known for these very versions.
    async fn count_usage(&self) {
        let ids: Vec<DeploymentId> = self.status.borrow().deployments.iter().map(|d| d.id.clone()).collect();
        let known =
            self.usage.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(ids, _)| ids.clone());
        if known.as_ref() == Some(&ids) {
            return;
        }
        let Ok(engine) = self.engine() else { return };
        if let Ok(usage) = engine.usage(&Context::default()).await {
            *self.usage.lock().unwrap_or_else(PoisonError::into_inner) = Some((ids, usage));
            let _ = self.refresh().await;
        }
    }
}

/// Follows what happens on the disk for as long as the service lives.
pub async fn keep_true(state: Arc<State>) {
    let Ok(engine) = state.engine() else { return };
    loop {
        // Watching begins before reading, so that nothing falls between; a directory that came since is watched now.
        let Ok(mut changes) = engine.watch() else {
            tracing::warn!("changes of other tools cannot be watched");
            return;
        };
        if let Err(problem) = state.refresh().await {
            tracing::warn!(cairn_problem = problem.code(), "status cannot be read: {problem:?}");
        }
        crate::look::follow_elsewhere(&state).await;
        let counting = tokio::spawn({
            let state = Arc::clone(&state);
            async move { state.count_usage().await }
        });
        if changes.next().await.is_none() {
            return;
        }
        counting.abort();
        tokio::time::sleep(SETTLE).await;
    }
}
