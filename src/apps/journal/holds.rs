//! What the person does not want updated.

use super::{Journal, failed, json, word};
use cairn_model::app::installed::Hold;
use cairn_model::app::{Ref, Scope};
use cairn_model::{Problem, Seconds};
use rusqlite::params;

/// One hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) scope: Scope,
    pub(crate) reference: Ref,
    pub(crate) hold: Hold,
    /// The mask in flatpak's configuration was set for it, and goes with it.
    pub(crate) masked: bool,
}

impl Journal {
    pub(crate) fn holds(&self) -> Result<Vec<Held>, Problem> {
        let connection = self.lock();
        let mut query = connection.prepare("SELECT scope, ref, hold, masked FROM held").map_err(failed)?;
        let rows = query
            .query_map([], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get(3)?,
                ))
            })
            .map_err(failed)?;
        let mut held = Vec::new();
        for row in rows {
            let (scope, reference, hold, masked) = row.map_err(failed)?;
            let scope = if scope == word(Scope::System) { Scope::System } else { Scope::User };
            if let (Ok(reference), Ok(hold)) = (reference.parse(), serde_json::from_str(&hold)) {
                held.push(Held { scope, reference, hold, masked });
            }
        }
        Ok(held)
    }

    /// The hold of this ref, if there is one.
    pub(crate) fn held(&self, scope: Scope, reference: &Ref) -> Result<Option<Held>, Problem> {
        let holds = self.holds()?;
        Ok(holds.into_iter().find(|h| h.scope == scope && h.reference == *reference))
    }

    pub(crate) fn hold(&self, held: &Held, now: Seconds) -> Result<(), Problem> {
        let hold = json(&held.hold)?;
        let keep = "INSERT OR REPLACE INTO held (scope, ref, hold, masked, since) VALUES (?1,?2,?3,?4,?5)";
        self.lock()
            .execute(keep, params![word(held.scope), held.reference.to_string(), hold, held.masked, now])
            .map_err(failed)?;
        Ok(())
    }

    pub(crate) fn release(&self, scope: Scope, reference: &Ref) -> Result<(), Problem> {
        let delete = "DELETE FROM held WHERE scope=?1 AND ref=?2";
        self.lock().execute(delete, params![word(scope), reference.to_string()]).map_err(failed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn holds_are_kept_until_released() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let reference: Ref = "app/org.a.App/x86_64/stable".parse().unwrap();
        let hold = Hold::NewerThan { commit: "c".into() };
        let held = Held { scope: Scope::System, reference: reference.clone(), hold, masked: true };
        journal.hold(&held, 1).unwrap();
        assert_eq!(Journal::open(folder.path()).unwrap().holds().unwrap(), [held]);
        journal.release(Scope::User, &reference).unwrap();
        assert_eq!(journal.held(Scope::User, &reference).unwrap(), None);
        assert!(journal.held(Scope::System, &reference).unwrap().is_some());
        journal.release(Scope::System, &reference).unwrap();
        assert_eq!(journal.holds().unwrap(), []);
    }
}
