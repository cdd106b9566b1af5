//! Reads what there is and keeps the shelf true, also when somebody else changes something. Never the network.
//!
//! flatpak touches `.changed` in an installation after each change of refs and remotes; masks are in `repo/config`;
//! catalogues are links. The first two are watched. Everything is compared again every few seconds while somebody
//! looks, for a file that was not there when watching began tells nothing when it comes.

use crate::engine::{Engine, now};
use crate::flatpak::{self, catalogs, installed, masks, remotes, running};
use crate::journal::Held;
use crate::keeper::Reading;
use cairn_model::Problem;
use cairn_model::app::installed::Hold;
use cairn_model::app::shelf::Unused;
use cairn_model::app::{Ref, Scope};
use libflatpak::Installation;
use libflatpak::gio::{self, Cancellable, FileMonitor, FileMonitorFlags};
use libflatpak::glib::{self, ControlFlow, MainContext};
use libflatpak::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Several events come with one change; they are taken together once this long no other came.
const QUIET: Duration = Duration::from_millis(150);
/// A change that goes on for long is shown in between.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked at what runs, and at what no event tells.
const GLANCE: Duration = Duration::from_secs(3);

/// Wakes the reader.
#[derive(Debug)]
pub(crate) struct Bell {
    context: MainContext,
    rung: Arc<AtomicBool>,
    closed: AtomicBool,
}

impl Default for Bell {
    fn default() -> Self {
        Self { context: MainContext::new(), rung: Arc::default(), closed: AtomicBool::new(false) }
    }
}

impl Bell {
    /// Something may have changed.
    pub(crate) fn ring(&self) {
        self.rung.store(true, Ordering::SeqCst);
        self.context.wakeup();
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.context.wakeup();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}

pub(crate) fn start(engine: &Arc<Engine>, begin: impl FnOnce() + Send + 'static) -> Result<(), Problem> {
    let engine = engine.clone();
    let thread = std::thread::Builder::new().name("cairn-apps-reader".into());
    let work = move || {
        begin();
        watch(&engine);
    };
    thread.spawn(work).map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    Ok(())
}

fn watch(engine: &Arc<Engine>) {
    let context = engine.bell.context.clone();
    let run = context.with_thread_default(|| {
        let monitors = monitors(&engine.bell.rung);
        glance(engine);
        read(engine);
        let mut print = fingerprint();
        let tick = glib::timeout_source_new(GLANCE, None, glib::Priority::DEFAULT, || ControlFlow::Continue);
        tick.attach(Some(&context));
        let mut looked = Instant::now();
        while !engine.bell.is_closed() {
            context.iteration(true);
            if looked.elapsed() >= GLANCE && engine.keeper.is_watched() {
                looked = Instant::now();
                glance(engine);
                if fingerprint() != print {
                    engine.bell.rung.store(true, Ordering::SeqCst);
                }
            }
            if engine.bell.rung.load(Ordering::SeqCst) && !engine.bell.is_closed() {
                settle(&engine.bell, &context);
                print = fingerprint();
                read(engine);
            }
        }
        tick.destroy();
        drop(monitors);
    });
    if run.is_err() {
        tracing::error!("the reader of apps has no main context of its own");
    }
}

/// Takes events that come together as one.
fn settle(bell: &Bell, context: &MainContext) {
    let begun = Instant::now();
    while bell.rung.swap(false, Ordering::SeqCst) && begun.elapsed() < PATIENCE {
        std::thread::sleep(QUIET);
        while context.iteration(false) {}
    }
    bell.rung.store(false, Ordering::SeqCst);
}

fn monitors(rung: &Arc<AtomicBool>) -> Vec<FileMonitor> {
    let mut monitors = Vec::new();
    for file in watched_files() {
        let watched = gio::File::for_path(&file).monitor_file(FileMonitorFlags::NONE, Cancellable::NONE);
        match watched {
            Ok(monitor) => {
                let rung = rung.clone();
                monitor.connect_changed(move |_, _, _, _| rung.store(true, Ordering::SeqCst));
                monitors.push(monitor);
            }
            Err(error) => tracing::warn!(?file, %error, "changes by others are seen late"),
        }
    }
    monitors
}

fn watched_files() -> Vec<PathBuf> {
    let Ok(opened) = flatpak::open_all(&Cancellable::new()) else { return Vec::new() };
    let files = |(_, i): &(Scope, Installation)| {
        let folder = flatpak::folder(i);
        [folder.join(".changed"), folder.join("repo/config")]
    };
    opened.iter().flat_map(files).collect()
}

/// What tells whether anything is different, cheaply.
fn fingerprint() -> Vec<(i64, i64, u64, Option<PathBuf>)> {
    let Ok(opened) = flatpak::open_all(&Cancellable::new()) else { return Vec::new() };
    let mut files: Vec<PathBuf> = Vec::new();
    for (_, installation) in &opened {
        let folder = flatpak::folder(installation);
        files.extend([folder.join(".changed"), folder.join("repo/config")]);
        let remotes = remotes::list(installation, &Cancellable::new()).unwrap_or_default();
        files.extend(remotes.iter().filter_map(|r| r.appstream_dir(None)?.path()));
    }
    let print = |file: &PathBuf| {
        let meta = fs::symlink_metadata(file).ok();
        let (sec, nsec, inode) = meta.map_or((0, 0, 0), |m| (m.mtime(), m.mtime_nsec(), m.ino()));
        (sec, nsec, inode, fs::read_link(file).ok())
    };
    files.iter().map(print).collect()
}

fn glance(engine: &Engine) {
    let running: BTreeSet<String> = running::read().into_iter().map(|(id, _)| id).collect();
    engine.keeper.put_running(running);
}

/// Reads everything and publishes it. Any thread may do it; each waits for the one before.
pub(crate) fn read(engine: &Engine) {
    let _one = engine.reading.lock().unwrap_or_else(PoisonError::into_inner);
    let cancellable = Cancellable::new();
    let reading = flatpak::open_all(&cancellable).map(|opened| gather(engine, &opened, &cancellable));
    engine.keeper.put_reading(reading);
}

fn gather(engine: &Engine, opened: &[(Scope, Installation)], cancellable: &Cancellable) -> Reading {
    let mut reading = Reading::default();
    let holds = engine.journal.holds().unwrap_or_else(|problem| {
        tracing::error!(?problem, "what is held cannot be read");
        Vec::new()
    });
    for scope in flatpak::SCOPES {
        let mut own = Reading::default();
        let installation = opened.iter().find(|(s, _)| *s == scope).map(|(_, installation)| installation);
        let read = installation.map(|i| part(engine, scope, i, &holds, cancellable, &mut own));
        match read {
            Some(Ok(())) => reading.extend(own),
            // What was known of it is likelier than that everything in it is gone.
            other => {
                tracing::warn!(?scope, problem = ?other, "an installation cannot be read");
                reading.extend(engine.keeper.known_of(scope));
            }
        }
    }
    reading.installed.sort_by_cached_key(|a| (a.name.to_lowercase(), a.reference.clone(), a.scope));
    reading
}

fn part(
    engine: &Engine,
    scope: Scope,
    installation: &Installation,
    holds: &[Held],
    cancellable: &Cancellable,
    reading: &mut Reading,
) -> Result<(), Problem> {
    let before = engine.turns.quiet(scope);
    let (mut apps, deployed) = installed::read(scope, installation, cancellable)?;
    let patterns = masks::read(installation, cancellable);
    for app in &mut apps {
        let own = holds.iter().find(|h| h.scope == scope && h.reference == app.reference);
        let masked = patterns.iter().any(|p| masks::matches(p, &app.reference));
        app.held = own.map(|h| h.hold.clone()).or(masked.then_some(Hold::Masked));
    }
    let versions = |reference: &Ref| {
        let app = apps.iter().find(|a| a.reference == *reference);
        app.map(|a| a.version.clone()).unwrap_or_default()
    };
    let present: Vec<_> = deployed
        .iter()
        .map(|d| (d.reference.clone(), d.remote.clone(), d.commit.clone(), versions(&d.reference)))
        .collect();
    let undisturbed = before.is_some() && engine.turns.quiet(scope) == before;
    if undisturbed && let Err(problem) = engine.journal.compare(scope, &present, now()) {
        tracing::error!(?problem, "what others did is not written down");
    }
    for remote in remotes::list(installation, cancellable)? {
        reading.remotes.extend(remotes::facts(scope, &remote, &deployed));
        if !remote.is_disabled() {
            reading.catalogs.extend(catalogs::read(scope, &remote));
        }
    }
    let unused = installation.list_unused_refs(None, Some(cancellable)).unwrap_or_default();
    reading.unused.extend(unused.iter().filter_map(|r| {
        Some(Unused { reference: installed::reference(r)?, scope, bytes: r.installed_size() })
    }));
    reading.note(scope, &deployed);
    reading.installed.extend(apps);
    Ok(())
}
