//! Files that a person opens, and remotes.

use crate::world::{app, flatpak, listed, tool, world};
use cairn_apps::AppFile;
use cairn_model::Problem;
use cairn_model::app::plan::AppWarning;
use cairn_model::app::{AppWish, Scope};
use cairn_model::job::JobState;
use std::process::Command;

fn base64(path: &str) -> String {
    tool(Command::new("base64").args(["-w0", path]))
}

#[test]
fn a_flatpakref() {
    world("cases::files::a_flatpakref", |w| {
        let path = w.place.join("plain.flatpakref");
        let other = crate::world::Server::start(w.repository.path.clone());
        let text = format!(
            "[Flatpak Ref]\nTitle=Plain\nName=org.test.Plain\nBranch=stable\nIsRuntime=false\nUrl={}\nGPGKey={}\n",
            other.url(),
            base64(&w.repository.key())
        );
        std::fs::write(&path, text).unwrap();
        let Ok(AppFile::Ref(file)) = w.wait(w.apps.read_file(&path)) else { panic!() };
        assert_eq!((file.id.as_str(), file.title.as_str()), ("org.test.Plain", "Plain"));
        let config = || std::fs::read_to_string(w.place.join("user/repo/config")).unwrap();
        let before = config();
        let plan = w.plan(AppWish::InstallFile { path: path.clone(), scope: Scope::User });
        assert_eq!(config(), before, "looking leaves no trace");
        assert_eq!(plan.operations.len(), 2, "{:?}", plan.operations);
        let url = other.url();
        let is_new = |w: &AppWarning| matches!(w, AppWarning::NewRemote { url: u, .. } if *u == url);
        assert!(plan.warnings.iter().any(is_new), "{:?}", plan.warnings);
        let task = w.carry_out(plan);
        assert_eq!(task.state, JobState::Done, "{task:?}");
        assert_eq!(w.installed("org.test.Plain").version, "1.0");
        let again = w.wait(w.apps.plan(&AppWish::InstallFile { path, scope: Scope::User }));
        assert_eq!(again, Err(Problem::AppInstalled { id: "org.test.Plain".into() }));
        assert_eq!(
            std::fs::read_dir(w.place.join("data"))
                .unwrap()
                .flatten()
                .filter(|e| e.file_name().to_string_lossy().starts_with("look-"))
                .count(),
            0
        );
    });
}

#[test]
fn an_app_in_one_file() {
    world("cases::files::an_app_in_one_file", |w| {
        let path = w.place.join("plain.flatpak");
        let mut bundle = Command::new("flatpak");
        bundle.arg("build-bundle").arg(format!("--gpg-keys={}", w.repository.key()));
        tool(bundle.arg(&w.repository.path).arg(&path).args(["org.test.Plain", "stable"]));
        let Ok(AppFile::Bundle(file)) = w.wait(w.apps.read_file(&path)) else { panic!() };
        assert_eq!(
            (&file.reference, file.runtime.as_deref()),
            (&app("org.test.Plain"), Some("org.test.Platform/x86_64/1"))
        );
        let before = listed("--user");
        let plan = w.plan(AppWish::InstallFile { path: path.clone(), scope: Scope::User });
        assert_eq!(listed("--user"), before);
        assert_eq!(plan.operations.len(), 2, "{:?}", plan.operations);
        let task = w.carry_out(plan);
        assert_eq!(task.state, JobState::Done, "{task:?}");
        assert_eq!(w.installed("org.test.Plain").commit, file.commit);
        for (name, bytes) in
            [("x.flatpak", &b"not a bundle"[..]), ("x.flatpakref", b"[Flatpak Ref]\nName=x"), ("x.txt", b"x")]
        {
            let bad = w.place.join(name);
            std::fs::write(&bad, bytes).unwrap();
            let problem = w.wait(w.apps.read_file(&bad)).unwrap_err();
            assert!(matches!(problem, Problem::InvalidArgument { .. }), "{name}: {problem:?}");
            let problem =
                w.wait(w.apps.plan(&AppWish::InstallFile { path: bad, scope: Scope::User })).unwrap_err();
            assert!(matches!(problem, Problem::InvalidArgument { .. }), "{name}: {problem:?}");
        }
        let nowhere = w.wait(w.apps.read_file(&w.place.join("nowhere.flatpak")));
        assert!(matches!(nowhere, Err(Problem::InvalidArgument { .. })));
    });
}

#[test]
fn remotes_come_and_go() {
    world("cases::files::remotes_come_and_go", |w| {
        let other = crate::world::Server::start(w.repository.path.clone());
        let text = format!(
            "[Flatpak Repo]\nTitle=My Apps\nUrl={}\nGPGKey={}\n",
            other.url(),
            base64(&w.repository.key())
        );
        let name = w.wait(w.apps.add_remote(Scope::User, text.clone().into_bytes(), None)).unwrap();
        assert_eq!(name, "my-apps");
        let again = w.wait(w.apps.add_remote(Scope::User, text.into_bytes(), Some("again")));
        assert_eq!(again, Err(Problem::RemoteExists { name: "my-apps".into() }));
        let remote =
            |name: &str| w.now().remotes.into_iter().find(|r| r.name == name && r.scope == Scope::User);
        let added = remote("my-apps").unwrap();
        assert_eq!(
            (added.title.as_str(), added.enabled, added.signed, added.used_by),
            ("My Apps", true, true, 0)
        );
        let source = crate::world::source("my-apps");
        let (download, installed) = w.wait(w.apps.remote_size(&source, &app("org.test.Big"))).unwrap();
        assert!(download > 5_000_000 && installed > 5_000_000);
        assert_eq!(w.wait(w.apps.remote_permissions(&source, &app("org.test.Big"))), Ok(vec![]));

        w.must(AppWish::Install { source, reference: app("org.test.Plain") });
        let used = w.wait(w.apps.remove_remote(Scope::User, "my-apps"));
        assert_eq!(used, Err(Problem::RemoteInUse { name: "my-apps".into(), apps: 2 }));
        w.wait(w.apps.set_remote_enabled(Scope::User, "my-apps", false)).unwrap();
        assert!(!remote("my-apps").unwrap().enabled);
        assert!(!flatpak(&["--user", "remotes", "--columns=name"]).contains("my-apps"));
        w.wait(w.apps.set_remote_enabled(Scope::User, "my-apps", true)).unwrap();
        assert!(remote("my-apps").unwrap().enabled);
        w.wait(w.apps.remove_remote(Scope::System, "test")).unwrap();
        assert_eq!(
            w.wait(w.apps.remove_remote(Scope::System, "test")),
            Err(Problem::NotFound { what: "test".into() })
        );
        for bad in ["", "../x", "-x", "a b"] {
            assert!(
                matches!(
                    w.wait(w.apps.remove_remote(Scope::User, bad)),
                    Err(Problem::InvalidArgument { .. })
                ),
                "{bad}"
            );
        }

        w.wait(w.apps.add_flathub(Scope::User)).unwrap();
        let flathub = remote("flathub").unwrap();
        assert_eq!(
            (flathub.url.as_str(), flathub.title.as_str(), flathub.signed),
            ("https://dl.flathub.org/repo/", "Flathub", true)
        );
        w.wait(w.apps.set_remote_enabled(Scope::User, "flathub", false)).unwrap();
        w.wait(w.apps.add_flathub(Scope::User)).unwrap();
        assert!(remote("flathub").unwrap().enabled);
    });
}

#[test]
fn what_calls_itself_flathub_is_not() {
    world("cases::files::what_calls_itself_flathub_is_not", |w| {
        let text = format!(
            "[Flatpak Repo]\nTitle=Flathub\nUrl={}/other\nGPGKey={}\n",
            w.server.url(),
            base64(&w.repository.key())
        );
        w.wait(w.apps.add_remote(Scope::User, text.into_bytes(), Some("flathub"))).unwrap();
        w.wait(w.apps.set_remote_enabled(Scope::User, "flathub", false)).unwrap();
        w.wait(w.apps.add_flathub(Scope::User)).unwrap();
        let remotes = w.now().remotes;
        let remote = |name: &str| remotes.iter().find(|r| r.name == name && r.scope == Scope::User).unwrap();
        assert!(!remote("flathub").enabled, "it stays as it was");
        let real = remote("flathub-org");
        assert!(real.enabled && real.signed && real.url == "https://dl.flathub.org/repo/", "{real:?}");
    });
}
