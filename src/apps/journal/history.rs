//! What was done, for people to read.

use super::{Journal, failed, word};
use crate::Change;
use cairn_model::Problem;
use cairn_model::app::Scope;
use rusqlite::{Row, params};

const COLUMNS: &str = "time, scope, ref, remote, commit_before, commit_after, version_before, version_after,
    permissions, asked";

impl Journal {
    /// The newest first. What cannot be read any more is left out.
    pub(crate) fn history(&self, limit: u32) -> Result<Vec<Change>, Problem> {
        let connection = self.lock();
        let query = format!("SELECT {COLUMNS} FROM done ORDER BY id DESC LIMIT ?1");
        let mut query = connection.prepare(&query).map_err(failed)?;
        let rows = query.query_map(params![limit], |row| Ok(change(row))).map_err(failed)?;
        let rows: Vec<_> = rows.collect::<Result<_, _>>().map_err(failed)?;
        Ok(rows.into_iter().flatten().collect())
    }
}

fn change(row: &Row<'_>) -> Option<Change> {
    let text = |at: usize| row.get::<_, String>(at).ok();
    Some(Change {
        time: row.get(0).ok()?,
        scope: if text(1)? == word(Scope::System) { Scope::System } else { Scope::User },
        reference: text(2)?.parse().ok()?,
        remote: text(3)?,
        commit_before: text(4)?,
        commit_after: text(5)?,
        version_before: text(6)?,
        version_after: text(7)?,
        permissions: serde_json::from_str(&text(8)?).ok()?,
        asked: text(9)?,
    })
}
