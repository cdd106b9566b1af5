//! What of apps can be changed, as wishes.

use super::apply::{apply, apply_as};
use super::find::installed;
use super::offer::{Wanted, card};
use super::session::Session;
use crate::arguments::apps::{DryRun, Install, Named, Update};
use cairn_model::Problem;
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppWish, Scope};
use cairn_words::{app as words, fill};
use gettextrs::gettext;
use std::path::{Path, PathBuf};

pub async fn install(session: &Session, install: &Install) -> Result<(), Problem> {
    let (wish, name) = match file(&install.app)? {
        Some(path) => {
            (AppWish::InstallFile { path, scope: install.place.scope().unwrap_or_default() }, String::new())
        }
        None => offered(session, install).await?,
    };
    apply_as(session, wish, name, install.plan).await
}

/// The file that is meant, if it is one; its ending says so, since an app may have the name of a file that lies about.
fn file(word: &str) -> Result<Option<PathBuf>, Problem> {
    let path = Path::new(word);
    if !path.extension().is_some_and(|e| e == "flatpakref" || e == "flatpak") {
        return Ok(None);
    }
    let unreadable = |e: std::io::Error| Problem::InvalidArgument { what: format!("{word}: {e}") };
    path.canonicalize().map(Some).map_err(unreadable)
}

/// The wish, and what the catalogue calls the app.
async fn offered(session: &Session, install: &Install) -> Result<(AppWish, String), Problem> {
    let wanted = Wanted { word: &install.app, scope: install.place.scope(), remote: install.from.as_deref() };
    let shelf = session.shelf().await?;
    let found = match card(&session.library().await?, &install.app) {
        Ok(card) => wanted.of(&card).map(|from| (from, card.name)),
        Err(problem) => Err(problem),
    };
    let ((source, reference), name) = match found {
        Ok(found) => found,
        Err(problem) => (wanted.beside(&shelf).ok_or(problem)?, String::new()),
    };
    Ok((AppWish::Install { source, reference }, name))
}

pub async fn update(session: &Session, update: &Update) -> Result<(), Problem> {
    let shelf = session.check().await?;
    let named = update.apps.iter().map(|word| installed(&shelf, word, None));
    let named: Vec<_> = named.collect::<Result<_, _>>()?;
    // Named or not, what is held stays as it is; whoever named it should know.
    for app in &named {
        if let Some(hold) = &app.held {
            let words = [("name", app.name.as_str()), ("why", &words::hold(hold))];
            session.warn(&fill(&gettext("{name} is held: {why}"), &words));
        }
    }
    let refs = named.iter().map(|a| (a.scope, a.reference.clone())).collect();
    apply(session, AppWish::Update { refs, allow_permissions: update.allow_permissions }, update.plan).await
}

pub async fn remove(
    session: &Session,
    word: &str,
    delete_data: bool,
    scope: Option<Scope>,
    plan: DryRun,
) -> Result<(), Problem> {
    let shelf = session.shelf().await?;
    let app = installed(&shelf, word, scope)?;
    let data = if delete_data { DataFate::Trash } else { DataFate::Keep };
    apply(session, AppWish::Remove { scope: app.scope, reference: app.reference.clone(), data }, plan).await
}

/// Holds an app or releases it.
pub async fn hold(session: &Session, named: &Named, hold: bool) -> Result<(), Problem> {
    let shelf = session.shelf().await?;
    let app = installed(&shelf, &named.app, named.place.scope())?;
    let (scope, reference) = (app.scope, app.reference.clone());
    let wish = if hold { AppWish::Hold { scope, reference } } else { AppWish::Release { scope, reference } };
    apply(session, wish, named.plan).await
}

pub async fn remove_unused(session: &Session, plan: DryRun) -> Result<(), Problem> {
    apply(session, AppWish::RemoveUnused {}, plan).await
}

/// Repairs one installation, or each that has anything.
pub async fn repair(session: &Session, scope: Option<Scope>, plan: DryRun) -> Result<(), Problem> {
    let shelf = session.shelf().await?;
    let used =
        |s: &Scope| scope == Some(*s) || (scope.is_none() && shelf.installed.iter().any(|a| a.scope == *s));
    for scope in [Scope::User, Scope::System].into_iter().filter(used) {
        apply(session, AppWish::Repair { scope }, plan).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ending_makes_a_file() {
        assert_eq!(file("krita"), Ok(None));
        assert_eq!(file("org.kde.krita"), Ok(None));
        assert!(matches!(file("/nowhere/krita.flatpakref"), Err(Problem::InvalidArgument { .. })));
    }
}
