//! The versions of an app, and going back to one.

use super::apply::apply;
use super::find::{installed, several};
use super::session::Session;
use crate::arguments::apps::DryRun;
use cairn_model::Problem;
use cairn_model::app::{AppWish, PastVersion, Scope};
use cairn_words::app as words;

/// Fewest letters of a commit that may stand for it; with less a number of a version may be meant.
const LEAST: usize = 4;

pub async fn versions(session: &Session, word: &str, scope: Option<Scope>) -> Result<(), Problem> {
    let shelf = session.shelf().await?;
    let app = installed(&shelf, word, scope)?;
    let list = session.stoppable(session.apps.versions(app.scope, &app.reference)).await?;
    session.output.answer("versions", &list, || list.iter().flat_map(lines).collect())
}

fn lines(version: &PastVersion) -> [String; 2] {
    let mark = if version.current { "*" } else { " " };
    [format!("{mark} {}", words::version(version)), format!("    {}", version.commit)]
}

pub async fn go_back(
    session: &Session,
    word: &str,
    version: Option<&str>,
    scope: Option<Scope>,
    plan: DryRun,
) -> Result<(), Problem> {
    let shelf = session.shelf().await?;
    let app = installed(&shelf, word, scope)?;
    let list = session.stoppable(session.apps.versions(app.scope, &app.reference)).await?;
    let commit = match version {
        Some(version) => named(&list, version)?,
        None => before(&list).ok_or(Problem::NothingPrevious)?,
    };
    let (scope, reference) = (app.scope, app.reference.clone());
    apply(session, AppWish::GoBack { scope, reference, commit: commit.commit.clone() }, plan).await
}

/// The version with that number, or whose commit begins so.
fn named<'a>(list: &'a [PastVersion], word: &str) -> Result<&'a PastVersion, Problem> {
    let by_commit = |v: &PastVersion| word.len() >= LEAST && v.commit.starts_with(word);
    let mut matches: Vec<&PastVersion> = list.iter().filter(|v| v.version == word).collect();
    if matches.is_empty() {
        matches = list.iter().filter(|v| by_commit(v)).collect();
    }
    match matches[..] {
        [one] => Ok(one),
        [] => Err(Problem::NotFound { what: word.to_owned() }),
        _ => Err(several(word, matches.iter().map(|v| v.commit.clone()))),
    }
}

/// What the person had before, or else simply the one before; the list has the newest first.
fn before(list: &[PastVersion]) -> Option<&PastVersion> {
    let older = &list[list.iter().position(|v| v.current)? + 1..];
    older.iter().find(|v| v.was_here).or_else(|| older.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<PastVersion> {
        let version = |commit: &str, version: &str, current, was_here| PastVersion {
            commit: commit.into(),
            version: version.into(),
            date: None,
            subject: String::new(),
            was_here,
            current,
        };
        vec![
            version("aaaa1", "4", false, false),
            version("bbbb2", "3", true, true),
            version("cccc3", "2", false, false),
            version("cccc4", "2", false, true),
            version("dddd5", "1", false, true),
        ]
    }

    #[test]
    fn going_back_means_what_was_here() {
        let mut list = list();
        assert_eq!(before(&list).unwrap().commit, "cccc4");
        list.iter_mut().for_each(|v| v.was_here = false);
        assert_eq!(before(&list).unwrap().commit, "cccc3");
        assert_eq!(before(&list[..2]), None);
        assert_eq!(before(&[]), None);
    }

    #[test]
    fn a_number_or_the_start_of_a_commit_names_one() {
        let list = list();
        assert_eq!(named(&list, "4").unwrap().commit, "aaaa1");
        assert_eq!(named(&list, "dddd").unwrap().version, "1");
        assert!(matches!(named(&list, "2"), Err(Problem::InvalidArgument { .. })));
        assert!(matches!(named(&list, "cccc"), Err(Problem::InvalidArgument { .. })));
        assert_eq!(named(&list, "d").unwrap_err(), Problem::NotFound { what: "d".into() });
    }
}
