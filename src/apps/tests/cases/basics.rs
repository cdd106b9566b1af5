//! Looking, installing, removing.

use crate::world::{app, flatpak, install, listed, source, world};
use cairn_model::Problem;
use cairn_model::app::plan::{AppWarning, OperationKind};
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppWish, Scope};
use cairn_model::job::JobState;

#[test]
fn an_app_comes_and_goes() {
    world("cases::basics::an_app_comes_and_goes", |w| {
        let shelf = w.now();
        assert_eq!(shelf.installed, []);
        let names: Vec<_> = shelf.remotes.iter().map(|r| (r.name.as_str(), r.scope, r.signed)).collect();
        assert_eq!(names, [("test", Scope::User, true), ("test", Scope::System, true)]);

        let plan = w.plan(install("org.test.Hello"));
        let refs: Vec<_> = plan.operations.iter().map(|o| o.reference.to_string()).collect();
        assert_eq!(refs.len(), 3);
        assert_eq!(refs[2], "app/org.test.Hello/x86_64/stable", "it comes after what it needs");
        assert!(plan.operations.iter().all(|o| o.kind == OperationKind::Install && o.commit.len() == 64));
        assert!(plan.download_bytes > 20_000 && plan.disk_bytes > 20_000, "{plan:?}");
        assert_eq!(listed("--user"), [], "a plan changes nothing");

        let task = w.carry_out(plan);
        assert_eq!(task.state, JobState::Done, "{task:?}");
        let progress = task.progress;
        assert_eq!((progress.fraction, Some(progress.bytes_done)), (Some(1.0), progress.bytes_total));
        let app_now = w.installed("org.test.Hello");
        assert_eq!(
            (app_now.name.as_str(), app_now.version.as_str(), app_now.remote.as_str()),
            ("Hello", "1.0", "test")
        );
        assert_eq!(app_now.commit, w.repository.newest("app/org.test.Hello/x86_64/stable"));
        assert!(
            listed("--user")
                .iter()
                .any(|(r, c)| r == "org.test.Hello/x86_64/stable" && app_now.commit.starts_with(c))
        );

        let again = w.wait(w.apps.plan(&install("org.test.Hello")));
        assert_eq!(again, Err(Problem::AppInstalled { id: "org.test.Hello".into() }));
        let unknown = w.wait(w.apps.plan(&install("org.test.Nothing")));
        assert_eq!(unknown, Err(Problem::AppNotFound { id: "org.test.Nothing".into() }));
        let nowhere = AppWish::Install { source: source("nowhere"), reference: app("org.test.Plain") };
        assert_eq!(w.wait(w.apps.plan(&nowhere)), Err(Problem::NotFound { what: "nowhere".into() }));

        let remove =
            AppWish::Remove { scope: Scope::User, reference: app("org.test.Hello"), data: DataFate::Keep };
        let task = w.must(remove.clone());
        assert!(!w.is_installed("org.test.Hello"), "{task:?}");
        assert_eq!(
            w.wait(w.apps.plan(&remove)),
            Err(Problem::AppNotInstalled { id: "org.test.Hello".into() })
        );
        assert!(w.now().unused.iter().any(|u| u.reference.id.as_str() == "org.test.Platform" && u.bytes > 0));
        w.must(AppWish::RemoveUnused {});
        assert_eq!(w.now().unused, []);
        assert_eq!(listed("--user"), []);
    });
}

#[test]
fn everybody_gets_it() {
    world("cases::basics::everybody_gets_it", |w| {
        let mut wish = source("test");
        wish.scope = Scope::System;
        let plan = w.plan(AppWish::Install { source: wish, reference: app("org.test.Plain") });
        assert_eq!(plan.warnings, [AppWarning::Everybody]);
        assert_eq!(w.carry_out(plan).state, JobState::Done);
        assert_eq!(w.installed("org.test.Plain").scope, Scope::System);
        assert_eq!(listed("--system").len(), 2);
        assert_eq!(listed("--user"), []);
        // The person's own apps use a runtime that everybody has.
        let plan = w.plan(install("org.test.Wide"));
        assert_eq!(plan.operations.len(), 1, "{:?}", plan.operations);
    });
}

#[test]
fn others_are_seen() {
    world("cases::basics::others_are_seen", |w| {
        assert_eq!(w.now().installed, []);
        flatpak(&["--user", "install", "-y", "--noninteractive", "test", "org.test.Plain"]);
        w.shelf(|s| s.find("org.test.Plain").is_some());
        flatpak(&["--user", "mask", "org.test.Plain"]);
        let shelf = w.shelf(|s| s.find("org.test.Plain").is_some_and(|a| a.held.is_some()));
        assert_eq!(
            shelf.find("org.test.Plain").unwrap().held,
            Some(cairn_model::app::installed::Hold::Masked)
        );
        flatpak(&["--user", "uninstall", "-y", "--noninteractive", "org.test.Plain"]);
        w.shelf(|s| s.find("org.test.Plain").is_none());
        flatpak(&["--user", "remote-delete", "--force", "test"]);
        w.shelf(|s| s.remotes.len() == 1);
    });
}
