//! What can go wrong, and that nothing half is left of it.

use crate::world::{Mood, Part, World, app, install, listed, source, world};
use cairn_model::Problem;
use cairn_model::app::wish::DataFate;
use cairn_model::app::{AppWish, Scope, Task};
use cairn_model::job::JobState;
use std::process::Command;

fn nothing_half(w: &World, task: &Task, id: &str) {
    assert_eq!(task.state, JobState::Failed, "{task:?}");
    assert!(!w.is_installed(id));
    assert!(listed("--user").iter().all(|(r, _)| !r.starts_with(id)), "{:?}", listed("--user"));
    w.server.be(Mood::Well);
    w.install(id);
    assert_eq!(w.installed(id).version, "1.0");
}

#[test]
fn a_remote_that_vanishes() {
    world("cases::faults::a_remote_that_vanishes", |w| {
        let plan = w.plan(install("org.test.Plain"));
        w.server.be(Mood::Gone);
        let task = w.carry_out(plan);
        assert!(matches!(task.problem, Some(Problem::Network { .. })), "{:?}", task.problem);
        assert!(matches!(w.wait(w.apps.plan(&install("org.test.Plain"))), Err(Problem::Network { .. })));
        nothing_half(&w, &task, "org.test.Plain");
        // Taking away needs nobody else.
        w.server.be(Mood::Gone);
        let requests = w.server.asked().len();
        let remove =
            AppWish::Remove { scope: Scope::User, reference: app("org.test.Plain"), data: DataFate::Keep };
        w.must(remove);
        assert!(!w.is_installed("org.test.Plain"));
        assert_eq!(w.server.asked().len(), requests);
    });
}

#[test]
fn wrong_bytes() {
    world("cases::faults::wrong_bytes", |w| {
        let plan = w.plan(install("org.test.Plain"));
        w.server.be(Mood::Corrupt);
        let task = w.carry_out(plan);
        assert!(matches!(task.problem, Some(Problem::Corrupt { .. })), "{:?}", task.problem);
        nothing_half(&w, &task, "org.test.Plain");
    });
}

#[test]
fn no_signature() {
    world("cases::faults::no_signature", |w| {
        let plan = w.plan(install("org.test.Plain"));
        w.server.be(Mood::Unsigned);
        let task = w.carry_out(plan);
        let problem = task.problem.clone().unwrap();
        assert!(matches!(problem, Problem::Unsigned { .. } | Problem::BadSignature { .. }), "{problem:?}");
        nothing_half(&w, &task, "org.test.Plain");
    });
}

#[test]
fn a_signature_of_somebody_else() {
    world("cases::faults::a_signature_of_somebody_else", |w| {
        let key = w.place.join("stranger");
        std::fs::create_dir(&key).unwrap();
        crate::world::tool(Command::new("chmod").arg("700").arg(&key));
        let gpg = |arguments: &[&str]| {
            crate::world::tool(
                Command::new("gpg").args(["--batch", "--quiet", "--homedir"]).arg(&key).args(arguments),
            )
        };
        gpg(&["--passphrase", "", "--quick-generate-key", "x <x@cairn.invalid>", "ed25519", "sign", "never"]);
        let public = w.place.join("stranger.gpg");
        gpg(&["--output", &public.to_string_lossy(), "--export"]);
        let public = crate::world::tool(Command::new("base64").arg("-w0").arg(&public));
        // Another address for the same repository, for one of the same would be refused.
        let text = format!("[Flatpak Repo]\nUrl={}/.\nGPGKey={public}\n", w.server.url());
        w.wait(w.apps.add_remote(Scope::User, text.into_bytes(), Some("stranger"))).unwrap();
        let wish = AppWish::Install { source: source("stranger"), reference: app("org.test.Plain") };
        let problem = match w.wait(w.apps.plan(&wish)) {
            Err(problem) => problem,
            Ok(plan) => w.carry_out(plan).problem.unwrap(),
        };
        assert!(matches!(problem, Problem::BadSignature { .. }), "{problem:?}");
        assert!(!w.is_installed("org.test.Plain"));
        crate::world::tool(Command::new("gpgconf").arg("--homedir").arg(&key).args(["--kill", "all"]));
    });
}

#[test]
fn killed_in_the_middle() {
    if std::env::var_os("CAIRN_TEST_VICTIM").is_some() {
        return world("cases::faults::killed_in_the_middle", |w| {
            let plan = w.wait(w.apps.plan(&install("org.test.Big"))).unwrap();
            let task = w.apps.apply(plan);
            w.wait(w.apps.wait(task));
        });
    }
    world("cases::faults::killed_in_the_middle", |w| {
        w.server.be(Mood::Slow(400_000));
        // The victim is this test once more; it finds the remote of the first.
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cases::faults::killed_in_the_middle", "--nocapture"])
            .env("CAIRN_TEST_VICTIM", w.server.url())
            .spawn()
            .unwrap();
        let objects = w.place.join("user/repo");
        let fetched = || {
            let text = Command::new("find").arg(&objects).args(["-size", "+100k"]).output().unwrap();
            text.stdout.iter().filter(|b| **b == b'\n').count()
        };
        while fetched() < 3 {
            assert!(victim.try_wait().unwrap().is_none(), "the victim ended by itself");
            std::thread::yield_now();
        }
        victim.kill().unwrap();
        victim.wait().unwrap();
        assert!(!w.is_installed("org.test.Big"));
        assert!(listed("--user").iter().all(|(r, _)| !r.starts_with("org.test.Big")));
        w.server.be(Mood::Well);
        w.install("org.test.Big");
        assert!(listed("--user").iter().any(|(r, _)| r.starts_with("org.test.Big")));
    });
}

#[test]
fn a_full_disk() {
    world("cases::faults::a_full_disk", |w| {
        // Room for the runtime; what OSTree keeps free is made small, or nothing fits on so small a disk at all.
        w.install("org.test.Plain");
        let user = w.place.join("user");
        let small = w.place.join("small");
        std::fs::create_dir(&small).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=14m", "none"]).arg(&small).status();
        if !mounted.is_ok_and(|s| s.success()) {
            println!("skipped: cannot mount");
            return;
        }
        crate::world::tool(Command::new("cp").arg("-a").arg(user.join(".")).arg(&small));
        crate::world::tool(Command::new("mount").arg("--bind").arg(&small).arg(&user));
        let config = user.join("repo/config");
        let text = std::fs::read_to_string(&config)
            .unwrap()
            .replace("min-free-space-size=500MB", "min-free-space-size=1MB");
        std::fs::write(&config, text).unwrap();
        std::fs::write(user.join("filler"), vec![1; 6_000_000]).unwrap();

        let task = w.ask(install("org.test.Big"));
        let Some(Problem::NoSpace { mount, needed, free, missing }) = task.problem.clone() else {
            panic!("{task:?}")
        };
        assert_eq!(mount, user.to_string_lossy());
        assert!(needed > 7_000_000 && free < 7_000_000 && missing == needed - free, "{task:?}");
        assert!(!w.is_installed("org.test.Big"));
        std::fs::remove_file(user.join("filler")).unwrap();
        w.install("org.test.Big");
        crate::world::tool(Command::new("umount").arg("-l").arg(&user));
        crate::world::tool(Command::new("umount").arg("-l").arg(&small));
    });
}

#[test]
fn a_runtime_that_nobody_has() {
    world("cases::faults::a_runtime_that_nobody_has", |w| {
        let runtime = Some("org.nowhere.Platform/x86_64/9");
        w.repository.publish(&[Part { id: "org.test.Lost", version: "1.0", runtime, ..Part::default() }]);
        let problem = w.wait(w.apps.plan(&install("org.test.Lost"))).unwrap_err();
        assert!(
            matches!(&problem, Problem::RuntimeMissing { runtime } if runtime.contains("org.nowhere.Platform")),
            "{problem:?}"
        );
    });
}

#[test]
fn a_flatpak_that_is_too_old() {
    world("cases::faults::a_flatpak_that_is_too_old", |w| {
        let tree = w.place.join("tree");
        std::fs::create_dir_all(tree.join("files")).unwrap();
        std::fs::create_dir_all(tree.join("export")).unwrap();
        let metadata = "[Application]\nname=org.test.Future\nruntime=org.test.Platform/x86_64/1\nrequired-flatpak=99.0.0\n";
        std::fs::write(tree.join("metadata"), metadata).unwrap();
        let mut export = Command::new("flatpak");
        export.args(["build-export", "--disable-sandbox", "--arch=x86_64"]);
        crate::world::tool(w.repository.sign(&mut export).arg(&w.repository.path).arg(&tree).arg("stable"));
        w.repository.update();
        let problem = match w.wait(w.apps.plan(&install("org.test.Future"))) {
            Err(problem) => problem,
            Ok(plan) => w.carry_out(plan).problem.unwrap(),
        };
        assert!(matches!(problem, Problem::NotSupported { .. }), "{problem:?}");
        assert!(!w.is_installed("org.test.Future"));
    });
}

#[test]
fn what_is_damaged_is_mended() {
    world("cases::faults::what_is_damaged_is_mended", |w| {
        w.install("org.test.Plain");
        w.install("org.test.Hello");
        let repair = AppWish::Repair { scope: Scope::User };
        assert_eq!(w.plan(repair.clone()).operations, []);
        let deployed = w.place.join("user/app/org.test.Plain/x86_64/stable/active/files");
        let payload = deployed.join("payload-0");
        let before = std::fs::read(&payload).unwrap();
        let broken = |bytes: &[u8]| std::fs::write(&payload, bytes).unwrap();
        let mended = || {
            let plan = w.plan(repair.clone());
            let refs: Vec<_> = plan.operations.iter().map(|o| o.reference.id.to_string()).collect();
            assert_eq!(refs, ["org.test.Plain"]);
            assert_eq!(w.carry_out(plan).state, JobState::Done);
            assert_eq!(std::fs::read(&payload).unwrap(), before);
            assert_eq!(w.plan(repair.clone()).operations, []);
        };
        // The deployed file is the object itself.
        broken(b"nonsense");
        mended();
        std::fs::remove_file(&payload).unwrap();
        mended();
    });
}

#[test]
fn a_guest_changes_nothing_of_everybodys() {
    const NAME: &str = "cases::faults::a_guest_changes_nothing_of_everybodys";
    if std::env::var_os("CAIRN_TEST_VICTIM").is_some() {
        return world(NAME, |w| {
            let reference = app("org.test.Plain");
            let commit = w.installed("org.test.Plain").commit;
            let versions = w.wait(w.apps.versions(Scope::System, &reference)).unwrap();
            let older = versions.iter().find(|v| !v.current).unwrap().commit.clone();
            let back = AppWish::GoBack { scope: Scope::System, reference: reference.clone(), commit: older };
            assert_eq!(w.ask(back).problem, Some(Problem::NotAuthorized));
            // Nobody can be asked: there is no bus here.
            for wish in [
                AppWish::Hold { scope: Scope::System, reference: reference.clone() },
                AppWish::Remove { scope: Scope::System, reference, data: DataFate::Keep },
            ] {
                let task = w.ask(wish);
                assert_eq!(task.state, JobState::Failed, "{task:?}");
                println!("a guest is told {:?}", task.problem);
            }
            let now = w.installed("org.test.Plain");
            assert_eq!((now.commit, now.held), (commit, None));
            w.server.be(Mood::Gone);
        });
    }
    world(NAME, |w| {
        let everybody = cairn_model::app::Source { scope: Scope::System, remote: "test".into() };
        w.must(AppWish::Install { source: everybody, reference: app("org.test.Plain") });
        w.repository.publish(&[Part { id: "org.test.Plain", version: "2.0", ..Part::default() }]);
        w.must(crate::world::update_all());
        let told = w.guest(NAME).output().unwrap();
        let text = String::from_utf8_lossy(&told.stdout);
        println!("{text}{}", String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success());
        assert_eq!(w.installed("org.test.Plain").version, "2.0");
    });
}
