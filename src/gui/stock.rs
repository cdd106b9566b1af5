//! What the window knows of apps, as one value: the catalogue, and what is on this computer.

use cairn_catalog::Library;
use cairn_model::Problem;
use cairn_model::app::{InstalledApp, Shelf};
use std::sync::Arc;

/// Told to every page as a whole, so that what two of them say can never differ.
#[derive(Debug)]
pub struct Stock {
    pub library: Arc<Library>,
    pub shelf: Shelf,
    /// False until the installations were read for the first time.
    pub known: bool,
    /// Why nothing can be had of flatpak at all.
    pub problem: Option<Problem>,
    pub online: bool,
    /// The sources are being asked right now.
    pub checking: bool,
}

pub type Stocked = Arc<Stock>;

impl Default for Stock {
    fn default() -> Self {
        let library = Arc::new(Library::open(std::path::Path::new(""), &[], ""));
        Self { library, shelf: Shelf::default(), known: false, problem: None, online: true, checking: false }
    }
}

impl Stock {
    pub fn is_installed(&self, id: &str) -> bool {
        self.shelf.find(id).is_some()
    }

    /// What the catalogue calls the app of this id, or the id itself.
    pub fn name_of(&self, id: &str) -> String {
        self.library.find(id).map_or_else(|| id.to_owned(), |entry| self.library.name(entry).to_owned())
    }

    /// Gives names to what is known by its id only: flatpak knows no name of what is not installed.
    pub fn name_tasks(&mut self) {
        let mut tasks = std::mem::take(&mut self.shelf.tasks);
        for task in &mut tasks {
            let only = task.wish.refs().first().map(|r| r.id.to_string());
            if let Some(id) = only.filter(|id| *id == task.name) {
                task.name = self.name_of(&id);
            }
            for outcome in &mut task.outcomes {
                if outcome.name == outcome.reference.id.as_str() {
                    outcome.name = self.name_of(outcome.reference.id.as_str());
                }
            }
        }
        self.shelf.tasks = tasks;
    }

    /// True if no source that is switched on has answered when it was last asked.
    pub fn all_unreachable(&self) -> bool {
        let mut asked = self.shelf.remotes.iter().filter(|r| r.enabled).peekable();
        asked.peek().is_some() && asked.all(|r| r.unreachable)
    }

    /// The same with another connection, or while the sources are asked.
    pub fn while_so(&self, online: bool, checking: bool) -> Self {
        Self {
            library: Arc::clone(&self.library),
            shelf: self.shelf.clone(),
            known: self.known,
            problem: self.problem.clone(),
            online,
            checking,
        }
    }

    /// Apps, without add-ons.
    pub fn apps(&self) -> impl Iterator<Item = &InstalledApp> {
        self.shelf.installed.iter().filter(|a| a.extends.is_none())
    }
}
