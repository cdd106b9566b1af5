//! Changes: written down before they start, completed when they end.

use super::{Store, failed};
use cairn_model::history::{Outcome, Record};
use cairn_model::{Problem, Seconds};
use rusqlite::{OptionalExtension, Row, params};

/// What is known when a change begins.
#[derive(Clone, Debug, Default)]
pub struct Begin {
    pub started: Seconds,
    pub wish: String,
    pub uid: u32,
    pub before: String,
    pub target: String,
    pub target_id: String,
}

const COLUMNS: &str = "id, started, finished, wish, uid, outcome, before, after, target, target_id";

impl Store {
    /// Writes a change down; it is on disk when this returns.
    ///
    /// # Errors
    /// [`Problem::EngineFailed`] with SQLite's words, as for every method here.
    pub fn begin(&self, begin: &Begin) -> Result<i64, Problem> {
        let connection = self.lock();
        connection
            .execute(
                "INSERT INTO record (started, wish, uid, before, target, target_id) VALUES (?1,?2,?3,?4,?5,?6)",
                params![begin.started, begin.wish, begin.uid, begin.before, begin.target, begin.target_id],
            )
            .map_err(failed)?;
        Ok(connection.last_insert_rowid())
    }

    /// Notes which step begins.
    pub fn step(&self, id: i64, step: &str) -> Result<(), Problem> {
        self.lock().execute("UPDATE record SET step=?2 WHERE id=?1", params![id, step]).map_err(failed)?;
        Ok(())
    }

    /// Completes a change.
    pub fn finish(&self, id: i64, at: Seconds, outcome: &Outcome, after: &str) -> Result<(), Problem> {
        let outcome = json(outcome)?;
        self.lock()
            .execute(
                "UPDATE record SET finished=?2, outcome=?3, after=?4 WHERE id=?1",
                params![id, at, outcome, after],
            )
            .map_err(failed)?;
        Ok(())
    }

    /// Closes what a crash left open and returns it, oldest first.
    pub fn close_interrupted(&self, at: Seconds, after: &str) -> Result<Vec<Record>, Problem> {
        let open: Vec<(i64, String)> = {
            let connection = self.lock();
            let mut query = connection
                .prepare("SELECT id, step FROM record WHERE outcome IS NULL ORDER BY id")
                .map_err(failed)?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
            rows.collect::<Result<_, _>>().map_err(failed)?
        };
        let mut closed = Vec::new();
        for (id, step) in open {
            self.finish(id, at, &Outcome::Interrupted { step }, after)?;
            closed.extend(self.record(id)?);
        }
        Ok(closed)
    }

    /// The newest finished changes first.
    pub fn history(&self, limit: u32, offset: u32) -> Result<Vec<Record>, Problem> {
        let connection = self.lock();
        let mut query = connection
            .prepare(&format!(
                "SELECT {COLUMNS} FROM record WHERE outcome IS NOT NULL ORDER BY id DESC LIMIT ?1 OFFSET ?2"
            ))
            .map_err(failed)?;
        let rows = query.query_map(params![limit, offset], read).map_err(failed)?;
        Ok(rows.filter_map(Result::ok).collect())
    }

    /// One finished change.
    pub fn record(&self, id: i64) -> Result<Option<Record>, Problem> {
        self.lock()
            .query_row(
                &format!("SELECT {COLUMNS} FROM record WHERE id=?1 AND outcome IS NOT NULL"),
                [id],
                read,
            )
            .optional()
            .map_err(failed)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
    let outcome: String = row.get(5)?;
    let outcome = serde_json::from_str(&outcome).map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(5, rusqlite::types::Type::Text, Box::new(e))
    })?;
    Ok(Record {
        id: row.get(0)?,
        started: row.get(1)?,
        finished: row.get(2)?,
        wish: row.get(3)?,
        uid: row.get(4)?,
        outcome,
        before: row.get(6)?,
        after: row.get(7)?,
        target: row.get(8)?,
        target_id: row.get(9)?,
    })
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|e| Problem::EngineFailed { detail: e.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(store: &Store, wish: &str) -> i64 {
        let begin = Begin { started: 10, wish: wish.into(), before: "1".into(), ..Begin::default() };
        store.begin(&begin).unwrap()
    }

    #[test]
    fn what_is_open_after_a_crash_is_closed_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        let store = Store::open(&path).unwrap();
        let first = begin(&store, "update");
        store.step(first, "pull").unwrap();
        drop(store);

        let store = Store::open(&path).unwrap();
        assert!(store.history(10, 0).unwrap().is_empty(), "open changes are no history yet");
        let closed = store.close_interrupted(20, "1").unwrap();
        assert_eq!(closed.len(), 1);
        assert_eq!(closed[0].outcome, Outcome::Interrupted { step: "pull".into() });
        assert!(store.close_interrupted(21, "1").unwrap().is_empty());
        assert_eq!(store.history(10, 0).unwrap(), closed);
    }

    #[test]
    fn newest_comes_first_and_pages() {
        let store = Store::in_memory().unwrap();
        for wish in ["a", "b", "c"] {
            let id = begin(&store, wish);
            store.finish(id, 11, &Outcome::Done, "2").unwrap();
        }
        let words: Vec<_> = store.history(2, 1).unwrap().into_iter().map(|r| r.wish).collect();
        assert_eq!(words, ["b", "a"]);
    }

    #[test]
    fn a_newer_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        Store::open(&path).unwrap().lock().pragma_update(None, "user_version", 99).unwrap();
        assert!(Store::open(&path).is_err());
    }
}
