//! What was done with which ref, and what others did meanwhile.

use super::{Journal, failed, json, word};
use cairn_model::app::{Permission, Ref, Scope};
use cairn_model::{Problem, Seconds};
use rusqlite::params;
use std::collections::BTreeMap;

/// The word for what somebody else did.
const OUTSIDE: &str = "outside";

/// One operation that is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) time: Seconds,
    pub(crate) remote: String,
    /// Empty where there was nothing before, or nothing afterwards.
    pub(crate) commit_before: String,
    pub(crate) commit_after: String,
    pub(crate) version_before: String,
    pub(crate) version_after: String,
    pub(crate) permissions: Vec<Permission>,
    /// The word of the wish.
    pub(crate) asked: String,
}

/// A commit that was here once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) commit: String,
    pub(crate) version: String,
}

/// What is installed, as [`Journal::compare`] wants it: ref, remote, commit, version.
pub(crate) type Present = (Ref, String, String, String);

impl Journal {
    pub(crate) fn done(&self, scope: Scope, reference: &Ref, entry: &Entry) -> Result<(), Problem> {
        let permissions = json(&entry.permissions)?;
        let insert =
            "INSERT INTO done (time, scope, ref, remote, commit_before, commit_after, version_before,
            version_after, permissions, asked) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)";
        let name = reference.to_string();
        self.lock()
            .execute(
                insert,
                params![
                    entry.time,
                    word(scope),
                    name,
                    entry.remote,
                    entry.commit_before,
                    entry.commit_after,
                    entry.version_before,
                    entry.version_after,
                    permissions,
                    entry.asked
                ],
            )
            .map_err(failed)?;
        self.see(
            scope,
            &(
                reference.clone(),
                entry.remote.clone(),
                entry.commit_after.clone(),
                entry.version_after.clone(),
            ),
        )
    }

    /// Commits of a ref that were here, newest first, each once.
    pub(crate) fn visits(&self, scope: Scope, reference: &Ref) -> Result<Vec<Visit>, Problem> {
        let connection = self.lock();
        let mut query = connection
            .prepare(
                "SELECT commit_after, version_after, commit_before, version_before FROM done
                 WHERE scope=?1 AND ref=?2 ORDER BY id DESC",
            )
            .map_err(failed)?;
        let rows = query
            .query_map(params![word(scope), reference.to_string()], |row| {
                let visit = |commit, version| Visit { commit, version };
                Ok([visit(row.get(0)?, row.get(1)?), visit(row.get(2)?, row.get(3)?)])
            })
            .map_err(failed)?;
        let mut visits: Vec<Visit> = Vec::new();
        for row in rows {
            for visit in row.map_err(failed)? {
                if !visit.commit.is_empty() && !visits.iter().any(|v| v.commit == visit.commit) {
                    visits.push(visit);
                }
            }
        }
        Ok(visits)
    }

    /// Compares what is installed with what was there last, writes down what somebody else changed, and keeps the
    /// present as the new last.
    pub(crate) fn compare(&self, scope: Scope, present: &[Present], now: Seconds) -> Result<(), Problem> {
        let mut before = self.seen(scope)?;
        let first = before.is_empty();
        for there in present {
            let (reference, remote, commit, version) = there;
            let old = before.remove(&reference.to_string());
            let (old_commit, old_version) = old.unwrap_or_default();
            if old_commit == *commit {
                continue;
            }
            // What was installed before Cairn came is remembered without saying that anybody changed it.
            if first {
                self.see(scope, there)?;
                continue;
            }
            let entry = Entry {
                time: now,
                remote: remote.clone(),
                commit_before: old_commit,
                commit_after: commit.clone(),
                version_before: old_version,
                version_after: version.clone(),
                permissions: Vec::new(),
                asked: OUTSIDE.into(),
            };
            self.done(scope, reference, &entry)?;
        }
        for (name, (commit, version)) in before.into_iter().filter(|(_, (commit, _))| !commit.is_empty()) {
            let Ok(reference) = name.parse() else { continue };
            let entry = Entry {
                time: now,
                commit_before: commit,
                version_before: version,
                asked: OUTSIDE.into(),
                ..Entry::default()
            };
            self.done(scope, &reference, &entry)?;
        }
        Ok(())
    }

    fn seen(&self, scope: Scope) -> Result<BTreeMap<String, (String, String)>, Problem> {
        let connection = self.lock();
        let mut query =
            connection.prepare("SELECT ref, commit_now, version FROM seen WHERE scope=?1").map_err(failed)?;
        let rows = query
            .query_map(params![word(scope)], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))
            .map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn see(&self, scope: Scope, (reference, remote, commit, version): &Present) -> Result<(), Problem> {
        let keep =
            "INSERT OR REPLACE INTO seen (scope, ref, remote, commit_now, version) VALUES (?1,?2,?3,?4,?5)";
        self.lock()
            .execute(keep, params![word(scope), reference.to_string(), remote, commit, version])
            .map_err(failed)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_others_do_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let app: Ref = "app/org.a.App/x86_64/stable".parse().unwrap();
        let at = |commit: &str| [(app.clone(), "r".to_owned(), commit.to_owned(), format!("v{commit}"))];
        journal.compare(Scope::User, &at("1"), 1).unwrap();
        assert_eq!(journal.visits(Scope::User, &app).unwrap(), [], "it was there before Cairn");
        journal.compare(Scope::User, &at("2"), 2).unwrap();
        let own = Entry {
            commit_before: "2".into(),
            commit_after: "3".into(),
            version_after: "v3".into(),
            ..Entry::default()
        };
        journal.done(Scope::User, &app, &own).unwrap();
        journal.compare(Scope::User, &at("3"), 3).unwrap();
        let commits: Vec<_> =
            journal.visits(Scope::User, &app).unwrap().into_iter().map(|v| v.commit).collect();
        assert_eq!(commits, ["3", "2", "1"]);
        journal.compare(Scope::User, &[], 4).unwrap();
        assert_eq!(journal.visits(Scope::User, &app).unwrap().len(), 3);
        assert_eq!(journal.visits(Scope::System, &app).unwrap(), []);
    }
}
