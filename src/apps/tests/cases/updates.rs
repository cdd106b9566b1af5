//! Updates: all, some, none; what fails and what is left out.

use crate::world::{Mood, Part, World, app, flatpak, listed, source, update_all, world};
use cairn_model::Problem;
use cairn_model::app::installed::Hold;
use cairn_model::app::plan::AppWarning;
use cairn_model::app::{AppWish, Permission, Scope};
use cairn_model::job::JobState;

fn part<'a>(id: &'a str, version: &'a str) -> Part<'a> {
    Part { id, version, payload: 20_000, ..Part::default() }
}

const WIDER: &str = "[Context]\nshared=network;\nfilesystems=home;\n";

#[test]
fn what_is_newer_is_found_and_installed() {
    world("cases::updates::what_is_newer_is_found_and_installed", |w| {
        w.install("org.test.Hello");
        w.install("org.test.Plain");
        assert_eq!(w.wait(w.apps.plan(&update_all())), Err(Problem::NoUpdate));
        w.wait(w.apps.check()).unwrap();
        assert_eq!(w.now().updates().count(), 0);
        w.repository.publish(&[part("org.test.Hello", "2.0")]);
        w.wait(w.apps.check()).unwrap();
        let shelf = w.now();
        let found: Vec<_> = shelf.updates().map(|u| (u.name.as_str(), u.runtime, u.commit.clone())).collect();
        let newest = w.repository.newest("app/org.test.Hello/x86_64/stable");
        assert_eq!(found, [("Hello", false, newest.clone())]);
        assert_eq!(shelf.catalogs.len(), 2, "{:?}", shelf.catalogs);
        let catalog = &shelf.catalogs[0];
        assert!(std::fs::read_to_string(&catalog.xml).unwrap().contains("org.test.Hello"));
        assert_eq!(catalog.commit.len(), 64, "{catalog:?}");

        let task = w.must(update_all());
        assert_eq!(task.outcomes.len(), 1, "{task:?}");
        assert_eq!((w.installed("org.test.Hello").version.as_str(), w.now().updates().count()), ("2.0", 0));
        assert_eq!(w.installed("org.test.Hello").commit, newest);
    });
}

#[test]
fn wider_permissions_are_left_out() {
    world("cases::updates::wider_permissions_are_left_out", |w| {
        w.install("org.test.Wide");
        w.install("org.test.Plain");
        w.repository.publish(&[
            Part { metadata: WIDER, ..part("org.test.Wide", "2.0") },
            part("org.test.Plain", "2.0"),
        ]);
        let plan = w.plan(update_all());
        let refs: Vec<_> = plan.operations.iter().map(|o| o.reference.id.as_str()).collect();
        assert_eq!(refs, ["org.test.Plain"]);
        let wanted = vec![Permission::Network, Permission::Home { write: true }];
        assert!(
            matches!(&plan.warnings[..], [AppWarning::LeftOut { update }]
            if update.reference == app("org.test.Wide") && update.added == wanted),
            "{:?}",
            plan.warnings
        );
        let task = w.carry_out(plan);
        assert_eq!((task.state, task.name.as_str()), (JobState::Done, "Plain"));
        let refs = vec![(Scope::User, app("org.test.Plain"))];
        let done = AppWish::Update { refs, allow_permissions: false };
        assert_eq!(task.wish, done, "what was left out is not part of what is told, or tried again");
        assert_eq!(w.installed("org.test.Wide").version, "1.0");
        assert_eq!(w.installed("org.test.Plain").version, "2.0");

        let plan = w.plan(AppWish::Update {
            refs: vec![(Scope::User, app("org.test.Wide"))],
            allow_permissions: true,
        });
        assert!(
            matches!(&plan.warnings[..], [AppWarning::MorePermissions { added, .. }] if *added == wanted)
        );
        assert_eq!(w.carry_out(plan).state, JobState::Done);
        assert_eq!(w.installed("org.test.Wide").permissions, wanted);
    });
}

/// A second remote with apps of its own.
fn second(w: &World) -> (crate::world::Repository, crate::world::Server) {
    let other = w.repository.other(w.place.join("other"));
    other.publish(&[part("org.test.Else", "1.0")]);
    let server = crate::world::Server::start(other.path.clone());
    let key = other.key();
    flatpak(&["--user", "remote-add", &format!("--gpg-import={key}"), "other", &server.url()]);
    w.must(AppWish::Install { source: source("other"), reference: app("org.test.Else") });
    (other, server)
}

#[test]
fn one_remote_that_is_gone_hides_nothing() {
    world("cases::updates::one_remote_that_is_gone_hides_nothing", |w| {
        let (other, server) = second(&w);
        w.install("org.test.Plain");
        w.repository.publish(&[part("org.test.Plain", "2.0")]);
        other.publish(&[part("org.test.Else", "2.0")]);
        server.be(Mood::Gone);
        let named =
            AppWish::Update { refs: vec![(Scope::User, app("org.test.Else"))], allow_permissions: false };
        let silent = w.wait(w.apps.plan(&named));
        assert!(matches!(silent, Err(Problem::Network { .. })), "{silent:?}");
        w.wait(w.apps.check()).unwrap();
        let shelf = w.now();
        let check = shelf.check.as_ref().unwrap();
        assert!(
            matches!(&check.failed[..], [(name, Problem::Network { .. })] if name == "other"),
            "{:?}",
            check.failed
        );
        assert_eq!(shelf.updates().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["Plain"]);
        assert!(shelf.remotes.iter().any(|r| r.name == "other" && r.unreachable));
        assert!(shelf.remotes.iter().all(|r| r.name == "other" || !r.unreachable));
        w.must(update_all());
        assert_eq!(w.installed("org.test.Plain").version, "2.0");
        server.be(Mood::Well);
        w.wait(w.apps.check()).unwrap();
        assert_eq!(w.now().updates().map(|u| u.name.clone()).collect::<Vec<_>>(), ["Else"]);
    });
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    world("cases::updates::one_that_fails_does_not_stop_the_others", |w| {
        let (other, server) = second(&w);
        w.install("org.test.Plain");
        w.repository.publish(&[part("org.test.Plain", "2.0")]);
        other.publish(&[part("org.test.Else", "2.0")]);
        let plan = w.plan(update_all());
        assert_eq!(plan.operations.len(), 2, "{plan:?}");
        server.be(Mood::Corrupt);
        let task = w.carry_out(plan);
        assert_eq!(task.problem, Some(Problem::Partial { done: 1, failed: 1 }), "{task:?}");
        let failed: Vec<_> = task.failures().map(|(o, p)| (o.name.clone(), p.code())).collect();
        assert_eq!(failed, [("Else".to_owned(), "corrupt")], "{task:?}");
        assert_eq!(w.installed("org.test.Plain").version, "2.0");
        assert_eq!(w.installed("org.test.Else").version, "1.0");
        server.be(Mood::Well);
        assert_eq!(w.ask(update_all()).state, JobState::Done);
        assert_eq!(w.installed("org.test.Else").version, "2.0");
    });
}

#[test]
fn what_changed_meanwhile_is_not_done() {
    world("cases::updates::what_changed_meanwhile_is_not_done", |w| {
        w.install("org.test.Plain");
        w.repository.publish(&[part("org.test.Plain", "2.0")]);
        let plan = w.plan(update_all());
        w.repository.publish(&[part("org.test.Plain", "3.0")]);
        let task = w.carry_out(plan);
        assert_eq!((task.state, task.problem), (JobState::Failed, Some(Problem::PlanOutdated)));
        assert_eq!(w.installed("org.test.Plain").version, "1.0");
    });
}

#[test]
fn what_is_held_stays() {
    world("cases::updates::what_is_held_stays", |w| {
        w.install("org.test.Plain");
        let (scope, reference) = (Scope::User, app("org.test.Plain"));
        flatpak(&["--user", "mask", "org.other.*"]);
        w.must(AppWish::Hold { scope, reference: reference.clone() });
        assert_eq!(w.installed("org.test.Plain").held, Some(Hold::Released));
        w.repository.publish(&[part("org.test.Plain", "2.0")]);
        w.wait(w.apps.check()).unwrap();
        let shelf = w.now();
        assert_eq!((shelf.updates().count(), shelf.check.unwrap().updates.len()), (0, 1));
        assert_eq!(w.wait(w.apps.plan(&update_all())), Err(Problem::NoUpdate));
        flatpak(&["--user", "update", "-y", "--noninteractive"]);
        assert_eq!(w.installed("org.test.Plain").version, "1.0", "flatpak itself respects it");
        w.must(AppWish::Release { scope, reference });
        let masks = flatpak(&["--user", "mask"]);
        assert!(masks.contains("org.other.*") && !masks.contains("org.test.Plain"), "{masks}");
        w.must(update_all());
        assert_eq!(w.installed("org.test.Plain").version, "2.0");
        assert!(listed("--user").len() == 2);
    });
}

#[test]
fn a_remote_that_vanishes_before_the_update_stops_no_other() {
    world("cases::updates::a_remote_that_vanishes_before_the_update_stops_no_other", |w| {
        let (other, server) = second(&w);
        w.install("org.test.Plain");
        w.repository.publish(&[part("org.test.Plain", "2.0")]);
        other.publish(&[part("org.test.Else", "2.0")]);
        let plan = w.plan(update_all());
        server.be(Mood::Gone);
        let task = w.carry_out(plan);
        assert_eq!(task.problem, Some(Problem::Partial { done: 1, failed: 1 }), "{task:?}");
        assert!(
            task.failures().all(|(o, p)| o.name == "Else" && matches!(p, Problem::Network { .. })),
            "{task:?}"
        );
        assert_eq!(w.installed("org.test.Plain").version, "2.0");
        assert_eq!(w.installed("org.test.Else").version, "1.0");
    });
}

#[test]
fn one_that_cannot_be_worked_out_hides_nothing() {
    world("cases::updates::one_that_cannot_be_worked_out_hides_nothing", |w| {
        for id in ["org.test.Plain", "org.test.Wide", "org.test.Old"] {
            w.install(id);
        }
        let runtime = Some("org.nowhere.Platform/x86_64/9");
        w.repository.publish(&[
            Part { runtime, ..part("org.test.Wide", "2.0") },
            part("org.test.Plain", "2.0"),
            part("org.test.Old", "2.0"),
        ]);
        w.wait(w.apps.check()).unwrap();
        let shelf = w.now();
        assert_eq!(shelf.updates().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["Old", "Plain"]);
        let failed = &shelf.check.as_ref().unwrap().failed;
        assert!(
            matches!(&failed[..], [(id, Problem::RuntimeMissing { .. })] if id == "org.test.Wide"),
            "{failed:?}"
        );
        w.must(update_all());
        let version = |id: &str| w.installed(id).version;
        assert_eq!(
            [version("org.test.Plain"), version("org.test.Old"), version("org.test.Wide")],
            ["2.0", "2.0", "1.0"]
        );
    });
}

/// What the person took away does not come back, and does not make the plan another one.
#[test]
fn what_comes_along_is_in_the_plan() {
    world("cases::updates::what_comes_along_is_in_the_plan", |w| {
        w.install("org.test.Hello");
        w.install("org.test.Plain");
        flatpak(&[
            "--user",
            "uninstall",
            "-y",
            "--noninteractive",
            "--no-related",
            "--force-remove",
            "runtime/org.test.Hello.Locale",
        ]);
        w.repository.publish(&[part("org.test.Plain", "2.0")]);
        let plan = w.plan(update_all());
        let task = w.carry_out(plan.clone());
        assert_eq!(task.state, JobState::Done, "{plan:?} {task:?}");
        assert_eq!(w.installed("org.test.Plain").version, "2.0");
    });
}

#[test]
fn what_was_found_stays_known_without_a_network() {
    world("cases::updates::what_was_found_stays_known_without_a_network", |w| {
        w.install("org.test.Plain");
        w.repository.publish(&[Part { id: "org.test.Plain", version: "2.0", ..Part::default() }]);
        w.wait(w.apps.check()).unwrap();
        assert_eq!(w.now().updates().count(), 1);
        w.server.be(Mood::Gone);
        w.wait(w.apps.check()).unwrap();
        let shelf = w.now();
        assert!(!shelf.check.as_ref().unwrap().failed.is_empty());
        assert_eq!(shelf.updates().count(), 1);
        w.server.be(Mood::Well);
        w.must(update_all());
        assert_eq!(w.now().updates().count(), 0);
    });
}
