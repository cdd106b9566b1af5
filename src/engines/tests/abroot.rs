//! The abroot engine on a played Vanilla OS, since nothing of ABRoot is in Debian.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "abroot/arguments.rs"]
mod arguments;
#[path = "abroot/brought.rs"]
mod brought;
mod conformance;
#[path = "abroot/cut.rs"]
mod cut;
mod played;

use cairn_demo::systems::Mood;
use cairn_demo::systems::abroot::{restart_into_other, state::State};
use cairn_engines::abroot::Abroot;
use cairn_engines::{Engine, detect};
use cairn_jobs::{CancelReason, Context};
use cairn_model::change::ChangeKind;
use cairn_model::package::{PackageRole, PackageState};
use cairn_model::system::HeldBack;
use cairn_model::{Ability, Defect, PackageDelta, PackageName, Problem, Step, SystemStatus, TargetId, Wish};
use played::{Played, recorded};
use std::sync::Arc;
use std::time::Duration;

/// Longer than any answer takes on a busy machine.
const AMPLE: Duration = Duration::from_secs(60);
const LOCK: &str = "/run/abroot/operation.lock";
const ADD: &str = "/etc/abroot/packages.add";
const SETTINGS: &str = "/etc/abroot/abroot.json";

struct Vanilla {
    played: Played,
    engine: Abroot,
}

impl Vanilla {
    async fn new() -> Self {
        let played = Played::new("vanilla").await;
        let engine = Abroot::new(played.host()).patience(AMPLE);
        Self { played, engine }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.played.stage.change("abroot", change).unwrap();
    }

    async fn status(&self) -> SystemStatus {
        conformance::status(&self.engine).await
    }

    async fn plan(&self, wish: Wish) -> Result<cairn_model::Plan, Problem> {
        conformance::plan(&self.engine, wish, None).await
    }

    async fn run(&self, step: Step) -> Result<(), Problem> {
        self.engine.run(&step, &Context::default()).await
    }

    /// The step that brings what is on offer.
    async fn update(&self) -> Step {
        let update = conformance::check(&self.engine).await;
        let plan = conformance::plan(&self.engine, Wish::update(), Some(&update)).await.unwrap();
        plan.steps[0].clone()
    }

    fn read(&self, path: &str) -> String {
        self.played.stage.read(path).unwrap()
    }
}

#[async_trait::async_trait]
impl conformance::Machine for Vanilla {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.played.restart();
        true
    }

    async fn changed_by_another(&self) {
        self.played.stage.write(LOCK, "4711").unwrap();
        self.played.stage.remove(LOCK).unwrap();
    }

    async fn slow(&self, slow: bool) -> bool {
        self.played.mood("abroot", if slow { Mood::Slow { millis: 400 } } else { Mood::Well });
        true
    }
}

fn names(names: &[&str]) -> Vec<PackageName> {
    names.iter().map(|name| PackageName::new(*name).unwrap()).collect()
}

fn adding(name: &str) -> PackageDelta {
    PackageDelta { add: names(&[name]), ..PackageDelta::default() }
}

#[tokio::test]
async fn conforms() {
    let vanilla = Vanilla::new().await;
    assert_eq!(detect(&vanilla.played.host()).unwrap().id(), "abroot");
    conformance::suite(&vanilla).await;
    vanilla.played.nothing_unknown();
}

#[tokio::test]
async fn every_recorded_state_is_read() {
    recorded::all("abroot", |host| Arc::new(Abroot::new(host.clone()).patience(AMPLE))).await;
}

#[tokio::test]
async fn a_misbehaving_program_is_a_typed_problem() {
    let played = Played::new("vanilla").await;
    let engine = Abroot::new(played.host()).patience(Duration::from_secs(5));
    recorded::mischief(&played, &engine, "abroot").await;
    played.mood("abroot", Mood::Truncated);
    assert_eq!(engine.check(&Context::default()).await.unwrap_err().code(), "bad-answer");
    played.mood("abroot", Mood::Saying { answer: " INFO  Checking for updates...\n".into() });
    assert_eq!(engine.check(&Context::default()).await.unwrap_err().code(), "bad-answer");
    played.mood("abroot", Mood::Well);
    std::fs::remove_file(played.stage.path("/usr/bin/abroot")).unwrap();
    assert_eq!(engine.status().await.unwrap_err(), Problem::ToolMissing { tool: "abroot".into() });
}

#[tokio::test]
async fn an_update_tells_its_changes_where_somebody_compared() {
    let vanilla = Vanilla::new().await;
    let update = conformance::check(&vanilla.engine).await;
    let changes = update.changes.unwrap();
    assert!(changes.by_package && changes.packages_of(ChangeKind::Upgraded) == 6, "{changes:?}");
    let systemd = changes.packages.iter().find(|p| p.name == "systemd").unwrap();
    assert_eq!((systemd.from.as_deref(), systemd.to.as_deref()), (Some("257.7-1"), Some("257.9-1")));
    let kinds = [ChangeKind::Added, ChangeKind::Removed].map(|kind| changes.packages_of(kind));
    assert_eq!(kinds, [1, 1]);
    vanilla.change(|state| state.uncompared = true);
    assert_eq!(conformance::check(&vanilla.engine).await.changes, None);
}

#[tokio::test]
async fn the_same_exit_status_is_nothing_new_or_a_failure() {
    let vanilla = Vanilla::new().await;
    vanilla.change(|state| state.offline = true);
    let failed = vanilla.engine.check(&Context::default()).await.unwrap_err();
    assert!(
        matches!(&failed, Problem::ToolFailed { status: 1, detail, .. } if detail.contains("manifest")),
        "{failed:?}"
    );
    vanilla.change(|state| {
        let digest = state.running().digest;
        state.offline = false;
        state.registry.values_mut().for_each(|offered| offered.digest.clone_from(&digest));
    });
    assert_eq!(vanilla.engine.check(&Context::default()).await.unwrap(), None);
}

#[tokio::test]
async fn nothing_more_can_be_changed_until_the_restart() {
    let vanilla = Vanilla::new().await;
    let step = vanilla.update().await;
    vanilla.run(step.clone()).await.unwrap();
    let wishes = [
        Wish::update(),
        Wish::ChangePackages { delta: adding("htop") },
        Wish::Rebase { target: TargetId::new("ghcr.io/vanilla-os/desktop:dev").unwrap() },
    ];
    for wish in wishes {
        assert_eq!(vanilla.plan(wish.clone()).await.unwrap_err(), Problem::RestartFirst, "{wish:?}");
    }
    assert_eq!(vanilla.run(step).await.unwrap_err(), Problem::RestartFirst);
    let again = vanilla.engine.check(&Context::default()).await.unwrap();
    assert!(again.is_some_and(|update| update.staged));
    vanilla.played.nothing_unknown();
}

#[tokio::test]
async fn what_another_tool_built_is_known_by_the_label_of_its_image() {
    let vanilla = Vanilla::new().await;
    let before = vanilla.status().await;
    // As the system's own update service would.
    let host = vanilla.played.host();
    let ctx = Context::default();
    let tool = host.tool("abroot").unwrap();
    tool.run(&["upgrade"], cairn_host::tool::Limits::within(AMPLE), ctx.cancel.cancelled()).await.unwrap();
    let after = vanilla.status().await;
    let staged = after.staged().expect("it is ready");
    assert_eq!((staged.version.as_str(), staged.next), ("main-2af4c817", true), "{after:?}");
    assert!(staged.timestamp > before.running().unwrap().timestamp);
    vanilla.played.restart();
    let restarted = vanilla.status().await;
    assert_eq!(restarted.running().unwrap().checksum, staged.checksum);
    assert_eq!(restarted.previous().unwrap().checksum, before.running().unwrap().checksum);
}

#[tokio::test]
async fn a_plan_that_the_registry_overtook_is_not_run() {
    let vanilla = Vanilla::new().await;
    let step = vanilla.update().await;
    vanilla
        .change(|state| state.registry.values_mut().for_each(|offered| offered.digest = "sha256:77".into()));
    assert_eq!(vanilla.run(step).await.unwrap_err(), Problem::PlanOutdated);
    let Step::Stage { checksum, .. } = vanilla.update().await else { panic!("another step") };
    let origin = "ghcr.io/vanilla-os/desktop:dev".into();
    assert_eq!(vanilla.run(Step::Stage { origin, checksum }).await.unwrap_err(), Problem::PlanOutdated);
}

#[tokio::test]
async fn another_tool_at_work_is_not_disturbed() {
    let vanilla = Vanilla::new().await;
    let step = vanilla.update().await;
    vanilla.played.stage.write("/proc/4711/stat", "").unwrap();
    vanilla.played.stage.write(LOCK, "4711").unwrap();
    assert_eq!(vanilla.status().await.held_back, [HeldBack::BusyElsewhere]);
    let wish = Wish::ChangePackages { delta: adding("htop") };
    assert_eq!(vanilla.plan(wish).await.unwrap_err(), Problem::BusyElsewhere);
    assert_eq!(vanilla.run(step.clone()).await.unwrap_err(), Problem::BusyElsewhere);
    // That process is gone, and its lock means nothing.
    std::fs::remove_dir_all(vanilla.played.stage.path("/proc/4711")).unwrap();
    assert_eq!(vanilla.status().await.held_back, []);
    vanilla.run(step).await.unwrap();
}

#[tokio::test]
async fn going_back_begins_in_the_boot_menu() {
    let vanilla = Vanilla::new().await;
    let step = vanilla.update().await;
    vanilla.run(step).await.unwrap();
    vanilla.played.restart();
    let updated = vanilla.status().await;
    assert!(!updated.can(Ability::Rollback) && !updated.can(Ability::StartNext));
    assert_eq!(vanilla.plan(Wish::GoBack {}).await.unwrap_err().code(), "not-supported");

    restart_into_other(&vanilla.played.stage).unwrap();
    let picked = vanilla.status().await;
    assert!(picked.can(Ability::Rollback) && picked.can(Ability::StartNext) && picked.restart_pending());
    assert_eq!(picked.next().unwrap().checksum, updated.running().unwrap().checksum);
    let plan = vanilla.plan(Wish::GoBack {}).await.unwrap();
    let running = picked.running().unwrap();
    assert_eq!((plan.target_id.as_ref(), plan.restart_needed), (Some(&running.id), false));
    let (left, id) = (updated.running().unwrap(), running.id.clone());
    let skip = Step::Skip { checksum: left.checksum.clone(), version: left.version.clone() };
    assert_eq!(plan.steps, [Step::SetDefault { id: id.clone() }, skip]);
    assert_eq!(vanilla.plan(Wish::StartNext { id: id.clone() }).await.unwrap().steps[0], plan.steps[0]);
    let other = Step::SetDefault { id: left.id.clone() };
    assert_eq!(vanilla.run(other).await.unwrap_err().code(), "is-next");

    conformance::run(&vanilla.engine, &plan).await.unwrap();
    let stayed = vanilla.status().await;
    assert!(!stayed.restart_pending() && !stayed.can(Ability::Rollback), "{stayed:?}");
    assert_eq!(vanilla.run(Step::SetDefault { id }).await.unwrap_err().code(), "is-next");
    vanilla.played.restart();
    assert_eq!(vanilla.status().await.running().unwrap().id, running.id);
    vanilla.played.nothing_unknown();
}

#[tokio::test]
async fn without_the_second_menu_nothing_is_swapped() {
    let vanilla = Vanilla::new().await;
    restart_into_other(&vanilla.played.stage).unwrap();
    let mounts = "28 1 8:2 / / ro - ext4 /dev/sda4 ro\n31 28 8:1 / /boot rw - ext4 /dev/sda2 rw\n";
    vanilla.played.stage.write("/proc/self/mountinfo", mounts).unwrap();
    let status = vanilla.status().await;
    assert!(status.restart_pending() && !status.can(Ability::Rollback));
    let step = Step::SetDefault { id: status.running().unwrap().id.clone() };
    assert_eq!(vanilla.run(step.clone()).await.unwrap_err().code(), "not-supported");
    vanilla.played.stage.write("/boot/grub/grub.cfg.future", "set default=1\n").unwrap();
    assert!(vanilla.status().await.can(Ability::Rollback));
    vanilla.run(step).await.unwrap();
}

#[tokio::test]
async fn a_root_that_was_begun_and_not_finished_is_said_to_be_so() {
    let vanilla = Vanilla::new().await;
    let before = vanilla.status().await;
    for (breaks, dies) in [(true, false), (false, true)] {
        vanilla.change(|state| (state.breaks, state.dies) = (breaks, dies));
        let failed = vanilla.run(vanilla.update().await).await.unwrap_err();
        assert_eq!(failed.code(), "tool-failed");
        let after = vanilla.status().await;
        assert_eq!((after.running(), after.next()), (before.running(), before.running()));
        let other = after.deployments.iter().find(|d| !d.running).unwrap();
        assert_eq!((other.version.as_str(), other.defect), ("vos-b", Some(Defect::Incomplete)));
        vanilla.played.restart();
        assert_eq!(vanilla.status().await.deployments, after.deployments, "also after a restart");
    }
    vanilla.change(|state| (state.breaks, state.dies) = (false, false));
    vanilla.run(vanilla.update().await).await.unwrap();
    let done = vanilla.status().await;
    assert_eq!(
        (done.staged().unwrap().version.as_str(), done.staged().unwrap().defect),
        ("main-2af4c817", None)
    );
}

#[tokio::test]
async fn once_the_root_is_written_it_is_written_to_the_end() {
    let vanilla = Vanilla::new().await;
    let step = vanilla.update().await;
    vanilla.played.mood("abroot", Mood::Slow { millis: 500 });
    let ctx = Context::default();
    let (token, finalizing) = (ctx.cancel.clone(), vanilla.played.stage.path("/run/abroot/finalizing"));
    tokio::spawn(async move {
        while !finalizing.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        token.cancel(CancelReason::Asked);
    });
    vanilla.engine.run(&step, &ctx).await.unwrap();
    vanilla.played.mood("abroot", Mood::Well);
    assert!(vanilla.status().await.staged().is_some());
    assert!(!vanilla.played.stage.path("/run/abroot/userStop").exists());
}

#[tokio::test]
async fn a_request_to_stop_that_was_left_is_taken_back() {
    let vanilla = Vanilla::new().await;
    let step = vanilla.update().await;
    vanilla.played.stage.write("/run/abroot/userStop", "").unwrap();
    vanilla.run(step).await.unwrap();
    assert!(!vanilla.played.stage.path("/run/abroot/userStop").exists());
    vanilla.played.nothing_unknown();
}

#[tokio::test]
async fn packages_are_those_of_the_records() {
    let vanilla = Vanilla::new().await;
    vanilla.played.stage.write(ADD, "htop\n").unwrap();
    vanilla.played.stage.write("/etc/abroot/packages.remove", "firefox\n").unwrap();
    vanilla.status().await;
    let found: Vec<_> = vanilla
        .engine
        .packages()
        .await
        .unwrap()
        .into_iter()
        .map(|p| (p.name.to_string(), p.role, p.state))
        .collect();
    let expected = [
        ("firefox", PackageRole::Excluded, PackageState::Waiting),
        ("htop", PackageRole::Added, PackageState::Waiting),
        ("tmux", PackageRole::Added, PackageState::Going),
    ];
    assert_eq!(found, expected.map(|(name, role, state)| (name.to_owned(), role, state)));
    // Asking for what runs takes back what waits, and builds nothing.
    let delta = PackageDelta {
        add: names(&["tmux"]),
        remove: names(&["htop"]),
        reset: names(&["firefox"]),
        ..PackageDelta::default()
    };
    conformance::fulfil(&vanilla.engine, Wish::ChangePackages { delta }, None).await;
    assert!(!vanilla.status().await.restart_pending());
    assert_eq!(vanilla.read(ADD), "tmux\n");
}

#[tokio::test]
async fn records_of_what_was_not_built_are_put_back() {
    let vanilla = Vanilla::new().await;
    vanilla.change(|state| state.breaks = true);
    let several = PackageDelta { add: names(&["htop", "nothing-of-that-name"]), ..PackageDelta::default() };
    for delta in [adding("htop"), several] {
        let plan = vanilla.plan(Wish::ChangePackages { delta }).await.unwrap();
        let failed = vanilla.run(plan.steps[0].clone()).await.unwrap_err();
        assert_eq!(failed.code(), "tool-failed");
        assert_eq!(vanilla.read(ADD), "tmux\n");
    }
    let target = TargetId::new("ghcr.io/vanilla-os/desktop:dev").unwrap();
    let settings = vanilla.read(SETTINGS);
    assert_eq!(vanilla.run(Step::Rebase { target: target.clone() }).await.unwrap_err().code(), "tool-failed");
    assert_eq!(vanilla.read(SETTINGS), settings);
    // What has the content that runs already is followed without anything to build.
    vanilla.change(|state| {
        let digest = state.running().digest;
        state.breaks = false;
        state.registry.values_mut().for_each(|offered| offered.digest.clone_from(&digest));
    });
    vanilla.run(Step::Rebase { target: target.clone() }).await.unwrap();
    assert!(!vanilla.status().await.restart_pending());
    let targets = vanilla.engine.targets().await.unwrap();
    assert!(targets.iter().any(|t| t.current && t.id == target), "{targets:?}");
}

#[tokio::test]
async fn nobody_agrees_in_the_place_of_the_person() {
    let vanilla = Vanilla::new().await;
    vanilla.played.stage.remove("/etc/abroot/ABPkgManager.userAgreement").unwrap();
    let wish = Wish::ChangePackages { delta: adding("htop") };
    assert_eq!(vanilla.plan(wish).await.unwrap_err().code(), "agreement-needed");
    let step = Step::Packages { delta: adding("htop"), checksum: None };
    assert_eq!(vanilla.run(step).await.unwrap_err().code(), "agreement-needed");
    assert_eq!(vanilla.read(ADD), "tmux\n");

    let settings = vanilla.read(SETTINGS).replace("\"iPkgMngStatus\": 1", "\"iPkgMngStatus\": 0");
    vanilla.played.stage.write(SETTINGS, &settings).unwrap();
    assert!(!vanilla.status().await.can(Ability::Packages));
    assert_eq!(vanilla.engine.packages().await.unwrap_err().code(), "not-supported");
}

#[tokio::test]
async fn packages_wait_aside_in_one_build_with_the_update() {
    let vanilla = Vanilla::new().await;
    let update = conformance::check(&vanilla.engine).await;
    let aside = |name| Wish::Update { allow_older: false, try_again: false, aside: names(&[name]) };
    let plan = conformance::plan(&vanilla.engine, aside("tmux"), Some(&update)).await.unwrap();
    conformance::run(&vanilla.engine, &plan).await.unwrap();
    let status = vanilla.status().await;
    assert_eq!(status.staged().map(|d| d.checksum.as_str()), Some(update.checksum.as_str()));
    vanilla.played.restart();
    vanilla.status().await;
    assert_eq!(vanilla.engine.packages().await.unwrap(), []);
    vanilla
        .change(|state| state.registry.values_mut().for_each(|offered| offered.digest = "sha256:77".into()));
    let update = conformance::check(&vanilla.engine).await;
    let refused = conformance::plan(&vanilla.engine, aside("tmux"), Some(&update)).await.unwrap_err();
    assert_eq!(refused.code(), "package-unknown");
}

#[tokio::test]
async fn without_room_for_another_image_nothing_begins() {
    let vanilla = Vanilla::new().await;
    let step = vanilla.update().await;
    let update = conformance::check(&vanilla.engine).await;
    let layers = r#"[{"id":"a","diff-size":4611686018427387904},{"id":"b","diff-size":-1},{"id":"c"}]"#;
    vanilla.played.stage.write("/var/lib/abroot/storage/overlay-layers/layers.json", layers).unwrap();
    let refused = conformance::plan(&vanilla.engine, Wish::update(), Some(&update)).await.unwrap_err();
    assert!(matches!(&refused, Problem::NoSpace { mount, .. } if mount == "/var"), "{refused:?}");
    assert_eq!(vanilla.run(step).await.unwrap_err().code(), "no-space");
}

#[tokio::test]
async fn only_the_maker_s_own_systems_are_offered_the_maker_s_images() {
    let vanilla = Vanilla::new().await;
    vanilla
        .played
        .stage
        .write(SETTINGS, r#"{"registry":"registry.example","name":"other/system","tag":"1"}"#)
        .unwrap();
    let targets = vanilla.engine.targets().await.unwrap();
    assert_eq!(targets.len(), 1);
    assert_eq!((targets[0].id.as_str(), targets[0].current), ("registry.example/other/system:1", true));
}
