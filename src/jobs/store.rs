//! What must survive a crash, in one SQLite file: the journal of changes and what the person decided.
//!
//! A change is written down before it starts. Whatever has no outcome when the service starts again was cut off.

pub mod decisions;
mod journal;

use cairn_model::Problem;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use journal::Begin;

/// Raised whenever [`SCHEMA`] changes in a way that an older service could not read.
const VERSION: i32 = 1;

const SCHEMA: &str = "
CREATE TABLE record (
  id INTEGER PRIMARY KEY AUTOINCREMENT, started INTEGER NOT NULL, finished INTEGER, wish TEXT NOT NULL,
  uid INTEGER NOT NULL, outcome TEXT, before TEXT NOT NULL, after TEXT NOT NULL DEFAULT '',
  target TEXT NOT NULL DEFAULT '', target_id TEXT NOT NULL DEFAULT '', step TEXT NOT NULL DEFAULT '');
CREATE TABLE name (deployment TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE good (checksum TEXT PRIMARY KEY, since INTEGER NOT NULL);
CREATE TABLE bad (checksum TEXT PRIMARY KEY, failed TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE skipped (checksum TEXT PRIMARY KEY, version TEXT NOT NULL, since INTEGER NOT NULL);
CREATE TABLE boot (id INTEGER PRIMARY KEY AUTOINCREMENT, boot_id TEXT NOT NULL, checksum TEXT NOT NULL,
  version TEXT NOT NULL, seen INTEGER NOT NULL);
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
";

/// The one file of the service's memory. Calls are short and block; hold none of their results across them.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens or makes the file. A file of a newer Cairn is refused rather than misread.
    ///
    /// # Errors
    /// [`Problem::EngineFailed`] with SQLite's words.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        Self::prepare(Connection::open(path).map_err(failed)?)
    }

    /// A store that forgets when it is dropped, for tests.
    ///
    /// # Errors
    /// [`Problem::EngineFailed`] with SQLite's words.
    pub fn in_memory() -> Result<Self, Problem> {
        Self::prepare(Connection::open_in_memory().map_err(failed)?)
    }

    fn prepare(connection: Connection) -> Result<Self, Problem> {
        // FULL, because the journal must be on disk before the change that it announces.
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        let version: i32 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
        match version {
            0 => connection
                .execute_batch(&format!("BEGIN;{SCHEMA}PRAGMA user_version={VERSION};COMMIT;"))
                .map_err(failed)?,
            VERSION => {}
            newer => {
                let detail = format!("history is of a newer version ({newer})");
                return Err(Problem::EngineFailed { detail });
            }
        }
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(error: rusqlite::Error) -> Problem {
    Problem::EngineFailed { detail: error.to_string() }
}
