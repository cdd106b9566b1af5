//! The handle to everything about apps.

use crate::engine::Engine;
use crate::file::AppFile;
use crate::flatpak::{self, problem, remotes};
use crate::query::ask;
use crate::{Change, Places, Watched, check, file, permissions, plan, queue, sources, versions};
use cairn_model::Problem;
use cairn_model::app::installed::PastVersion;
use cairn_model::app::{AppId, AppPlan, AppWish, Permission, Ref, RefKind, Scope, Source, Task};
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// Handle to the engine of apps. Clones share one engine; its threads end when the last clone is dropped, a change
/// that runs is then cancelled.
#[derive(Clone, Debug)]
pub struct Apps {
    inner: Arc<Inner>,
}

/// The engine, or why there is none.
#[derive(Debug)]
struct Inner {
    engine: Result<Arc<Engine>, Problem>,
    /// What is watched where there is no engine.
    broken: watch::Sender<Arc<Watched>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Ok(engine) = &self.engine {
            engine.close();
        }
    }
}

impl Apps {
    /// Starts the threads and returns at once. What there is, is read in the background, without network.
    ///
    /// The umask of the process becomes 022, as flatpak demands of who installs.
    pub fn start(places: Places) -> Self {
        Self::start_after(places, || {})
    }

    /// The same, reading nothing before `begin` returns. It is called on the thread that reads.
    pub fn start_after(places: Places, begin: impl FnOnce() + Send + 'static) -> Self {
        let engine = Engine::start(places, begin);
        let broken = match &engine {
            Ok(_) => Watched::Loading,
            Err(problem) => Watched::Failed(problem.clone()),
        };
        Self { inner: Arc::new(Inner { engine, broken: watch::Sender::new(Arc::new(broken)) }) }
    }

    /// What there is, always current, also when somebody else changes it.
    pub fn shelf(&self) -> watch::Receiver<Arc<Watched>> {
        match &self.inner.engine {
            Ok(engine) => engine.keeper.subscribe(),
            Err(_) => self.inner.broken.subscribe(),
        }
    }

    /// Reads again what there is; nothing needs it but a person who pressed "retry".
    pub fn reload(&self) {
        if let Ok(engine) = &self.inner.engine {
            engine.bell.ring();
        }
    }

    /// Looks for updates, which needs the network, and brings catalogues up to date. What was found stands in the
    /// shelf; a remote that does not answer stands there in `check.failed` and hides nothing of the others.
    ///
    /// # Errors
    /// Where nothing could be looked at.
    pub async fn check(&self) -> Result<(), Problem> {
        let engine = self.engine()?;
        let _one = engine.checking.lock().await;
        let inside = engine.clone();
        ask(move |c| check::run(&inside, c)).await
    }

    /// Brings the catalogues of all enabled remotes up to date; needs the network.
    ///
    /// # Errors
    /// The first remote's that did not answer; the others are done nevertheless.
    pub async fn refresh_catalogs(&self) -> Result<(), Problem> {
        let engine = self.engine()?;
        let _one = engine.checking.lock().await;
        let inside = engine.clone();
        ask(move |c| {
            let mut silent = Vec::new();
            for (scope, installation) in flatpak::open_all(c)? {
                installation.set_no_interaction(true);
                let refreshed = check::refresh(scope, &installation, c)?;
                silent.extend(refreshed.silent.into_iter().chain(refreshed.failed));
            }
            crate::reader::read(&inside);
            silent.into_iter().next().map_or(Ok(()), |(_, problem)| Err(problem))
        })
        .await
    }

    /// What would be done. Changes nothing and asks nobody.
    ///
    /// # Errors
    /// Why it cannot be done: [`Problem::AppInstalled`], [`Problem::AppNotFound`], [`Problem::RuntimeMissing`],
    /// [`Problem::NoUpdate`] and many more.
    pub async fn plan(&self, wish: &AppWish) -> Result<AppPlan, Problem> {
        let (engine, wish) = (self.engine()?.clone(), wish.clone());
        ask(move |c| plan::make(&engine, &wish, c)).await
    }

    /// Puts a plan at the end of the queue and returns the task's id, which is never 0. Its life is in
    /// `Shelf.tasks`. 0 where there is no engine at all.
    pub fn apply(&self, plan: AppPlan) -> u64 {
        self.inner.engine.as_ref().map_or(0, |engine| queue::add(engine, plan))
    }

    /// A task that waits ends at once. One that runs is asked to stop: it is `Cancelling` until flatpak has stopped.
    pub fn cancel(&self, task: u64) {
        if let Ok(engine) = &self.inner.engine {
            queue::cancel(engine, task);
        }
    }

    /// Takes an ended task off the list.
    pub fn forget(&self, task: u64) {
        if let Ok(engine) = &self.inner.engine {
            engine.keeper.forget(task);
        }
    }

    /// Waits until a task has ended; `None` if there is no such task (any more).
    pub async fn wait(&self, task: u64) -> Option<Task> {
        let engine = self.engine().ok()?;
        let mut shelf = engine.keeper.subscribe();
        loop {
            shelf.borrow_and_update();
            let now = engine.keeper.find_task(task)?;
            if now.state.is_final() {
                return Some(now);
            }
            shelf.changed().await.ok()?;
        }
    }

    /// Versions that an installed app can go back to, the newest first: what its source still has (at most 20, needs
    /// the network) and what was here. Offline, only the latter.
    ///
    /// # Errors
    /// [`Problem::AppNotInstalled`], or why the source's history cannot be trusted.
    pub async fn versions(&self, scope: Scope, reference: &Ref) -> Result<Vec<PastVersion>, Problem> {
        let (engine, reference) = (self.engine()?.clone(), reference.clone());
        ask(move |c| versions::list(&engine, scope, &reference, c)).await
    }

    /// What was done with apps, also by others while Cairn was there to see it; the newest first.
    ///
    /// # Errors
    /// [`Problem::EngineFailed`] with SQLite's words.
    pub async fn history(&self, limit: u32) -> Result<Vec<Change>, Problem> {
        let engine = self.engine()?.clone();
        ask(move |_| engine.journal.history(limit)).await
    }

    /// What an app that is not installed would be allowed; needs the network.
    ///
    /// # Errors
    /// [`Problem::AppNotFound`], [`Problem::NotFound`] for the remote, [`Problem::Network`].
    pub async fn remote_permissions(
        &self,
        source: &Source,
        reference: &Ref,
    ) -> Result<Vec<Permission>, Problem> {
        let (source, reference) = (source.clone(), reference.clone());
        self.engine()?;
        ask(move |c| {
            let installation = flatpak::open(source.scope, c)?;
            remotes::get(&installation, &source.remote, c)?;
            let id = reference.id.as_str();
            let fetched = remote_ref(&installation, &source, &reference, c)?;
            let metadata = fetched.metadata().map(|m| String::from_utf8_lossy(&m).into_owned());
            let metadata = metadata.ok_or_else(|| Problem::AppNotFound { id: id.into() })?;
            Ok(permissions::read(&metadata, id))
        })
        .await
    }

    /// Bytes to fetch and bytes on the disk of an app alone, at most; needs the network.
    ///
    /// # Errors
    /// As [`Self::remote_permissions`].
    pub async fn remote_size(&self, source: &Source, reference: &Ref) -> Result<(u64, u64), Problem> {
        let (source, reference) = (source.clone(), reference.clone());
        self.engine()?;
        ask(move |c| {
            let installation = flatpak::open(source.scope, c)?;
            remotes::get(&installation, &source.remote, c)?;
            let fetched = remote_ref(&installation, &source, &reference, c)?;
            Ok((fetched.download_size(), fetched.installed_size()))
        })
        .await
    }

    /// Starts an app, in its sandbox.
    ///
    /// # Errors
    /// [`Problem::AppNotInstalled`], [`Problem::RuntimeMissing`], or flatpak's words.
    pub async fn launch(&self, scope: Scope, reference: &Ref) -> Result<(), Problem> {
        let (engine, reference) = (self.engine()?.clone(), reference.clone());
        if reference.kind != RefKind::App {
            return Err(Problem::NotSupported { what: reference.id.to_string() });
        }
        ask(move |c| {
            let installation = flatpak::open(scope, c)?;
            let (id, arch, branch) = (reference.id.as_str(), &reference.arch, &reference.branch);
            let launched = installation.launch(id, Some(arch), Some(branch), None, Some(c));
            launched.map_err(|e| problem(&e, id))?;
            engine.bell.ring();
            Ok(())
        })
        .await
    }

    /// Makes Flathub known, with its key; switches it on if it is there and off.
    ///
    /// # Errors
    /// [`Problem::NotAuthorized`] and the like.
    pub async fn add_flathub(&self, scope: Scope) -> Result<(), Problem> {
        let engine = self.engine()?.clone();
        ask(move |c| sources::add_flathub(&engine, scope, c)).await
    }

    /// Makes the remote of a `.flatpakrepo` known and returns its name; without one it is made from the title.
    ///
    /// # Errors
    /// [`Problem::RemoteExists`] also where one of another name has the same address.
    pub async fn add_remote(
        &self,
        scope: Scope,
        flatpakrepo: Vec<u8>,
        name: Option<&str>,
    ) -> Result<String, Problem> {
        let (engine, name) = (self.engine()?.clone(), name.map(String::from));
        ask(move |c| sources::add(&engine, scope, &flatpakrepo, name.as_deref(), c)).await
    }

    /// # Errors
    /// [`Problem::RemoteInUse`] while something that is installed comes from it.
    pub async fn remove_remote(&self, scope: Scope, name: &str) -> Result<(), Problem> {
        let (engine, name) = (self.engine()?.clone(), name.to_owned());
        ask(move |c| sources::remove(&engine, scope, &name, c)).await
    }

    /// # Errors
    /// [`Problem::NotFound`] and the like.
    pub async fn set_remote_enabled(&self, scope: Scope, name: &str, enabled: bool) -> Result<(), Problem> {
        let (engine, name) = (self.engine()?.clone(), name.to_owned());
        ask(move |c| sources::enable(&engine, scope, &name, enabled, c)).await
    }

    /// What a `.flatpakref`, `.flatpakrepo` or `.flatpak` file is; touches nothing but the file.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] saying what is wrong with it.
    pub async fn read_file(&self, path: &Path) -> Result<AppFile, Problem> {
        let path = path.to_owned();
        ask(move |_| file::read(&path)).await
    }

    /// Bytes that an app has written below `~/.var/app`; 0 where there is nothing. The shelf shows them from then on.
    ///
    /// # Errors
    /// [`Problem::Cancelled`] only: what cannot be looked into counts as nothing.
    pub async fn data_bytes(&self, id: &AppId) -> Result<u64, Problem> {
        let (engine, id) = (self.engine()?.clone(), id.clone());
        ask(move |c| {
            let bytes = count(engine.places.data_of(id.as_str()), c)?;
            engine.keeper.put_data(id.as_str(), bytes);
            Ok(bytes)
        })
        .await
    }

    fn engine(&self) -> Result<&Arc<Engine>, Problem> {
        self.inner.engine.as_ref().map_err(Clone::clone)
    }
}

fn remote_ref(
    installation: &libflatpak::Installation,
    source: &Source,
    reference: &Ref,
    c: &Cancellable,
) -> Result<libflatpak::RemoteRef, Problem> {
    let (id, kind) = (reference.id.as_str(), flatpak::kind(reference));
    let (arch, branch) = (Some(reference.arch.as_str()), Some(reference.branch.as_str()));
    installation
        .fetch_remote_ref_sync(&source.remote, kind, id, arch, branch, Some(c))
        .map_err(|e| problem(&e, id))
}

/// Bytes below a folder, links not followed.
fn count(folder: PathBuf, cancellable: &Cancellable) -> Result<u64, Problem> {
    let mut bytes = 0_u64;
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        if cancellable.is_cancelled() {
            return Err(Problem::Cancelled);
        }
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += meta.len();
            }
        }
    }
    Ok(bytes)
}
