//! What is due: updates of apps, and what no app needs any more.

use super::session::Session;
use cairn_catalog::Library;
use cairn_model::Problem;
use cairn_model::app::shelf::{AppCheck, Unused};
use cairn_model::app::{AppUpdate, InstalledApp, Shelf, Source};
use cairn_words::update::join;
use cairn_words::{amount, app as words, fill, permission, problem};
use gettextrs::gettext;

pub async fn check(session: &Session) -> Result<(), Problem> {
    let shelf = session.check().await?;
    let mut check = shelf.check.clone().unwrap_or_default();
    if !check.updates.is_empty() {
        match session.library().await {
            Ok(library) => name_versions(&mut check, &shelf, &library),
            Err(Problem::Cancelled) => return Err(Problem::Cancelled),
            // What there is to update is known without it.
            Err(problem) => session.warn(&problem::line(&problem)),
        }
    }
    session.output.answer("check", &check, || updates(&check, &shelf))
}

/// Adds what the catalogue knows; flatpak itself knows no versions of what is not installed.
fn name_versions(check: &mut AppCheck, shelf: &Shelf, library: &Library) {
    for update in check.updates.iter_mut().filter(|u| u.version.is_empty()) {
        let remote = installed(update, shelf).map(|a| a.remote.clone()).unwrap_or_default();
        update.version = library.newest(&Source { scope: update.scope, remote }, &update.reference);
    }
}

fn installed<'a>(update: &AppUpdate, shelf: &'a Shelf) -> Option<&'a InstalledApp> {
    shelf.installed.iter().find(|a| a.reference == update.reference && a.scope == update.scope)
}

/// Updates of apps one by one, of what they share as a sum.
fn updates(check: &AppCheck, shelf: &Shelf) -> Vec<String> {
    let (shared, apps): (Vec<&AppUpdate>, Vec<&AppUpdate>) = check.updates.iter().partition(|u| u.runtime);
    match (check.updates.is_empty(), check.failed.is_empty()) {
        (true, true) => return vec![gettext("All apps are up to date.")],
        (true, false) => return vec![gettext("There is nothing new from the sources that answered.")],
        (false, _) => {}
    }
    let mut lines = vec![words::updates(apps.len())];
    for update in apps {
        let app = installed(update, shelf);
        lines.push(format!("  {}", one(update, app)));
        lines.extend(app.and_then(|a| a.held.as_ref()).map(|h| format!("    {}", words::hold(h))));
        let abandoned = app.is_some_and(|a| a.end_of_life.is_some());
        lines.extend(abandoned.then(|| format!("    ! {}", words::abandoned())));
        lines.extend(update.added.iter().map(|p| format!("    ! {}", permission::title(p))));
    }
    let bytes: u64 = shared.iter().map(|u| u.download_bytes).sum();
    if !shared.is_empty() {
        let size = amount::size(bytes);
        lines.push(fill(&gettext("{size} for parts that apps share"), &[("size", &size)]));
    }
    lines
}

fn one(update: &AppUpdate, app: Option<&InstalledApp>) -> String {
    let name = if update.name.is_empty() { update.reference.id.to_string() } else { update.name.clone() };
    let versions = words::newer(app.map_or("", |a| &a.version), &update.version);
    join(&[name, versions, amount::size(update.download_bytes)])
}

pub async fn unused(session: &Session) -> Result<(), Problem> {
    let unused = session.shelf().await?.unused;
    session.output.answer("unused", &unused, || needless(&unused))
}

fn needless(unused: &[Unused]) -> Vec<String> {
    if unused.is_empty() {
        return vec![gettext("Everything that is installed is needed.")];
    }
    let mut lines: Vec<String> = unused
        .iter()
        .map(|u| join(&[u.reference.to_string(), amount::size(u.bytes), words::scope(u.scope)]))
        .collect();
    let size = amount::size(unused.iter().map(|u| u.bytes).sum());
    lines
        .push(fill(&gettext("{size} become free with `cairnctl apps unused --remove`."), &[("size", &size)]));
    lines
}

#[cfg(test)]
mod tests {
    use super::super::find::tests::app;
    use super::*;
    use cairn_model::app::installed::Hold;
    use cairn_model::app::{Permission, Scope};

    fn update(reference: &str, name: &str, runtime: bool) -> AppUpdate {
        AppUpdate {
            reference: reference.parse().unwrap(),
            scope: Scope::User,
            name: name.into(),
            version: "5.3".into(),
            commit: "c".into(),
            download_bytes: 31_000_000,
            added: Vec::new(),
            runtime,
        }
    }

    #[test]
    fn updates_name_what_is_new_and_what_is_held() {
        let mut krita = update("app/org.kde.krita/x86_64/stable", "Krita", false);
        krita.added = vec![Permission::Network];
        let check = AppCheck {
            updates: vec![krita, update("runtime/org.kde.Platform/x86_64/6.9", "", true)],
            ..AppCheck::default()
        };
        let mut held = app("app/org.kde.krita/x86_64/stable", "Krita", Scope::User);
        held.held = Some(Hold::Released);
        held.end_of_life = Some("It moved".into());
        let shelf = Shelf { installed: vec![held], ..Shelf::default() };
        assert_eq!(
            updates(&check, &shelf),
            [
                "1 app update",
                "  Krita · 1.0 → 5.3 · 31 MB",
                "    Not updated until you allow it again",
                "    ! No longer looked after",
                "    ! Uses the network",
                "31 MB for parts that apps share",
            ]
        );
        let mut nothing = AppCheck::default();
        assert_eq!(updates(&nothing, &shelf), ["All apps are up to date."]);
        nothing.failed = vec![("flathub".into(), Problem::Network { detail: String::new() })];
        assert_eq!(updates(&nothing, &shelf), ["There is nothing new from the sources that answered."]);
    }

    #[test]
    fn what_is_not_needed_is_summed_up() {
        let reference = "runtime/org.kde.Platform/x86_64/5.15".parse().unwrap();
        let unused = [Unused { reference, scope: Scope::System, bytes: 2_000_000 }];
        let lines = needless(&unused);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("2.0 MB become free"), "{lines:?}");
    }
}
