//! What must survive: what was done, what is held, what was there last, and the last look for updates. One SQLite
//! file of the person's own.

mod history;
mod holds;
mod visits;

pub(crate) use holds::Held;
pub(crate) use visits::Entry;

use cairn_model::Problem;
use cairn_model::app::Scope;
use cairn_model::app::shelf::AppCheck;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Raised whenever [`SCHEMA`] changes in a way that an older Cairn could not read.
const VERSION: i32 = 1;

const SCHEMA: &str = "
CREATE TABLE done (
  id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, scope TEXT NOT NULL, ref TEXT NOT NULL,
  remote TEXT NOT NULL, commit_before TEXT NOT NULL, commit_after TEXT NOT NULL, version_before TEXT NOT NULL,
  version_after TEXT NOT NULL, permissions TEXT NOT NULL, asked TEXT NOT NULL);
CREATE INDEX done_of_ref ON done (scope, ref);
CREATE TABLE held (scope TEXT NOT NULL, ref TEXT NOT NULL, hold TEXT NOT NULL, masked INTEGER NOT NULL,
  since INTEGER NOT NULL, PRIMARY KEY (scope, ref));
CREATE TABLE seen (scope TEXT NOT NULL, ref TEXT NOT NULL, remote TEXT NOT NULL, commit_now TEXT NOT NULL,
  version TEXT NOT NULL, PRIMARY KEY (scope, ref));
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
";

/// Calls are short and block.
#[derive(Debug)]
pub(crate) struct Journal {
    connection: Mutex<Connection>,
}

impl Journal {
    /// Opens or makes the file. Where the folder cannot be written, what is remembered ends with the session: looking
    /// at apps must not depend on it.
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        let on_disk = std::fs::create_dir_all(folder)
            .map_err(|e| Problem::EngineFailed { detail: e.to_string() })
            .and_then(|()| Connection::open(folder.join("apps.sqlite")).map_err(failed))
            .and_then(Self::prepare);
        match on_disk {
            Ok(journal) => Ok(journal),
            Err(problem) => {
                tracing::error!(?problem, "what is done with apps cannot be written down");
                Connection::open_in_memory().map_err(failed).and_then(Self::prepare)
            }
        }
    }

    fn prepare(connection: Connection) -> Result<Self, Problem> {
        // Window and command line may be open at the same time.
        connection.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
        let version: i32 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
        match version {
            0 => connection
                .execute_batch(&format!("BEGIN IMMEDIATE;{SCHEMA}PRAGMA user_version={VERSION};COMMIT;"))
                .map_err(failed)?,
            VERSION => {}
            newer => {
                let detail = format!("the journal of apps is of a newer version ({newer})");
                return Err(Problem::EngineFailed { detail });
            }
        }
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// The last look for updates; `None` before the first, or where it cannot be read any more.
    pub(crate) fn check(&self) -> Option<AppCheck> {
        let query = "SELECT value FROM setting WHERE key='check'";
        let text: Option<String> = self.lock().query_row(query, [], |row| row.get(0)).optional().ok()?;
        serde_json::from_str(&text?).ok()
    }

    pub(crate) fn keep_check(&self, check: &AppCheck) -> Result<(), Problem> {
        let text = json(check)?;
        let keep = "INSERT OR REPLACE INTO setting (key, value) VALUES ('check', ?1)";
        self.lock().execute(keep, params![text]).map_err(failed)?;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|e| Problem::EngineFailed { detail: e.to_string() })
}

fn failed(error: rusqlite::Error) -> Problem {
    Problem::EngineFailed { detail: cairn_model::text::line(&error.to_string()) }
}

fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::User => "user",
        Scope::System => "system",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_newer_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let check = AppCheck { time: 5, ..AppCheck::default() };
        let journal = Journal::open(folder.path()).unwrap();
        journal.keep_check(&check).unwrap();
        assert_eq!(journal.check(), Some(check.clone()));
        drop(journal);
        assert_eq!(Journal::open(folder.path()).unwrap().check(), Some(check));
        let file = Connection::open(folder.path().join("apps.sqlite")).unwrap();
        file.pragma_update(None, "user_version", VERSION + 1).unwrap();
        let other = Journal::open(folder.path()).unwrap();
        assert_eq!(other.check(), None, "it works, but on another one that is not kept");
        let version: i32 = file.pragma_query_value(None, "user_version", |r| r.get(0)).unwrap();
        assert_eq!(version, VERSION + 1);
    }
}
