//! The engine of apps for the time of one command.

use super::interrupt::Interrupt;
use crate::output::Output;
use cairn_apps::{Apps, Places, Watched};
use cairn_catalog::Library;
use cairn_model::Problem;
use cairn_model::app::{CatalogSource, Shelf};
use cairn_words::{language, problem};
use std::path::PathBuf;

#[derive(Debug)]
pub struct Session {
    pub apps: Apps,
    pub output: Output,
    pub interrupt: Interrupt,
    /// Where the indexes of the catalogue are.
    catalog: PathBuf,
}

impl Session {
    pub fn start(output: Output) -> Self {
        let interrupt = Interrupt::listen();
        let places = Places::session();
        let catalog = places.catalog();
        Self { apps: Apps::start(places), output, interrupt, catalog }
    }

    /// What there is on this computer, once it was read.
    pub async fn shelf(&self) -> Result<Shelf, Problem> {
        let mut watched = self.apps.shelf();
        let read = async {
            let seen = watched.wait_for(|w| !matches!(**w, Watched::Loading)).await;
            match seen.as_deref().map(AsRef::as_ref) {
                Ok(Watched::Ready(shelf)) => Ok(shelf.clone()),
                Ok(Watched::Failed(problem)) => Err(problem.clone()),
                Ok(Watched::Loading) | Err(_) => Err(Problem::EngineFailed { detail: String::new() }),
            }
        };
        self.stoppable(read).await
    }

    /// The catalogue, built anew where it is out of date. It is fetched only where there is none at all, so that a
    /// search needs no network.
    pub async fn library(&self) -> Result<Library, Problem> {
        let mut shelf = self.shelf().await?;
        if shelf.catalogs.is_empty() && shelf.remotes.iter().any(|r| r.enabled) {
            let fetched = self.stoppable(self.apps.refresh_catalogs()).await;
            shelf = self.shelf().await?;
            // One source that does not answer takes nothing away from the others.
            match fetched {
                Err(problem @ Problem::Cancelled) => return Err(problem),
                Err(problem) if shelf.catalogs.is_empty() => return Err(problem),
                Err(problem) => self.warn(&problem::line(&problem)),
                Ok(()) => {}
            }
        }
        self.stoppable(open(self.catalog.clone(), shelf.catalogs)).await
    }

    /// Looks for updates. A remote that does not answer is named and keeps nothing else from being done.
    pub async fn check(&self) -> Result<Shelf, Problem> {
        self.stoppable(self.apps.check()).await?;
        let shelf = self.shelf().await?;
        for (remote, why) in shelf.check.iter().flat_map(|c| &c.failed) {
            self.warn(&format!("{remote}: {}", problem::line(why)));
        }
        Ok(shelf)
    }

    /// Waits for what changes nothing or is done in a moment; ctrl+C ends that at once.
    pub async fn stoppable<T>(&self, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
        self.interrupt.stops(work).await
    }

    /// Something to know that is no part of the answer.
    pub fn warn(&self, line: &str) {
        if !self.output.json {
            eprintln!("{line}");
        }
    }
}

async fn open(folder: PathBuf, sources: Vec<CatalogSource>) -> Result<Library, Problem> {
    let build = move || {
        let locale = language::locale();
        // Where an index cannot be written, the others are still of use.
        let built = Library::refresh(&folder, &sources, &locale);
        let library = Library::open(&folder, &sources, &locale);
        if library.is_empty() && !sources.is_empty() { built.map(|_| library) } else { Ok(library) }
    };
    let ended = tokio::task::spawn_blocking(build).await;
    ended.unwrap_or_else(|e| Err(Problem::EngineFailed { detail: e.to_string() }))
}
