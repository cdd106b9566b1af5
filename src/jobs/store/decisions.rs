//! What the person decided and what the machine has shown: names, good and bad versions, skipped ones, boots.

use super::{Store, failed};
use cairn_model::{Problem, Seconds};
use rusqlite::{OptionalExtension, params};
use std::collections::HashMap;

/// A version that the person went back from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub checksum: String,
    pub version: String,
}

/// A health check that failed while a version ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    pub check: String,
    pub detail: String,
}

/// What the service remembers of versions, read at once.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// By deployment id; empty where the person wants none.
    pub names: HashMap<String, String>,
    /// Checksum → since when it is known to work.
    pub good: HashMap<String, Seconds>,
    pub bad: HashMap<String, Bad>,
    /// Checksum → version.
    pub skipped: HashMap<String, String>,
}

/// The boot before this one, as [`Store::boot`] found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastBoot {
    /// Cairn runs here for the first time.
    None,
    /// This boot is known already.
    Same,
    Other {
        checksum: String,
        version: String,
    },
}

impl Store {
    /// All that is remembered of versions.
    ///
    /// # Errors
    /// [`Problem::EngineFailed`] with SQLite's words, as for every method here.
    pub fn memory(&self) -> Result<Memory, Problem> {
        let connection = self.lock();
        let mut memory = Memory::default();
        let read = |sql: &str, add: &mut dyn FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>| {
            let mut query = connection.prepare_cached(sql).map_err(failed)?;
            let mut rows = query.query([]).map_err(failed)?;
            while let Some(row) = rows.next().map_err(failed)? {
                add(row).map_err(failed)?;
            }
            Ok::<(), Problem>(())
        };
        read("SELECT deployment, name FROM name", &mut |r| {
            memory.names.insert(r.get(0)?, r.get(1)?);
            Ok(())
        })?;
        read("SELECT checksum, since FROM good", &mut |r| {
            memory.good.insert(r.get(0)?, r.get(1)?);
            Ok(())
        })?;
        read("SELECT checksum, failed, detail FROM bad", &mut |r| {
            memory.bad.insert(r.get(0)?, Bad { check: r.get(1)?, detail: r.get(2)? });
            Ok(())
        })?;
        read("SELECT checksum, version FROM skipped", &mut |r| {
            memory.skipped.insert(r.get(0)?, r.get(1)?);
            Ok(())
        })?;
        Ok(memory)
    }

    /// Gives a version a name; an empty one takes away even that which the system has for it.
    pub fn set_name(&self, deployment: &str, name: &str) -> Result<(), Problem> {
        self.run("INSERT OR REPLACE INTO name VALUES (?1,?2)", params![deployment, name])
    }

    /// Forgets the name of a version that is gone.
    pub fn forget_name(&self, deployment: &str) -> Result<(), Problem> {
        self.run("DELETE FROM name WHERE deployment=?1", params![deployment])
    }

    /// Notes that a version works. It is then neither bad nor skipped.
    pub fn set_good(&self, checksum: &str, at: Seconds) -> Result<(), Problem> {
        self.run("INSERT OR IGNORE INTO good VALUES (?1,?2)", params![checksum, at])?;
        self.run("DELETE FROM bad WHERE checksum=?1", params![checksum])?;
        self.unskip(checksum)
    }

    /// Notes that a health check failed while this version ran.
    pub fn set_bad(&self, checksum: &str, bad: &Bad) -> Result<(), Problem> {
        self.run("DELETE FROM good WHERE checksum=?1", params![checksum])?;
        self.run("INSERT OR REPLACE INTO bad VALUES (?1,?2,?3)", params![checksum, bad.check, bad.detail])
    }

    /// Updates do not bring this version again.
    pub fn skip(&self, skipped: &Skipped, at: Seconds) -> Result<(), Problem> {
        self.run(
            "INSERT OR REPLACE INTO skipped VALUES (?1,?2,?3)",
            params![skipped.checksum, skipped.version, at],
        )
    }

    /// Updates may bring this version again.
    pub fn unskip(&self, checksum: &str) -> Result<(), Problem> {
        self.run("DELETE FROM skipped WHERE checksum=?1", params![checksum])
    }

    /// Notes this boot and tells what the one before it ran.
    pub fn boot(
        &self,
        boot_id: &str,
        checksum: &str,
        version: &str,
        at: Seconds,
    ) -> Result<LastBoot, Problem> {
        let last: Option<(String, String, String)> = self
            .lock()
            .query_row("SELECT boot_id, checksum, version FROM boot ORDER BY id DESC LIMIT 1", [], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?))
            })
            .optional()
            .map_err(failed)?;
        if last.as_ref().is_some_and(|(id, ..)| id == boot_id) {
            return Ok(LastBoot::Same);
        }
        self.run(
            "INSERT INTO boot (boot_id, checksum, version, seen) VALUES (?1,?2,?3,?4)",
            params![boot_id, checksum, version, at],
        )?;
        Ok(match last {
            None => LastBoot::None,
            Some((_, checksum, version)) => LastBoot::Other { checksum, version },
        })
    }

    /// A small value by key, or `None`.
    pub fn setting(&self, key: &str) -> Result<Option<String>, Problem> {
        self.lock()
            .query_row("SELECT value FROM setting WHERE key=?1", [key], |r| r.get(0))
            .optional()
            .map_err(failed)
    }

    /// Sets a small value, or removes it with `None`.
    pub fn set_setting(&self, key: &str, value: Option<&str>) -> Result<(), Problem> {
        match value {
            Some(value) => self.run("INSERT OR REPLACE INTO setting VALUES (?1,?2)", params![key, value]),
            None => self.run("DELETE FROM setting WHERE key=?1", params![key]),
        }
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), Problem> {
        self.lock().execute(sql, values).map_err(failed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_bad_and_skipped_exclude_each_other() {
        let store = Store::in_memory().unwrap();
        store.skip(&Skipped { checksum: "c".into(), version: "3".into() }, 1).unwrap();
        store.set_bad("c", &Bad { check: "greeter".into(), detail: "x".into() }).unwrap();
        store.set_good("c", 2).unwrap();
        let memory = store.memory().unwrap();
        assert!(memory.good.contains_key("c") && memory.bad.is_empty() && memory.skipped.is_empty());
        store.set_bad("c", &Bad { check: "greeter".into(), detail: "x".into() }).unwrap();
        assert!(store.memory().unwrap().good.is_empty());
    }

    #[test]
    fn boots_are_told_apart_by_their_id() {
        let store = Store::in_memory().unwrap();
        assert_eq!(store.boot("b1", "c1", "1", 1).unwrap(), LastBoot::None);
        assert_eq!(store.boot("b1", "c1", "1", 2).unwrap(), LastBoot::Same);
        let before = LastBoot::Other { checksum: "c1".into(), version: "1".into() };
        assert_eq!(store.boot("b2", "c2", "2", 3).unwrap(), before);
    }

    #[test]
    fn names_and_settings_can_be_taken_away() {
        let store = Store::in_memory().unwrap();
        store.set_name("d", "Before the trip").unwrap();
        assert_eq!(store.memory().unwrap().names["d"], "Before the trip");
        store.set_name("d", "").unwrap();
        assert_eq!(store.memory().unwrap().names["d"], "");
        store.forget_name("d").unwrap();
        assert!(store.memory().unwrap().names.is_empty());
        store.set_setting("k", Some("v")).unwrap();
        assert_eq!(store.setting("k").unwrap().as_deref(), Some("v"));
        store.set_setting("k", None).unwrap();
        assert_eq!(store.setting("k").unwrap(), None);
    }
}
