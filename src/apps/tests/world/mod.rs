//! A person's session with flatpak in it, all in temporary folders: a signed repository served over HTTP, both
//! installations, and the engine.
//!
//! Where the installations are is decided for a whole process, so each test runs itself again in a process of its own.

mod repository;
mod server;

pub use repository::{Part, Repository};
pub use server::{Mood, Server};

use cairn_apps::{Apps, Places};
use cairn_model::app::{AppPlan, AppWish, Ref, Scope, Shelf, Source, Task};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const PLACE: &str = "CAIRN_TEST_PLACE";
const TEMPLATE: &str = "CAIRN_TEST_TEMPLATE";

pub struct World {
    pub place: PathBuf,
    pub repository: Repository,
    pub server: Server,
    pub apps: Apps,
    runtime: tokio::runtime::Runtime,
}

/// Runs a program to its end and gives what it printed.
pub fn tool(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What every test begins with: outside it runs itself inside, where `body` gets the world.
pub fn world(test: &str, body: impl FnOnce(World)) {
    if let Some(place) = std::env::var_os(PLACE) {
        return body(World::enter(Path::new(&place)));
    }
    for needed in ["flatpak", "ostree", "gpg", "bwrap"] {
        if !Path::new("/usr/bin").join(needed).exists() {
            println!("skipped: needs {needed}");
            return;
        }
    }
    if !rustix::process::getuid().is_root() {
        println!("skipped: needs root, for the installation of everybody");
        return;
    }
    static BASE: OnceLock<PathBuf> = OnceLock::new();
    let base = BASE.get_or_init(repository::template);
    let place = tempfile::Builder::new().prefix("cairn-apps-").tempdir_in("/var/tmp").unwrap();
    tool(Command::new("cp").arg("-a").arg(base.join("repo")).arg(place.path()));
    let status = session(place.path(), base).args(["--exact", test, "--nocapture"]).status().unwrap();
    assert!(status.success(), "{test} failed inside");
}

/// This program again, in a session of its own.
fn session(place: &Path, template: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, folder) in [
        ("HOME", "home"),
        ("XDG_DATA_HOME", "home/.local/share"),
        ("XDG_CACHE_HOME", "home/.cache"),
        ("XDG_RUNTIME_DIR", "run"),
        ("FLATPAK_USER_DIR", "user"),
        ("FLATPAK_SYSTEM_DIR", "system"),
        ("FLATPAK_CONFIG_DIR", "etc"),
        ("FLATPAK_RUN_DIR", "run-system"),
    ] {
        std::fs::create_dir_all(place.join(folder)).unwrap();
        command.env(name, place.join(folder));
    }
    command.env(PLACE, place).env(TEMPLATE, template).env("LANG", "C.UTF-8").env("GIO_USE_VFS", "local");
    command.env_remove("DBUS_SESSION_BUS_ADDRESS");
    command
}

impl World {
    /// This test once more, as a guest of this computer who has nothing but a home.
    pub fn guest(&self, test: &str) -> Command {
        let place = self.place.join("guest");
        let template = PathBuf::from(std::env::var_os(TEMPLATE).unwrap());
        let alone = session(&place, &template);
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(alone.get_program()).args(["--exact", test, "--nocapture"]);
        command.envs(alone.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("FLATPAK_SYSTEM_DIR", self.place.join("system")).env("CAIRN_TEST_VICTIM", "guest");
        std::os::unix::fs::symlink(self.place.join("repo"), place.join("repo")).unwrap();
        tool(Command::new("chmod").arg("755").arg(&self.place));
        tool(Command::new("chown").args(["-R", "65534:65534"]).arg(&place));
        command
    }

    fn enter(place: &Path) -> Self {
        let template = PathBuf::from(std::env::var_os(TEMPLATE).unwrap());
        let repository = Repository::at(place.join("repo"), template);
        let server = Server::start(repository.path.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // A second process in the same session finds everything set up.
        let scopes =
            if std::env::var_os("CAIRN_TEST_VICTIM").is_some() { &[][..] } else { &["--user", "--system"] };
        for scope in scopes {
            flatpak(&[scope, "config", "--set", "languages", "en;de"]);
            let key = repository.key();
            let url = server.url();
            flatpak(&[scope, "remote-add", &format!("--gpg-import={key}"), "test", &url]);
        }
        let apps = Apps::start(places(place));
        Self { place: place.into(), repository, server, apps, runtime }
    }

    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The shelf, once it is as wanted.
    pub fn shelf(&self, wanted: impl Fn(&Shelf) -> bool) -> Shelf {
        self.wait(async {
            let mut shelf = self.apps.shelf();
            let found = shelf.wait_for(|w| w.shelf().is_some_and(&wanted)).await.unwrap();
            found.shelf().unwrap().clone()
        })
    }

    pub fn now(&self) -> Shelf {
        self.shelf(|_| true)
    }

    pub fn plan(&self, wish: AppWish) -> AppPlan {
        self.wait(self.apps.plan(&wish)).unwrap_or_else(|p| panic!("{wish:?}: {p:?}"))
    }

    /// Plans and does, and gives how it ended.
    pub fn ask(&self, wish: AppWish) -> Task {
        let plan = self.plan(wish);
        self.carry_out(plan)
    }

    pub fn carry_out(&self, plan: AppPlan) -> Task {
        let task = self.apps.apply(plan);
        self.wait(self.apps.wait(task)).unwrap()
    }

    /// Does it, and it must succeed.
    pub fn must(&self, wish: AppWish) -> Task {
        let task = self.ask(wish);
        assert_eq!(task.state, cairn_model::job::JobState::Done, "{task:?}");
        task
    }

    pub fn install(&self, id: &str) -> Task {
        self.must(install(id))
    }

    pub fn installed(&self, id: &str) -> cairn_model::app::InstalledApp {
        let shelf = self.now();
        shelf.find(id).unwrap_or_else(|| panic!("{id} is not installed: {:?}", shelf.installed)).clone()
    }

    pub fn is_installed(&self, id: &str) -> bool {
        self.now().find(id).is_some()
    }
}

pub fn places(place: &Path) -> Places {
    Places { data: place.join("data"), home: place.join("home"), cache: place.join("cache") }
}

pub fn app(id: &str) -> Ref {
    format!("app/{id}/x86_64/stable").parse().unwrap()
}

pub fn source(remote: &str) -> Source {
    Source { scope: Scope::User, remote: remote.into() }
}

pub fn install(id: &str) -> AppWish {
    AppWish::Install { source: source("test"), reference: app(id) }
}

pub fn update_all() -> AppWish {
    AppWish::Update { refs: Vec::new(), allow_permissions: false }
}

pub fn flatpak(arguments: &[&str]) -> String {
    tool(Command::new("flatpak").args(arguments))
}

/// What flatpak itself says is installed: id, branch and commit's beginning.
pub fn listed(scope: &str) -> Vec<(String, String)> {
    let text = flatpak(&["list", scope, "--columns=ref,active"]);
    let mut found: Vec<_> = text
        .lines()
        .filter_map(|l| l.split_once('\t').map(|(r, c)| (r.trim().to_owned(), c.trim().to_owned())))
        .collect();
    found.sort();
    found
}
