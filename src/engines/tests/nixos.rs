//! The nixos engine on played systems, and its ways with Nix on the real thing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
#[path = "nixos/live.rs"]
mod live;
mod nixos_real;
mod played;
#[path = "nixos/search.rs"]
mod search;

use cairn_demo::systems::Mood;
use cairn_engines::nixos::Nixos;
use cairn_engines::{Engine, detect};
use cairn_host::Host;
use cairn_host::clock::SetClock;
use cairn_jobs::Context;
use cairn_model::change::ChangeKind;
use cairn_model::package::{PackageRole, PackageState};
use cairn_model::plan::Warning;
use cairn_model::system::HeldBack;
use cairn_model::{Ability, Defect, DeploymentId, PackageDelta, PackageName, Problem, Step, TargetId, Wish};
use conformance::{check, fulfil, plan, status};
use played::{Played, recorded};
use std::sync::Arc;
use std::time::Duration;

const PROFILES: &str = "/nix/var/nix/profiles";
const LIST: &str = "/etc/nixos/cairn-packages.json";
const LOCK: &str = "/etc/nixos/flake.lock";

/// The machine that the tests run on.
struct Machine {
    played: Played,
    engine: Nixos,
}

impl Machine {
    async fn new(system: &str) -> Self {
        let played = Played::new(system).await;
        // Which releases are out depends on the day.
        let clock = SetClock::default();
        clock.set(1_795_392_000);
        let host = Host { clock: Arc::new(clock), ..played.host() };
        let engine = Nixos::new(host).patience(Duration::from_secs(20));
        Self { played, engine }
    }

    fn link(&self, path: &str, target: &str) {
        self.played.host().link(path, target).unwrap();
    }

    async fn wish(&self, wish: Wish) -> Result<(), Problem> {
        let plan = plan(&self.engine, wish, None).await?;
        conformance::run(&self.engine, &plan).await
    }
}

#[async_trait::async_trait]
impl conformance::Machine for Machine {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.played.restart();
        true
    }

    async fn changed_by_another(&self) {
        let target = self.played.host().read_link(&format!("{PROFILES}/system")).unwrap();
        self.link(&format!("{PROFILES}/system"), "system-41-link");
        self.link(&format!("{PROFILES}/system"), &target);
    }

    async fn slow(&self, slow: bool) -> bool {
        let mood = if slow { Mood::Slow { millis: 100 } } else { Mood::Well };
        self.played.mood("nix-store", mood);
        true
    }
}

fn id(text: &str) -> DeploymentId {
    DeploymentId::new(text).unwrap()
}

fn add(name: &str) -> Wish {
    let add = vec![PackageName::new(name).unwrap()];
    Wish::ChangePackages { delta: PackageDelta { add, ..PackageDelta::default() } }
}

#[tokio::test]
async fn conforms() {
    for system in ["nixos", "nixos-flake"] {
        let machine = Machine::new(system).await;
        assert_eq!(detect(&machine.played.host()).unwrap().id(), "nixos");
        conformance::suite(&machine).await;
        machine.played.nothing_unknown();
    }
}

#[tokio::test]
async fn recorded_cases() {
    recorded::all("nixos", |host: &Host| Arc::new(Nixos::new(host.clone()))).await;
}

/// Reading the status starts nothing, so that whatever the programs do cannot spoil it; a check says what is wrong.
#[tokio::test]
async fn programs_that_misbehave() {
    let machine = Machine::new("nixos").await;
    let engine = machine.engine.clone().patience(Duration::from_secs(1));
    for program in ["nix-instantiate", "nix", "nix-store"] {
        for (word, mood) in [
            ("failing", Mood::Failing { status: 1, error: String::new(), words: "error: no".into() }),
            ("truncated", Mood::Truncated),
            ("killed", Mood::Killed),
            ("huge", Mood::Huge),
            ("garbled", Mood::Garbled),
        ] {
            machine.played.mood(program, mood);
            status(&engine).await;
            let problem = match program {
                "nix-instantiate" => engine.check(&Context::default()).await.map(|_| ()),
                "nix" => engine.diff(&id("42"), &id("43")).await.map(|_| ()),
                _ => plan(&engine, Wish::Cleanup {}, None).await.map(|_| ()),
            };
            let allowed: &[&str] = match (program, word) {
                ("nix-instantiate", "failing") => &["network"],
                (_, "failing" | "killed") => &["tool-failed"],
                // The store's paths are many, and ten megabytes of them are no mischief yet.
                ("nix", "huge") => &[""],
                _ => &["bad-answer"],
            };
            let code = problem.as_ref().map_or_else(Problem::code, |()| "");
            assert!(allowed.contains(&code), "{program} {word}: {problem:?}");
        }
        machine.played.mood(program, Mood::Well);
    }
    machine.played.mood("nix", Mood::Stuck);
    let hung = engine.packages().await;
    assert!(matches!(hung, Err(Problem::ToolHung { .. })), "{hung:?}");
    machine.played.mood("nix", Mood::Well);
    assert!(engine.packages().await.is_ok());
}

#[tokio::test]
async fn an_update_is_what_was_planned_or_nothing() {
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    let before = status(engine).await;
    let update = check(engine).await;
    assert_eq!(
        (update.origin.as_str(), &before.running().unwrap().origin),
        ("nixos-26.05", &Some("nixos-26.05".into()))
    );
    let planned = plan(engine, Wish::update(), Some(&update)).await.unwrap();
    let host = machine.played.host();
    // Somebody edits the configuration after the plan.
    host.write(LIST, "[\"tmux\", \"ripgrep\"]").unwrap();
    let outdated = engine.run(&planned.steps[0], &Context::default()).await.unwrap_err();
    assert_eq!(outdated, Problem::PlanOutdated);
    let channel = host.resolve(&format!("{PROFILES}/per-user/root/channels/nixos")).unwrap();
    assert_eq!(status(engine).await.deployments, before.deployments);
    host.write(LIST, "[\"tmux\"]").unwrap();
    fulfil(engine, Wish::update(), Some(&update)).await;
    let now = host.resolve(&format!("{PROFILES}/per-user/root/channels/nixos")).unwrap();
    assert_ne!(channel, now, "root's channel is what the system was made of");
    assert!(check_again(engine).await.staged, "it is there already");
    machine.played.restart();
    assert_eq!(engine.check(&Context::default()).await.unwrap(), None);
}

async fn check_again(engine: &Nixos) -> cairn_model::Update {
    engine.check(&Context::default()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_menu_that_cannot_be_written_leaves_everything_as_it_was() {
    for system in ["nixos", "nixos-flake"] {
        let machine = Machine::new(system).await;
        let (engine, host) = (&machine.engine, machine.played.host());
        let sources =
            || (host.resolve(&format!("{PROFILES}/per-user/root/channels")).ok(), host.read(LOCK).unwrap());
        let (before, adopted) = (status(engine).await, sources());
        let update = check(engine).await;
        let planned = plan(engine, Wish::update(), Some(&update)).await.unwrap();
        let full = Mood::Failing { status: 1, error: String::new(), words: "No space left on device".into() };
        machine.played.mood("switch-to-configuration", full);
        let failed = engine.run(&planned.steps[0], &Context::default()).await.unwrap_err();
        assert!(
            matches!(&failed, Problem::ToolFailed { tool, status: 1, .. } if tool == "switch-to-configuration")
        );
        assert_eq!(status(engine).await.deployments, before.deployments, "{system}");
        assert_eq!(sources(), adopted, "{system}");
        let back = machine.wish(Wish::StartNext { id: id("41") }).await.unwrap_err();
        assert_eq!(back.code(), "tool-failed");
        assert_eq!(status(engine).await.deployments, before.deployments, "{system}");
        machine.played.mood("switch-to-configuration", Mood::Well);
        fulfil(engine, Wish::update(), Some(&update)).await;
        assert!(status(engine).await.restart_pending());
    }
}

/// Whichever program ends in the middle: the old state, and the same update can be made afterwards.
#[tokio::test]
async fn whoever_is_killed_leaves_the_old_state() {
    for system in ["nixos", "nixos-flake"] {
        let machine = Machine::new(system).await;
        let (engine, host) = (&machine.engine, machine.played.host());
        let sources =
            || (host.resolve(&format!("{PROFILES}/per-user/root/channels")).ok(), host.read(LOCK).unwrap());
        let update = check(engine).await;
        let planned = plan(engine, Wish::update(), Some(&update)).await.unwrap();
        let before = (status(engine).await.deployments, sources());
        for program in ["nix-instantiate", "nix", "nix-store", "nix-env", "switch-to-configuration"] {
            let used =
                system == "nixos" && program != "nix" || system != "nixos" && program != "nix-instantiate";
            machine.played.mood(program, Mood::Killed);
            if used {
                let killed = engine.run(&planned.steps[0], &Context::default()).await.unwrap_err();
                assert!(
                    matches!(&killed, Problem::ToolFailed { tool, status: 137, .. } if tool == program),
                    "{killed:?}"
                );
            }
            machine.played.mood(program, Mood::Well);
            assert_eq!((status(engine).await.deployments, sources()), before, "{system} {program}");
        }
        conformance::run(engine, &planned).await.unwrap();
        assert!(status(engine).await.restart_pending());
    }
}

#[tokio::test]
async fn a_flake_keeps_its_lock_until_the_new_one_is_built() {
    let machine = Machine::new("nixos-flake").await;
    let (engine, host) = (&machine.engine, machine.played.host());
    let lock = || host.read(LOCK).unwrap().unwrap();
    let before = lock();
    let update = check(engine).await;
    assert_eq!((before.as_str(), update.origin.as_str()), (lock().as_str(), "/etc/nixos#workshop"));
    fulfil(engine, Wish::update(), Some(&update)).await;
    assert!(lock().contains(&update.version), "{}", lock());
    assert!(!conformance::can(engine, Ability::Packages) && !conformance::can(engine, Ability::Rebase));
    let declared = engine.packages().await.unwrap();
    assert!(
        declared.iter().any(|p| p.role == PackageRole::Declared),
        "what is written down can be read: {declared:?}"
    );
}

#[tokio::test]
async fn a_version_takes_its_room_with_it() {
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    let usage = engine.usage(&Context::default()).await.unwrap();
    let unique = usage.unique[&id("41")];
    assert!(unique > 0 && usage.total > unique);
    let frees = |machine: &Machine| {
        let engine = machine.engine.clone();
        async move { plan(&engine, Wish::Cleanup {}, None).await.unwrap().frees.unwrap() }
    };
    let dead = frees(&machine).await;
    let gone = machine.played.host().resolve(&format!("{PROFILES}/system-41-link")).unwrap();
    machine.wish(Wish::Remove { id: id("41") }).await.unwrap();
    assert!(status(engine).await.find(&id("41")).is_none());
    assert!(!machine.played.host().exists(&gone), "it is freed");
    assert!(!machine.played.host().exists("/boot/loader/entries/nixos-generation-41.conf"));
    assert_eq!(frees(&machine).await, dead, "and nothing else");
    let after = engine.usage(&Context::default()).await.unwrap();
    assert_eq!(after.total, usage.total - unique);
}

#[tokio::test]
async fn what_runs_without_a_restart_is_not_removed() {
    let machine = Machine::new("nixos").await;
    let system = machine.played.host().resolve(&format!("{PROFILES}/system-42-link")).unwrap();
    machine.link("/run/current-system", &system);
    let refused = plan(&machine.engine, Wish::Remove { id: id("42") }, None).await.unwrap_err();
    assert_eq!(refused.code(), "is-running");
    let refused = machine.engine.run(&Step::Remove { id: id("42") }, &Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "is-running");
}

#[tokio::test]
async fn a_version_that_is_kept_outlives_its_number() {
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    machine.wish(Wish::Keep { id: id("41") }).await.unwrap();
    let checksum = status(engine).await.find(&id("41")).unwrap().checksum.clone();
    // As nix-collect-garbage --delete-old does.
    machine.played.stage.remove(&format!("{PROFILES}/system-41-link")).unwrap();
    let now = status(engine).await;
    let loose = now.deployments.iter().find(|d| d.checksum == checksum).unwrap();
    assert!(loose.kept && loose.defect == Some(Defect::NoBootEntry), "{loose:?}");
    let start = plan(engine, Wish::StartNext { id: loose.id.clone() }, None).await.unwrap_err();
    assert_eq!(start.code(), "cannot-start");
    machine.wish(Wish::Cleanup {}).await.unwrap();
    machine.wish(Wish::Unkeep { id: loose.id.clone() }).await.unwrap();
    assert!(!status(engine).await.deployments.iter().any(|d| d.checksum == checksum));
}

#[tokio::test]
async fn a_version_that_runs_without_a_number_can_be_started_again() {
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    let running = status(engine).await.running().unwrap().checksum.clone();
    machine.wish(Wish::StartNext { id: id("42") }).await.unwrap();
    machine.played.stage.remove(&format!("{PROFILES}/system-43-link")).unwrap();
    let now = status(engine).await;
    let loose = now.running().unwrap().id.clone();
    assert_eq!(
        (now.running().unwrap().checksum.as_str(), loose.as_str()),
        (&*running, &*format!("store-{running}"))
    );
    machine.wish(Wish::StartNext { id: loose }).await.unwrap();
    let back = status(engine).await;
    assert_eq!((back.next().unwrap().checksum.as_str(), back.restart_pending()), (&*running, false));
}

#[tokio::test]
async fn packages_are_told_with_what_they_are() {
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    let of = |packages: &[cairn_model::Package], name: &str| {
        packages.iter().find(|p| p.name.as_str() == name).map(|p| (p.role, p.state, p.version.clone()))
    };
    let before = engine.packages().await.unwrap();
    let version = |v: &str| Some(v.to_owned());
    assert_eq!(of(&before, "tmux"), Some((PackageRole::Added, PackageState::Running, version("3.6"))));
    assert_eq!(
        of(&before, "firefox"),
        Some((PackageRole::Declared, PackageState::Running, version("145.0")))
    );
    fulfil(engine, add("htop"), None).await;
    let now = engine.packages().await.unwrap();
    assert_eq!(of(&now, "htop"), Some((PackageRole::Added, PackageState::Next, None)));
    let host = machine.played.host();
    assert_eq!(host.read(LIST).unwrap().unwrap().matches('"').count(), 4);
}

#[tokio::test]
async fn taking_back_a_change_that_never_started_leaves_all_as_it_was() {
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    let before = status(engine).await;
    let running = before.running().unwrap().id.clone();
    fulfil(engine, add("htop"), None).await;
    machine.wish(Wish::StartNext { id: running.clone() }).await.unwrap();
    machine.played.restart();
    let remove = vec![PackageName::new("htop").unwrap()];
    let delta = PackageDelta { remove, ..PackageDelta::default() };
    fulfil(engine, Wish::ChangePackages { delta }, None).await;
    let now = status(engine).await;
    assert_eq!(now.running(), before.running(), "the same system by a new number is the same version");
    assert!(!now.restart_pending(), "{now:?}");
    assert_eq!(now.previous(), before.previous(), "what never ran is nothing to go back to");
    let numbers = machine.played.host().list(PROFILES);
    assert!(numbers.contains(&"system-45-link".to_owned()), "{numbers:?}");
    assert_eq!(engine.diff(&id("45"), &running).await.unwrap().packages, []);
}

#[tokio::test]
async fn a_list_that_does_not_hold_is_not_kept() {
    let machine = Machine::new("nixos").await;
    let (engine, host) = (&machine.engine, machine.played.host());
    let before = (status(engine).await.deployments, host.read(LIST).unwrap());
    let state = || async { (status(engine).await.deployments, host.read(LIST).unwrap()) };
    let unknown = machine.wish(add("nothing-of-that-name")).await.unwrap_err();
    assert_eq!(unknown, Problem::PackageUnknown { name: "nothing-of-that-name".into() });
    assert_eq!(state().await, before);
    let configuration = host.read("/etc/nixos/configuration.nix").unwrap().unwrap();
    for broken in ["{ syntax error".to_owned(), configuration.replace("./cairn-packages.nix", "")] {
        host.write("/etc/nixos/configuration.nix", &broken).unwrap();
        assert_eq!(machine.wish(add("htop")).await.unwrap_err().code(), "config-invalid");
        assert_eq!(state().await, before);
    }
    host.write("/etc/nixos/configuration.nix", &configuration).unwrap();
    host.write(LIST, "{}").unwrap();
    assert_eq!(plan(engine, add("htop"), None).await.unwrap_err().code(), "config-invalid");
    host.remove("/etc/nixos/cairn-packages.nix").unwrap();
    assert!(!conformance::can(engine, Ability::Packages), "only where the person put it");
}

#[tokio::test]
async fn another_channel_is_followed_as_a_whole_or_not_at_all() {
    let machine = Machine::new("nixos").await;
    let (engine, host) = (&machine.engine, machine.played.host());
    let list = || host.read("/root/.nix-channels").unwrap().unwrap();
    let before = list();
    let target = TargetId::new("nixos-unstable").unwrap();
    machine
        .played
        .mood("nix-store", Mood::Failing { status: 100, error: String::new(), words: "failed".into() });
    let failed = machine.wish(Wish::Rebase { target: target.clone() }).await.unwrap_err();
    assert_eq!((failed.code(), list()), ("config-invalid", before.clone()));
    machine.played.mood("nix-store", Mood::Well);
    machine.played.mood("switch-to-configuration", Mood::Killed);
    let failed = machine.wish(Wish::Rebase { target: target.clone() }).await.unwrap_err();
    assert_eq!((failed.code(), list()), ("tool-failed", before.clone()));
    machine.played.mood("switch-to-configuration", Mood::Well);
    machine.wish(Wish::Rebase { target }).await.unwrap();
    assert_eq!(list(), before.replace("nixos-26.05", "nixos-unstable"));
    assert!(status(engine).await.next().unwrap().version.starts_with("26.11pre"));
    machine.played.restart();
    let target = TargetId::new("nixos-26.05").unwrap();
    let back = plan(engine, Wish::Rebase { target }, None).await.unwrap();
    assert!(back.warnings.contains(&Warning::Older { version: "nixos-26.05".into() }), "{back:?}");
}

#[tokio::test]
async fn versions_differ_by_packages() {
    let machine = Machine::new("nixos").await;
    let changes = machine.engine.diff(&id("41"), &id("43")).await.unwrap();
    let of = |name: &str| changes.packages.iter().find(|p| p.name == name).cloned();
    assert!(changes.by_package);
    assert_eq!(of("tmux").unwrap().kind, ChangeKind::Added);
    let firefox = of("firefox").unwrap();
    assert_eq!((firefox.kind, firefox.to.as_deref()), (ChangeKind::Upgraded, Some("145.0")));
    assert_eq!(of("coreutils-full"), None);
}

#[tokio::test]
async fn another_tool_at_work_is_waited_for() {
    use std::os::unix::fs::MetadataExt;
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    let stage = &machine.played.stage;
    stage.write("/run/nixos/switch-to-configuration.lock", "").unwrap();
    let file = std::fs::metadata(stage.path("/run/nixos/switch-to-configuration.lock")).unwrap();
    let (major, minor) = (rustix::fs::major(file.dev()), rustix::fs::minor(file.dev()));
    let locks = format!("1: FLOCK  ADVISORY  WRITE 77 {major:02x}:{minor:02x}:{} 0 EOF\n", file.ino());
    stage.write("/proc/locks", &locks).unwrap();
    assert_eq!(status(engine).await.held_back, [HeldBack::BusyElsewhere]);
    for wish in [Wish::GoBack {}, Wish::Remove { id: id("41") }, add("htop")] {
        assert_eq!(machine.wish(wish).await.unwrap_err(), Problem::BusyElsewhere);
    }
    stage.remove("/proc/locks").unwrap();
    assert!(status(engine).await.held_back.is_empty());
    machine.wish(Wish::GoBack {}).await.unwrap();
}

#[tokio::test]
async fn a_machine_without_an_origin_offers_less() {
    let machine = Machine::new("nixos").await;
    machine.played.stage.remove("/root/.nix-channels").unwrap();
    let able = machine.engine.abilities();
    assert!(!able.contains(&Ability::Check) && able.contains(&Ability::Rollback), "{able:?}");
    let refused = machine.engine.check(&Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
    machine.played.stage.remove("/usr/bin/nix-env").unwrap();
    assert!(machine.engine.abilities().is_empty());
    status(&machine.engine).await;
}
