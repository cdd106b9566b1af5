//! Traps of the binding and of libflatpak, each shown not to be stepped into.

use crate::world::{Part, app, flatpak, update_all, world};
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppWish, Scope};
use std::os::unix::fs::PermissionsExt;

/// An update that names a ref of translations must not bring languages that nobody asked for.
#[test]
fn languages_stay_as_they_are() {
    world("cases::traps::languages_stay_as_they_are", |w| {
        w.install("org.test.Hello");
        let languages = || {
            let folder = w.place.join("user/runtime/org.test.Hello.Locale/x86_64/stable/active/files");
            let mut names: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .flatten()
                .filter(|e| e.path().join("words").exists())
                .map(|e| e.file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        };
        assert_eq!(languages(), ["de", "en"]);
        w.repository.translations("org.test.Hello", "2.0");
        w.repository.publish(&[Part { id: "org.test.Hello", version: "2.0", ..Part::default() }]);
        let plan = w.plan(update_all());
        assert!(
            plan.operations.iter().any(|o| o.reference.id.as_str() == "org.test.Hello.Locale"),
            "{plan:?}"
        );
        w.carry_out(plan);
        assert_eq!(w.installed("org.test.Hello").version, "2.0");
        assert_eq!(languages(), ["de", "en"]);
    });
}

/// After a removal the commit of `operation-done` is NULL; the process lives on and the journal has it.
#[test]
fn a_removal_has_no_commit() {
    world("cases::traps::a_removal_has_no_commit", |w| {
        w.install("org.test.Hello");
        let removed =
            AppWish::Remove { scope: Scope::User, reference: app("org.test.Hello"), data: DataFate::Keep };
        let task = w.must(removed);
        assert_eq!(task.outcomes.len(), 1, "{task:?}");
        let done = w.wait(w.apps.history(10)).unwrap();
        let of_app: Vec<_> = done.iter().filter(|d| d.reference == app("org.test.Hello")).collect();
        let words: Vec<_> = of_app
            .iter()
            .map(|d| (d.asked.as_str(), d.version_before.as_str(), d.version_after.as_str()))
            .collect();
        assert_eq!(words, [("remove", "1.0", ""), ("install", "", "1.0")]);
        assert_eq!(of_app[0].commit_before, of_app[1].commit_after);
        assert!(!w.place.join("user/runtime/org.test.Hello.Locale/x86_64/stable/active").exists());
        w.install("org.test.Hello");
        let versions = w.wait(w.apps.versions(Scope::User, &app("org.test.Hello"))).unwrap();
        assert!(versions[0].was_here && versions[0].current);
    });
}

/// What is installed can be read by everybody, whatever the session's umask is.
#[test]
fn the_umask_is_flatpaks() {
    world("cases::traps::the_umask_is_flatpaks", |w| {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        let other = cairn_apps::Apps::start(crate::world::places(&w.place));
        w.install("org.test.Plain");
        let file = w.place.join("user/app/org.test.Plain/x86_64/stable/active/metadata");
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o044, 0o044);
        drop(other);
    });
}

/// Objects of libflatpak remember; what somebody else has just set up must be known all the same.
#[test]
fn a_new_remote_is_known_at_once() {
    world("cases::traps::a_new_remote_is_known_at_once", |w| {
        w.now();
        let key = format!("--gpg-import={}", w.repository.key());
        flatpak(&["--user", "remote-add", &key, "second", &w.server.url()]);
        let source = crate::world::source("second");
        w.must(AppWish::Install { source, reference: app("org.test.Plain") });
        assert_eq!(w.installed("org.test.Plain").remote, "second");
    });
}

/// A window has the main context of the process; whoever waits for that on another thread waits for ever.
#[test]
fn a_window_has_the_main_context() {
    world("cases::traps::a_window_has_the_main_context", |w| {
        let context = libflatpak::glib::MainContext::default();
        let main = libflatpak::glib::MainLoop::new(Some(&context), false);
        let (inside, ended) = (
            main.clone(),
            std::thread::spawn({
                let main = main.clone();
                move || main.run()
            }),
        );
        while !inside.is_running() {
            std::thread::yield_now();
        }
        w.install("org.test.Hello");
        w.repository.publish(&[Part { id: "org.test.Hello", version: "2.0", ..Part::default() }]);
        w.wait(w.apps.check()).unwrap();
        w.carry_out(w.plan(update_all()));
        let versions = w.wait(w.apps.versions(Scope::User, &app("org.test.Hello"))).unwrap();
        assert_eq!(versions.iter().map(|v| v.version.as_str()).collect::<Vec<_>>(), ["2.0", "1.0"]);
        w.must(AppWish::Repair { scope: Scope::User });
        main.quit();
        ended.join().unwrap();
    });
}
