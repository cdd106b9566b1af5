//! Going back, and what is remembered.

use crate::world::{Mood, Part, app, flatpak, places, update_all, world};
use cairn_apps::Apps;
use cairn_model::Problem;
use cairn_model::app::installed::Hold;
use cairn_model::app::{AppWish, Scope};
use cairn_model::job::JobState;
use std::process::Command;

fn publish(w: &crate::world::World, version: &str) {
    w.repository.publish(&[Part { id: "org.test.Plain", version, payload: 20_000, ..Part::default() }]);
}

#[test]
fn back_and_held_until_something_newer() {
    world("cases::past::back_and_held_until_something_newer", |w| {
        let (scope, reference) = (Scope::User, app("org.test.Plain"));
        w.install("org.test.Plain");
        let first = w.installed("org.test.Plain").commit;
        publish(&w, "2.0");
        publish(&w, "3.0");
        w.must(update_all());
        let third = w.installed("org.test.Plain").commit;

        let asked = w.server.asked().len();
        let versions = w.wait(w.apps.versions(scope, &reference)).unwrap();
        let asked = w.server.asked().split_off(asked);
        assert!(asked.iter().all(|path| path != "/summary"), "the whole summary is large: {asked:?}");
        let seen: Vec<_> = versions
            .iter()
            .map(|v| (v.version.as_str(), v.subject.as_str(), v.was_here, v.current))
            .collect();
        assert_eq!(
            seen,
            [
                ("3.0", "Release 3.0", true, true),
                ("", "Release 2.0", false, false),
                ("1.0", "Release 1.0", true, false)
            ]
        );
        assert!(versions.iter().all(|v| v.date.is_some_and(|d| d > 1_600_000_000)));

        let second = versions[1].commit.clone();
        w.must(AppWish::GoBack { scope, reference: reference.clone(), commit: second.clone() });
        let now = w.installed("org.test.Plain");
        assert_eq!((now.version.as_str(), &now.commit), ("2.0", &second));
        assert_eq!(now.held, Some(Hold::NewerThan { commit: third.clone() }));
        flatpak(&["--user", "update", "-y", "--noninteractive"]);
        w.wait(w.apps.check()).unwrap();
        assert_eq!((w.installed("org.test.Plain").commit, w.now().updates().count()), (second, 0));
        // Masked as it is, it goes back further.
        w.must(AppWish::GoBack { scope, reference: reference.clone(), commit: first.clone() });
        assert_eq!(w.installed("org.test.Plain").commit, first);
        assert_eq!(w.installed("org.test.Plain").held, Some(Hold::NewerThan { commit: third }));

        publish(&w, "4.0");
        w.wait(w.apps.check()).unwrap();
        assert_eq!(w.installed("org.test.Plain").held, None, "something newer came");
        assert_eq!(flatpak(&["--user", "mask"]).matches("org.test.Plain").count(), 0);
        assert_eq!(w.now().updates().count(), 1);
        w.must(update_all());
        assert_eq!(w.installed("org.test.Plain").version, "4.0");
    });
}

/// What was held until it is allowed stays so, whether going back works or not.
#[test]
fn going_back_leaves_a_hold_as_strong_as_it_was() {
    world("cases::past::going_back_leaves_a_hold_as_strong_as_it_was", |w| {
        let (scope, reference) = (Scope::User, app("org.test.Plain"));
        w.install("org.test.Plain");
        let first = w.installed("org.test.Plain").commit;
        publish(&w, "2.0");
        w.must(update_all());
        let second = w.installed("org.test.Plain").commit;
        w.must(AppWish::Hold { scope, reference: reference.clone() });

        let back = AppWish::GoBack { scope, reference: reference.clone(), commit: first.clone() };
        let plan = w.plan(back.clone());
        w.server.be(Mood::Gone);
        assert_eq!(w.carry_out(plan).state, JobState::Failed);
        let now = w.installed("org.test.Plain");
        assert_eq!((now.commit, now.held), (second, Some(Hold::Released)));
        assert_eq!(flatpak(&["--user", "mask"]).matches("org.test.Plain").count(), 1);

        w.server.be(Mood::Well);
        w.must(back);
        let now = w.installed("org.test.Plain");
        assert_eq!((&now.commit, now.held), (&first, Some(Hold::Released)));
        publish(&w, "3.0");
        w.wait(w.apps.check()).unwrap();
        assert_eq!(w.installed("org.test.Plain").held, Some(Hold::Released), "nobody allowed it");
        assert_eq!(w.now().updates().count(), 0);
        w.must(AppWish::Release { scope, reference });
        assert_eq!(flatpak(&["--user", "mask"]).matches("org.test.Plain").count(), 0, "the mask was ours");
        w.must(update_all());
        assert_eq!(w.installed("org.test.Plain").version, "3.0");
    });
}

#[test]
fn offline_only_what_was_here() {
    world("cases::past::offline_only_what_was_here", |w| {
        let (scope, reference) = (Scope::User, app("org.test.Plain"));
        w.install("org.test.Plain");
        publish(&w, "2.0");
        // Somebody else updates it.
        flatpak(&["--user", "update", "-y", "--noninteractive"]);
        w.shelf(|s| s.find("org.test.Plain").is_some_and(|a| a.version == "2.0"));
        w.server.be(Mood::Gone);
        let versions = w.wait(w.apps.versions(scope, &reference)).unwrap();
        let seen: Vec<_> = versions.iter().map(|v| (v.version.as_str(), v.was_here, v.current)).collect();
        assert_eq!(seen, [("2.0", true, true), ("1.0", true, false)]);
        let gone = AppWish::GoBack { scope, reference: reference.clone(), commit: "0".repeat(64) };
        assert!(
            matches!(w.wait(w.apps.plan(&gone)), Err(Problem::Network { .. })),
            "{:?}",
            w.wait(w.apps.plan(&gone))
        );
        w.server.be(Mood::Well);
        assert_eq!(w.wait(w.apps.plan(&gone)), Err(Problem::VersionGone { commit: "0".repeat(64) }));
        let bad = AppWish::GoBack { scope, reference, commit: "--help".into() };
        assert!(matches!(w.wait(w.apps.plan(&bad)), Err(Problem::InvalidArgument { .. })));
    });
}

#[test]
fn the_last_look_is_there_at_the_next_start() {
    world("cases::past::the_last_look_is_there_at_the_next_start", |w| {
        w.install("org.test.Plain");
        publish(&w, "2.0");
        w.wait(w.apps.check()).unwrap();
        w.server.be(Mood::Gone);
        let requests = w.server.asked().len();
        let other = Apps::start(places(&w.place));
        let shelf = w.wait(async {
            let mut shelf = other.shelf();
            shelf.wait_for(|s| s.shelf().is_some()).await.unwrap().shelf().unwrap().clone()
        });
        assert_eq!(shelf.updates().count(), 1);
        assert_eq!(w.server.asked().len(), requests);
    });
}

/// Sources keep only so many commits.
#[test]
fn a_source_that_forgets() {
    world("cases::past::a_source_that_forgets", |w| {
        let (scope, reference) = (Scope::User, app("org.test.Plain"));
        w.install("org.test.Plain");
        let first = w.installed("org.test.Plain").commit;
        publish(&w, "2.0");
        publish(&w, "3.0");
        w.must(update_all());
        let repo = format!("--repo={}", w.repository.path.display());
        crate::world::tool(Command::new("ostree").args(["prune", "--refs-only", "--depth=1", &repo]));
        let versions = w.wait(w.apps.versions(scope, &reference)).unwrap();
        let seen: Vec<_> = versions.iter().map(|v| (v.subject.as_str(), v.was_here)).collect();
        assert_eq!(seen, [("Release 3.0", true), ("Release 2.0", false), ("", true)]);
        let gone = w.wait(w.apps.plan(&AppWish::GoBack { scope, reference, commit: first.clone() }));
        assert_eq!(gone, Err(Problem::VersionGone { commit: first }));
    });
}
