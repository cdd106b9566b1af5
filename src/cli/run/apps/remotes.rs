//! Where apps come from.

use super::find::several;
use super::offer::scope_flag;
use super::session::Session;
use crate::arguments::apps::{self, RemotesCommand};
use cairn_model::Problem;
use cairn_model::app::{Remote, Scope, Shelf};
use cairn_words::moment::plural;
use cairn_words::{app as words, fill, problem, update::join};
use gettextrs::{gettext, ngettext};
use std::fs::File;
use std::io::Read;

/// Largest file that is read, in bytes; real ones with their key have about five thousand.
const LIMIT: u64 = 1 << 20;

pub async fn run(session: &Session, command: Option<RemotesCommand>) -> Result<(), Problem> {
    match command.unwrap_or(RemotesCommand::List) {
        RemotesCommand::List => list(session).await,
        RemotesCommand::Add { what, name, place } => {
            add(session, &what, name.as_deref(), place.scope().unwrap_or_default()).await
        }
        RemotesCommand::Remove(remote) => {
            let found = find(&session.shelf().await?, &remote)?;
            session.stoppable(session.apps.remove_remote(found.scope, &found.name)).await?;
            done(session, &found, &gettext("{name} was removed."))
        }
        RemotesCommand::Enable(remote) => switch(session, &remote, true).await,
        RemotesCommand::Disable(remote) => switch(session, &remote, false).await,
    }
}

async fn list(session: &Session) -> Result<(), Problem> {
    let remotes = session.shelf().await?.remotes;
    session.output.answer("remotes", &remotes, || match remotes.is_empty() {
        true => vec![gettext("None. `cairnctl apps remotes add flathub` adds the largest one.")],
        false => remotes.iter().flat_map(lines).collect(),
    })
}

fn lines(remote: &Remote) -> [String; 3] {
    let mut labels = Vec::new();
    if !remote.enabled {
        labels.push(gettext("Off"));
    }
    if !remote.signed {
        labels.push(gettext("Not signed"));
    }
    if remote.filtered {
        labels.push(gettext("Filtered"));
    }
    if remote.unreachable {
        labels.push(gettext("Did not answer"));
    }
    let labels = if labels.is_empty() { String::new() } else { format!("  [{}]", labels.join(", ")) };
    let mark = if remote.enabled { "*" } else { " " };
    let title = if remote.title == remote.name { String::new() } else { remote.title.clone() };
    let count =
        ngettext("{n} part comes from it", "{n} parts come from it", plural(u64::from(remote.used_by)));
    let used = fill(&count, &[("n", &remote.used_by.to_string())]);
    [
        format!("{mark} {}{labels}", remote.name),
        format!("    {}", join(&[title, words::scope(remote.scope), used])),
        format!("    {}", remote.url),
    ]
}

async fn add(session: &Session, what: &str, name: Option<&str>, scope: Scope) -> Result<(), Problem> {
    let known = if what == "flathub" {
        session.stoppable(session.apps.add_flathub(scope)).await?;
        what.to_owned()
    } else {
        session.stoppable(session.apps.add_remote(scope, read(what)?, name)).await?
    };
    // Without its catalogue nothing of it can be found; it is known all the same.
    if let Err(why) = session.stoppable(session.apps.refresh_catalogs()).await {
        if why == Problem::Cancelled {
            return Err(why);
        }
        session.warn(&problem::line(&why));
    }
    let added = session.shelf().await?.remotes.into_iter().find(|r| r.name == known && r.scope == scope);
    session.output.answer("done", &added, || {
        vec![fill(&gettext("Apps can come from {name} now."), &[("name", &known)])]
    })
}

fn read(path: &str) -> Result<Vec<u8>, Problem> {
    let unreadable = |e: std::io::Error| Problem::InvalidArgument { what: format!("{path}: {e}") };
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LIMIT {
        let what = fill(&gettext("{path} is too large to be the description of a source"), &[("path", path)]);
        return Err(Problem::InvalidArgument { what });
    }
    Ok(bytes)
}

async fn switch(session: &Session, remote: &apps::Remote, enabled: bool) -> Result<(), Problem> {
    let found = find(&session.shelf().await?, remote)?;
    session.stoppable(session.apps.set_remote_enabled(found.scope, &found.name, enabled)).await?;
    let template =
        if enabled { gettext("{name} is used again.") } else { gettext("{name} is no longer used.") };
    done(session, &Remote { enabled, ..found }, &template)
}

fn done(session: &Session, remote: &Remote, template: &str) -> Result<(), Problem> {
    session.output.answer("done", remote, || vec![fill(template, &[("name", &remote.name)])])
}

/// The remote of that name; one that both installations have must be told apart.
fn find(shelf: &Shelf, named: &apps::Remote) -> Result<Remote, Problem> {
    let fits = |r: &&Remote| r.name == named.name && named.place.scope().is_none_or(|s| s == r.scope);
    let found: Vec<&Remote> = shelf.remotes.iter().filter(fits).collect();
    match found[..] {
        [one] => Ok(one.clone()),
        [] => {
            let what = fill(&gettext("no source is called {name}"), &[("name", &named.name)]);
            Err(Problem::InvalidArgument { what })
        }
        _ => Err(several(&named.name, found.iter().map(|r| scope_flag(r.scope).to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::apps::Place;

    fn remote(name: &str, scope: Scope) -> Remote {
        Remote {
            name: name.into(),
            scope,
            title: "Flathub".into(),
            url: "https://example.org/repo".into(),
            enabled: true,
            signed: true,
            filtered: false,
            used_by: 2,
            unreachable: false,
        }
    }

    #[test]
    fn the_same_name_in_both_places_is_told_apart() {
        let remotes =
            vec![remote("flathub", Scope::User), remote("flathub", Scope::System), remote("a", Scope::User)];
        let shelf = Shelf { remotes, ..Shelf::default() };
        let named = |name: &str| apps::Remote { name: name.into(), place: Place::default() };
        assert_eq!(find(&shelf, &named("a")).unwrap().name, "a");
        match find(&shelf, &named("flathub")) {
            Err(Problem::InvalidArgument { what }) => assert!(what.contains("--user, --system"), "{what}"),
            other => panic!("{other:?}"),
        }
        assert!(find(&shelf, &named("b")).is_err());
    }

    #[test]
    fn what_is_out_of_the_ordinary_stands_behind_the_name() {
        let mut odd = remote("flathub", Scope::User);
        assert_eq!(
            lines(&odd),
            [
                "* flathub",
                "    Flathub · Only for you · 2 parts come from it",
                "    https://example.org/repo"
            ]
        );
        odd.enabled = false;
        odd.signed = false;
        assert_eq!(lines(&odd)[0], "  flathub  [Off, Not signed]");
    }
}
