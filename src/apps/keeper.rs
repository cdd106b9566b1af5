//! The one shelf that everybody watches. Parts change on different threads; each change is published whole.

use crate::Watched;
use crate::flatpak::installed::Deployed;
use cairn_model::Problem;
use cairn_model::app::installed::InstalledApp;
use cairn_model::app::shelf::{AppCheck, Unused};
use cairn_model::app::{CatalogSource, Ref, Remote, Scope, Shelf, Task};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Ended tasks that stay on the list; older ones leave it by themselves.
const ENDED: usize = 30;

/// What was read of both installations at one moment.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) installed: Vec<InstalledApp>,
    pub(crate) remotes: Vec<Remote>,
    pub(crate) catalogs: Vec<CatalogSource>,
    pub(crate) unused: Vec<Unused>,
    /// Commits of all that is installed, runtimes as well.
    pub(crate) commits: BTreeMap<(Scope, Ref), String>,
}

impl Reading {
    pub(crate) fn note(&mut self, scope: Scope, deployed: &[Deployed]) {
        let commits = deployed.iter().map(|d| ((scope, d.reference.clone()), d.commit.clone()));
        self.commits.extend(commits);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.installed.extend(other.installed);
        self.remotes.extend(other.remotes);
        self.catalogs.extend(other.catalogs);
        self.unused.extend(other.unused);
        self.commits.extend(other.commits);
    }

    fn of(&self, scope: Scope) -> Self {
        Self {
            installed: self.installed.iter().filter(|a| a.scope == scope).cloned().collect(),
            remotes: self.remotes.iter().filter(|r| r.scope == scope).cloned().collect(),
            catalogs: self.catalogs.iter().filter(|c| c.source.scope == scope).cloned().collect(),
            unused: self.unused.iter().filter(|u| u.scope == scope).cloned().collect(),
            commits: self
                .commits
                .iter()
                .filter(|((s, _), _)| *s == scope)
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Keeper {
    state: Mutex<State>,
    published: watch::Sender<Arc<Watched>>,
}

#[derive(Debug, Default)]
struct State {
    reading: Option<Reading>,
    problem: Option<Problem>,
    running: BTreeSet<String>,
    data: BTreeMap<String, u64>,
    check: Option<AppCheck>,
    tasks: Vec<Task>,
}

impl Keeper {
    pub(crate) fn new(check: Option<AppCheck>) -> Self {
        let state = State { check, ..State::default() };
        Self { state: Mutex::new(state), published: watch::Sender::new(Arc::new(Watched::Loading)) }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Watched>> {
        self.published.subscribe()
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.published.receiver_count() > 0
    }

    pub(crate) fn put_reading(&self, reading: Result<Reading, Problem>) {
        self.change(|s| match reading {
            Ok(reading) => {
                s.reading = Some(reading);
                s.problem = None;
            }
            Err(problem) => s.problem = Some(problem),
        });
    }

    /// What was last read of one installation.
    pub(crate) fn known_of(&self, scope: Scope) -> Reading {
        self.lock().reading.as_ref().map(|reading| reading.of(scope)).unwrap_or_default()
    }

    pub(crate) fn put_running(&self, running: BTreeSet<String>) {
        if self.lock().running != running {
            self.change(|s| s.running = running);
        }
    }

    pub(crate) fn put_data(&self, id: &str, bytes: u64) {
        self.change(|s| {
            s.data.insert(id.to_owned(), bytes);
        });
    }

    pub(crate) fn put_check(&self, check: AppCheck) {
        self.change(|s| s.check = Some(check));
    }

    pub(crate) fn add_task(&self, task: Task) {
        self.change(|s| s.tasks.push(task));
    }

    /// Changes a task; nothing happens if it is gone.
    pub(crate) fn task(&self, id: u64, change: impl FnOnce(&mut Task)) {
        self.change(|s| {
            if let Some(task) = s.tasks.iter_mut().find(|t| t.id == id) {
                change(task);
            }
            let ended = s.tasks.iter().filter(|t| t.state.is_final()).count();
            let mut surplus = ended.saturating_sub(ENDED);
            s.tasks.retain(|t| {
                let leaves = surplus > 0 && t.state.is_final();
                surplus -= usize::from(leaves);
                !leaves
            });
        });
    }

    pub(crate) fn find_task(&self, id: u64) -> Option<Task> {
        self.lock().tasks.iter().find(|t| t.id == id).cloned()
    }

    /// Takes an ended task off the list; one that has not ended stays.
    pub(crate) fn forget(&self, id: u64) {
        self.change(|s| s.tasks.retain(|t| t.id != id || !t.state.is_final()));
    }

    /// What the last reading says of a ref.
    pub(crate) fn app(&self, scope: Scope, reference: &Ref) -> Option<InstalledApp> {
        let state = self.lock();
        let installed = &state.reading.as_ref()?.installed;
        installed.iter().find(|a| a.scope == scope && a.reference == *reference).cloned()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        // Published under the lock, so that nobody ever sees an older shelf after a newer one.
        let mut state = self.lock();
        change(&mut state);
        self.published.send_replace(Arc::new(state.watched()));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn watched(&self) -> Watched {
        match (&self.reading, &self.problem) {
            (Some(reading), _) => Watched::Ready(self.shelf(reading)),
            (None, Some(problem)) => Watched::Failed(problem.clone()),
            (None, None) => Watched::Loading,
        }
    }

    fn shelf(&self, reading: &Reading) -> Shelf {
        let mut shelf = Shelf {
            installed: reading.installed.clone(),
            remotes: reading.remotes.clone(),
            catalogs: reading.catalogs.clone(),
            check: self.check.clone(),
            tasks: self.tasks.clone(),
            unused: reading.unused.clone(),
        };
        for app in &mut shelf.installed {
            let id = app.reference.id.as_str();
            app.running = self.running.contains(id);
            app.data_bytes = self.data.get(id).copied();
        }
        if let Some(check) = &mut shelf.check {
            // What was installed or removed since then is no update any more.
            let present =
                |u: &cairn_model::app::AppUpdate| reading.commits.get(&(u.scope, u.reference.clone()));
            check.updates.retain(|u| present(u).is_some_and(|commit| *commit != u.commit));
            for remote in &mut shelf.remotes {
                remote.unreachable = check.failed.iter().any(|(name, _)| *name == remote.name);
            }
        }
        shelf
    }
}
