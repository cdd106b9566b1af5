//! What all threads of this crate share.

use crate::Places;
use crate::flatpak;
use crate::journal::Journal;
use crate::keeper::Keeper;
use crate::queue::Queue;
use crate::reader::Bell;
use cairn_model::app::Scope;
use cairn_model::{Problem, Seconds};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) places: Places,
    pub(crate) journal: Journal,
    pub(crate) keeper: Keeper,
    pub(crate) queue: Queue,
    pub(crate) bell: Bell,
    /// Held while the installations are read, so that what was read later is published later.
    pub(crate) reading: Mutex<()>,
    pub(crate) turns: Turns,
    /// One look for updates at a time; a second one waits for the first and looks again.
    pub(crate) checking: tokio::sync::Mutex<()>,
}

impl Engine {
    pub(crate) fn start(places: Places, begin: impl FnOnce() + Send + 'static) -> Result<Arc<Self>, Problem> {
        flatpak::prepare();
        let journal = Journal::open(&places.data)?;
        let keeper = Keeper::new(journal.check());
        let engine = Arc::new(Self {
            places,
            journal,
            keeper,
            queue: Queue::default(),
            bell: Bell::default(),
            reading: Mutex::default(),
            turns: Turns::default(),
            checking: tokio::sync::Mutex::default(),
        });
        crate::reader::start(&engine, begin)?;
        crate::queue::start(&engine)?;
        Ok(engine)
    }

    /// Ends the threads. A running change is cancelled; what waits is dropped.
    pub(crate) fn close(&self) {
        self.queue.close();
        self.bell.close();
    }
}

/// When changes of our own begin and end in each installation: what is read meanwhile must not be taken for the work of
/// others.
#[derive(Debug, Default)]
pub(crate) struct Turns([AtomicU64; 2]);

impl Turns {
    /// A change begins, or ends.
    pub(crate) fn turn(&self, scope: Scope) {
        self.of(scope).fetch_add(1, Ordering::SeqCst);
    }

    /// The present turn; `None` while a change is under way.
    pub(crate) fn quiet(&self, scope: Scope) -> Option<u64> {
        let turn = self.of(scope).load(Ordering::SeqCst);
        turn.is_multiple_of(2).then_some(turn)
    }

    fn of(&self, scope: Scope) -> &AtomicU64 {
        match scope {
            Scope::User => &self.0[0],
            Scope::System => &self.0[1],
        }
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> Seconds {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Seconds::try_from(since.as_secs()).unwrap_or(Seconds::MAX)
}
