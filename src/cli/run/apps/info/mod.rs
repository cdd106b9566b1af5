//! Everything about one app: what its source says, what is here, what it may do.

mod text;

use super::find::installed;
use super::offer::{Wanted, card};
use super::session::Session;
use cairn_apps::permissions;
use cairn_model::Problem;
use cairn_model::app::{Details, Grade, InstalledApp, Permission, Ref, Scope, Source};
use serde::Serialize;

/// What is told of an app. What is not known is absent.
#[derive(Debug, Default, Serialize)]
struct Info {
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed: Option<InstalledApp>,
    /// Bytes: to fetch, and on the disk, of the app alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    download_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<Graded>>,
    /// Why its source could not be asked for sizes and permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Graded {
    #[serde(flatten)]
    permission: Permission,
    grade: Grade,
}

pub async fn run(session: &Session, word: &str, scope: Option<Scope>) -> Result<(), Problem> {
    let info = gather(session, word, scope).await?;
    session.output.answer("app", &info, || text::lines(&info))
}

async fn gather(session: &Session, word: &str, scope: Option<Scope>) -> Result<Info, Problem> {
    let shelf = session.shelf().await?;
    let here = match installed(&shelf, word, scope) {
        Ok(app) => Some(app.clone()),
        Err(Problem::AppNotInstalled { .. }) => None,
        Err(problem) => return Err(problem),
    };
    // An installed app is shown whatever becomes of its source's catalogue.
    let found = match session.library().await {
        Ok(library) => {
            let id = here.as_ref().map_or(word, |a| a.reference.id.as_str());
            card(&library, id).map(|c| library.find(c.id.as_str()).map(|e| library.details(e)))
        }
        Err(problem) => Err(problem),
    };
    let details = match found {
        Ok(details) => details,
        Err(problem) if here.is_none() || problem == Problem::Cancelled => return Err(problem),
        Err(_) => None,
    };
    let mut info = Info { details, installed: here, ..Info::default() };
    let wanted = Wanted { word, scope, remote: None };
    let offer = info.details.as_ref().and_then(|d| wanted.of(&d.card).ok());
    match (&info.installed, offer) {
        (Some(_), _) => of_installed(session, &mut info).await?,
        (None, Some((source, reference))) => of_offer(session, &mut info, &source, &reference).await?,
        (None, None) => {}
    }
    Ok(info)
}

async fn of_installed(session: &Session, info: &mut Info) -> Result<(), Problem> {
    let Some(app) = &info.installed else { return Ok(()) };
    let id = app.reference.id.clone();
    let permissions = app.permissions.clone();
    info.installed_bytes = Some(app.installed_bytes);
    info.data_bytes = quietly(session.stoppable(session.apps.data_bytes(&id)).await)?;
    info.permissions = Some(graded(permissions, info.details.as_ref()));
    Ok(())
}

async fn of_offer(
    session: &Session,
    info: &mut Info,
    source: &Source,
    reference: &Ref,
) -> Result<(), Problem> {
    let asked = session.stoppable(async {
        let size = session.apps.remote_size(source, reference).await?;
        Ok((size, session.apps.remote_permissions(source, reference).await?))
    });
    match asked.await {
        Ok(((download, installed), permissions)) => {
            info.download_bytes = Some(download);
            info.installed_bytes = Some(installed);
            info.permissions = Some(graded(permissions, info.details.as_ref()));
        }
        Err(Problem::Cancelled) => return Err(Problem::Cancelled),
        Err(problem) => info.problem = Some(problem),
    }
    Ok(())
}

/// What cannot be had is left out; only being stopped ends everything.
fn quietly<T>(asked: Result<T, Problem>) -> Result<Option<T>, Problem> {
    match asked {
        Ok(value) => Ok(Some(value)),
        Err(Problem::Cancelled) => Err(Problem::Cancelled),
        Err(_) => Ok(None),
    }
}

/// The weightiest first.
fn graded(permissions: Vec<Permission>, details: Option<&Details>) -> Vec<Graded> {
    let categories = details.map(|d| d.categories.as_slice()).unwrap_or_default();
    let grade = |permission: Permission| {
        let grade = permissions::grade(&permission, categories);
        Graded { permission, grade }
    };
    let mut graded: Vec<Graded> = permissions.into_iter().map(grade).collect();
    graded.sort_by_key(|g| std::cmp::Reverse(g.grade));
    graded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightiest_permission_comes_first() {
        let list = graded(vec![Permission::Graphics, Permission::Escape], None);
        assert_eq!(list[0].permission, Permission::Escape);
        let info = Info { permissions: Some(list), ..Info::default() };
        let json = serde_json::to_value(&info).unwrap();
        assert_eq!(json["permissions"][0]["permission"], "escape");
        assert_eq!(json["permissions"][0]["grade"], "powerful");
        assert!(json.get("installed").is_none());
    }
}
