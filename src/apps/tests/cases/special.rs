//! Add-ons, ends of life, other sources, data, running apps.

use crate::world::{Part, World, app, flatpak, install, listed, source, tool, update_all, world};
use cairn_model::app::plan::{AppWarning, OperationKind};
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppId, AppWish, Ref, Scope};
use cairn_model::job::JobState;
use std::path::PathBuf;
use std::process::Command;

fn data(w: &World, id: &str) -> PathBuf {
    let folder = w.place.join("home/.var/app").join(id);
    std::fs::create_dir_all(folder.join("config")).unwrap();
    std::fs::write(folder.join("config/mine"), "precious").unwrap();
    folder
}

#[test]
fn an_add_on() {
    world("cases::special::an_add_on", |w| {
        w.install("org.test.Hello");
        let reference: Ref = "runtime/org.test.Hello.Extra/x86_64/stable".parse().unwrap();
        w.must(AppWish::Install { source: source("test"), reference: reference.clone() });
        let shelf = w.now();
        let extra = shelf.installed.iter().find(|a| a.reference == reference).unwrap();
        assert_eq!(extra.extends, Some(app("org.test.Hello")));
        assert_eq!(shelf.installed.len(), 2, "translations are no add-on: {:?}", shelf.installed);
        assert_eq!(flatpak(&["--user", "pin"]).matches("Extra").count(), 0);
        w.must(AppWish::Remove { scope: Scope::User, reference, data: DataFate::Keep });
        assert_eq!(w.now().installed.len(), 1);
    });
}

#[test]
fn an_end_with_a_successor() {
    world("cases::special::an_end_with_a_successor", |w| {
        w.install("org.test.Old");
        data(&w, "org.test.Old");
        let part = Part { id: "org.test.Old", version: "2.0", ..Part::default() };
        w.repository.publish(&[Part { end: Some("Renamed"), rebase: Some("org.test.New"), ..part }]);
        w.must(update_all());
        let app_now = w.installed("org.test.Old");
        assert_eq!(app_now.end_of_life.as_deref(), Some("Renamed"));
        assert_eq!(app_now.end_of_life_rebase, Some(app("org.test.New")));
        let plan = w.plan(AppWish::Rebase { scope: Scope::User, reference: app("org.test.Old") });
        let steps: Vec<_> = plan.operations.iter().map(|o| (o.kind, o.reference.id.as_str())).collect();
        assert_eq!(
            steps,
            [(OperationKind::Install, "org.test.New"), (OperationKind::Remove, "org.test.Old")]
        );
        assert_eq!(w.carry_out(plan).state, JobState::Done);
        assert!(w.is_installed("org.test.New") && !w.is_installed("org.test.Old"));
        if let Err(problem) = w.wait(w.apps.launch(Scope::User, &app("org.test.New"))) {
            println!("skipped: no sandbox here: {problem:?}");
            return;
        }
        // flatpak moves it when the new one is first started.
        let moved = w.place.join("home/.var/app/org.test.New/config/mine");
        assert_eq!(std::fs::read_to_string(moved).unwrap(), "precious");
        tool(Command::new("flatpak").args(["kill", "org.test.New"]));
    });
}

#[test]
fn an_end_without_one() {
    world("cases::special::an_end_without_one", |w| {
        let part = Part { id: "org.test.Old", version: "2.0", ..Part::default() };
        w.repository.publish(&[Part { end: Some("Nobody cares"), ..part }]);
        let plan = w.plan(install("org.test.Old"));
        let end = AppWarning::EndOfLife { reference: app("org.test.Old"), reason: "Nobody cares".into() };
        assert!(plan.warnings.contains(&end), "{:?}", plan.warnings);
        assert_eq!(w.carry_out(plan).state, JobState::Done);
        assert_eq!(w.installed("org.test.Old").end_of_life.as_deref(), Some("Nobody cares"));
    });
}

#[test]
fn from_another_source() {
    world("cases::special::from_another_source", |w| {
        w.install("org.test.Plain");
        let folder = data(&w, "org.test.Plain");
        let other = w.repository.other(w.place.join("other"));
        other.publish(&[Part { id: "org.test.Plain", version: "7.0", payload: 10_000, ..Part::default() }]);
        let server = crate::world::Server::start(other.path.clone());
        flatpak(&["--user", "remote-add", &format!("--gpg-import={}", other.key()), "other", &server.url()]);
        let wish = AppWish::ChangeSource {
            scope: Scope::User,
            reference: app("org.test.Plain"),
            remote: "other".into(),
        };
        let plan = w.plan(wish.clone());
        let corrupt = plan.clone();
        server.be(crate::world::Mood::Corrupt);
        assert_eq!(w.carry_out(corrupt).state, JobState::Failed);
        assert_eq!(w.installed("org.test.Plain").remote, "test", "a failure leaves what was there");
        assert_eq!(w.installed("org.test.Plain").version, "1.0");
        server.be(crate::world::Mood::Well);
        assert_eq!(w.carry_out(plan).state, JobState::Done);
        let now = w.installed("org.test.Plain");
        assert_eq!((now.remote.as_str(), now.version.as_str()), ("other", "7.0"));
        assert!(folder.join("config/mine").exists());
        assert!(w.wait(w.apps.plan(&wish)).is_err());
        assert_eq!(listed("--user").len(), 2);
    });
}

/// flatpak itself ends the whole process when translations of another source are mixed in.
#[test]
fn translations_from_another_source() {
    world("cases::special::translations_from_another_source", |w| {
        w.install("org.test.Hello");
        let other = w.repository.other(w.place.join("other"));
        other.translations("org.test.Hello", "7.0");
        other.publish(&[Part { id: "org.test.Hello", version: "7.0", payload: 10_000, ..Part::default() }]);
        let server = crate::world::Server::start(other.path.clone());
        flatpak(&["--user", "remote-add", &format!("--gpg-import={}", other.key()), "other", &server.url()]);
        let wish = AppWish::ChangeSource {
            scope: Scope::User,
            reference: app("org.test.Hello"),
            remote: "other".into(),
        };
        let task = w.ask(wish);
        assert_eq!(task.state, JobState::Done, "{task:?}");
        let now = w.installed("org.test.Hello");
        assert_eq!((now.remote.as_str(), now.version.as_str()), ("other", "7.0"));
        other.publish(&[Part { id: "org.test.Hello", version: "8.0", payload: 10_000, ..Part::default() }]);
        let task = w.ask(update_all());
        assert_eq!(task.state, JobState::Done, "{task:?}");
        assert_eq!(w.installed("org.test.Hello").version, "8.0");
    });
}

#[test]
fn data_goes_to_the_trash_with_the_last_of_its_app() {
    world("cases::special::data_goes_to_the_trash_with_the_last_of_its_app", |w| {
        w.install("org.test.Plain");
        let everybody = cairn_model::app::Source { scope: Scope::System, remote: "test".into() };
        w.must(AppWish::Install { source: everybody, reference: app("org.test.Plain") });
        let folder = data(&w, "org.test.Plain");
        let id = AppId::new("org.test.Plain").unwrap();
        assert_eq!(w.wait(w.apps.data_bytes(&id)), Ok(8));
        assert_eq!(w.installed("org.test.Plain").data_bytes, Some(8));
        let remove =
            |scope| AppWish::Remove { scope, reference: app("org.test.Plain"), data: DataFate::Trash };
        w.must(remove(Scope::User));
        assert!(folder.join("config/mine").exists(), "everybody's still uses it");
        w.must(remove(Scope::System));
        assert!(!folder.exists());
        let trash = w.place.join("home/.local/share/Trash/files/org.test.Plain/config/mine");
        assert_eq!(std::fs::read_to_string(trash).unwrap(), "precious");
    });
}

#[test]
fn data_that_cannot_go_to_the_trash_stays() {
    world("cases::special::data_that_cannot_go_to_the_trash_stays", |w| {
        w.install("org.test.Plain");
        let folder = data(&w, "org.test.Plain");
        // A trash that cannot be made is another thing than a file system without one.
        let share = w.place.join("home/.local/share");
        std::fs::create_dir_all(&share).unwrap();
        std::fs::write(share.join("Trash"), "in the way").unwrap();
        let reference = app("org.test.Plain");
        let task = w.ask(AppWish::Remove { scope: Scope::User, reference, data: DataFate::Trash });
        assert_eq!(task.state, JobState::Failed, "{task:?}");
        assert!(!w.is_installed("org.test.Plain"));
        assert_eq!(std::fs::read_to_string(folder.join("config/mine")).unwrap(), "precious");
    });
}

#[test]
fn what_runs_is_named_and_left_alone() {
    world("cases::special::what_runs_is_named_and_left_alone", |w| {
        w.install("org.test.Plain");
        if let Err(problem) = w.wait(w.apps.launch(Scope::User, &app("org.test.Plain"))) {
            println!("skipped: no sandbox here: {problem:?}");
            return;
        }
        w.shelf(|s| s.find("org.test.Plain").is_some_and(|a| a.running));
        w.repository.publish(&[Part { id: "org.test.Plain", version: "2.0", ..Part::default() }]);
        let plan = w.plan(update_all());
        let running = AppWarning::Running { reference: app("org.test.Plain"), name: "Plain".into() };
        assert!(plan.warnings.contains(&running), "{:?}", plan.warnings);
        assert_eq!(w.carry_out(plan).state, JobState::Done);
        assert!(flatpak(&["ps", "--columns=application"]).contains("org.test.Plain"), "it goes on");
        tool(Command::new("flatpak").args(["kill", "org.test.Plain"]));
        w.shelf(|s| s.find("org.test.Plain").is_some_and(|a| !a.running));
    });
}
