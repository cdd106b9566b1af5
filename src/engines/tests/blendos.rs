//! The blendos engine on a played blendOS, since akshara is not in Debian.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod played;

use cairn_demo::systems::Mood;
use cairn_demo::systems::akshara::state::State;
use cairn_engines::blendos::Blendos;
use cairn_engines::{Engine, detect};
use cairn_jobs::{CancelReason, Context};
use cairn_model::change::ChangeKind;
use cairn_model::package::{PackageRole, PackageState};
use cairn_model::plan::Warning;
use cairn_model::system::HeldBack;
use cairn_model::{Defect, PackageDelta, PackageName, Plan, Problem, Step, SystemStatus, TargetId, Wish};
use played::{Played, recorded};
use std::sync::Arc;
use std::time::Duration;

/// Longer than any build takes here.
const AMPLE: Duration = Duration::from_secs(60);
const SYSTEM: &str = "/system.yaml";

struct Blend {
    played: Played,
    engine: Blendos,
}

impl Blend {
    async fn new() -> Self {
        let played = Played::new("blendos").await;
        let engine = Blendos::new(played.host()).patience(AMPLE);
        Self { played, engine }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.played.stage.change("akshara", change).unwrap();
    }

    async fn status(&self) -> SystemStatus {
        conformance::status(&self.engine).await
    }

    async fn plan(&self, wish: Wish) -> Result<Plan, Problem> {
        conformance::plan(&self.engine, wish, None).await
    }

    async fn run(&self, step: Step) -> Result<(), Problem> {
        self.engine.run(&step, &Context::default()).await
    }

    async fn update(&self) -> Step {
        let update = conformance::check(&self.engine).await;
        conformance::plan(&self.engine, Wish::update(), Some(&update)).await.unwrap().steps[0].clone()
    }

    fn yaml(&self) -> String {
        self.played.stage.read(SYSTEM).unwrap()
    }
}

#[async_trait::async_trait]
impl conformance::Machine for Blend {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.played.restart();
        true
    }

    async fn changed_by_another(&self) {
        self.played.stage.write("/.update.tar.zst", "").unwrap();
        self.played.stage.remove("/.update.tar.zst").unwrap();
    }

    async fn slow(&self, _slow: bool) -> bool {
        false
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
    let blend = Blend::new().await;
    assert_eq!(detect(&blend.played.host()).unwrap().id(), "blendos");
    conformance::suite(&blend).await;
    blend.played.nothing_unknown();
}

#[tokio::test]
async fn every_recorded_state_is_read() {
    recorded::all("blendos", |host| Arc::new(Blendos::new(host.clone()))).await;
}

#[tokio::test]
async fn whatever_the_program_does_the_old_system_is_there() {
    let played = Played::new("blendos").await;
    let engine = Blendos::new(played.host()).patience(Duration::from_secs(5));
    let before = conformance::status(&engine).await;
    let update = conformance::check(&engine).await;
    let step = conformance::plan(&engine, Wish::update(), Some(&update)).await.unwrap().steps[0].clone();
    let failing = Mood::Failing { status: 1, error: String::new(), words: "no".into() };
    let moods = [
        (failing, "tool-failed"),
        (Mood::Killed, "tool-failed"),
        (Mood::Stuck, "tool-hung"),
        (Mood::Saying { answer: "[INFO] you may reboot now\n".into() }, "engine-failed"),
    ];
    for (mood, code) in moods {
        played.mood("akshara", mood.clone());
        let failed = engine.run(&step, &Context::default()).await.unwrap_err();
        assert_eq!(failed.code(), code, "{mood:?}");
        assert_eq!(conformance::status(&engine).await.deployments, before.deployments, "{mood:?}");
    }
    // What it says is of no interest once the system is there.
    played.mood("akshara", Mood::Garbled);
    engine.run(&step, &Context::default()).await.unwrap();
    assert!(conformance::status(&engine).await.restart_pending());
}

#[tokio::test]
async fn a_missing_program_is_said_to_be_missing() {
    let blend = Blend::new().await;
    let step = blend.update().await;
    std::fs::remove_file(blend.played.stage.path("/usr/bin/akshara")).unwrap();
    assert_eq!(blend.run(step).await.unwrap_err(), Problem::ToolMissing { tool: "akshara".into() });
}

#[tokio::test]
async fn content_without_a_system_is_a_failure() {
    let blend = Blend::new().await;
    let before = blend.status().await;
    blend.change(|state| state.offline = true);
    let failed = blend.run(blend.update().await).await.unwrap_err();
    assert!(
        matches!(&failed, Problem::EngineFailed { detail } if detail.contains("failed download")),
        "{failed:?}"
    );
    assert_eq!(blend.status().await.deployments, before.deployments);
}

#[tokio::test]
async fn a_build_of_today_is_offered_once() {
    let blend = Blend::new().await;
    let update = conformance::check(&blend.engine).await;
    let plan = conformance::plan(&blend.engine, Wish::update(), Some(&update)).await.unwrap();
    assert!(plan.warnings.contains(&Warning::CannotStop) && plan.warnings.contains(&Warning::SizeUnknown));
    let lost = Warning::NoWayBack { version: blend.status().await.running().unwrap().version.clone() };
    assert!(plan.warnings.contains(&lost), "{plan:?}");
    let wish = Wish::ChangePackages { delta: adding("htop") };
    assert!(blend.plan(wish).await.unwrap().warnings.contains(&lost));
    conformance::run(&blend.engine, &plan).await.unwrap();
    let staged = blend.engine.check(&Context::default()).await.unwrap().unwrap();
    assert_eq!((staged.staged, &staged.checksum), (true, &update.checksum));
    let status = blend.status().await;
    let (from, to) = (&status.running().unwrap().id, &status.staged().unwrap().id);
    let changes = blend.engine.diff(from, to).await.unwrap();
    assert!(changes.by_package && changes.packages_of(ChangeKind::Upgraded) == 6, "{changes:?}");
    blend.played.restart();
    assert_eq!(blend.status().await.running().unwrap().version, update.version);
    assert_eq!(blend.engine.check(&Context::default()).await.unwrap(), None);
}

#[tokio::test]
async fn a_plan_of_another_configuration_is_not_run() {
    let blend = Blend::new().await;
    let step = blend.update().await;
    blend.played.stage.write(SYSTEM, &blend.yaml().replace("micro", "htop")).unwrap();
    assert_eq!(blend.run(step).await.unwrap_err(), Problem::PlanOutdated);
    let forged = Step::Stage { origin: "x".into(), checksum: "build-2026.11.23-00".into() };
    assert_eq!(blend.run(forged).await.unwrap_err(), Problem::PlanOutdated);
}

#[tokio::test]
async fn nothing_is_begun_while_a_system_waits() {
    let blend = Blend::new().await;
    let step = blend.update().await;
    blend.run(step.clone()).await.unwrap();
    // akshara would delete what waits.
    assert_eq!(blend.run(step).await.unwrap_err(), Problem::RestartFirst);
    let wish = Wish::ChangePackages { delta: adding("htop") };
    assert_eq!(blend.plan(wish).await.unwrap_err(), Problem::RestartFirst);
    assert!(blend.status().await.staged().is_some());
}

#[tokio::test]
async fn another_akshara_is_not_disturbed() {
    let blend = Blend::new().await;
    let step = blend.update().await;
    blend.played.mood("akshara", Mood::Slow { millis: 700 });
    let tool = blend.played.host().tool("akshara").unwrap();
    let other = tokio::spawn(async move {
        tool.run(&["update"], cairn_host::tool::Limits::within(AMPLE), std::future::pending::<()>()).await
    });
    while blend.status().await.held_back.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(blend.status().await.held_back, [HeldBack::BusyElsewhere]);
    assert_eq!(blend.run(step).await.unwrap_err(), Problem::BusyElsewhere);
    other.await.unwrap().unwrap();
    blend.played.mood("akshara", Mood::Well);
    let status = blend.status().await;
    assert!(status.held_back.is_empty() && status.staged().is_some(), "{status:?}");
}

#[tokio::test]
async fn what_is_cut_off_after_the_point_of_no_return_is_said_to_be_incomplete() {
    let blend = Blend::new().await;
    blend.change(|state| state.dies = true);
    assert_eq!(blend.run(blend.update().await).await.unwrap_err().code(), "tool-failed");
    let status = blend.status().await;
    assert_eq!(status.staged().unwrap().defect, Some(Defect::Incomplete));
    assert!(status.restart_pending(), "early boot takes what is there");
    let wish = Wish::ChangePackages { delta: adding("htop") };
    assert_eq!(blend.plan(wish).await.unwrap_err(), Problem::RestartFirst);
}

#[tokio::test]
async fn it_is_stopped_before_it_begins_or_not_at_all() {
    let blend = Blend::new().await;
    let (step, ctx) = (blend.update().await, Context::default());
    ctx.cancel.cancel(CancelReason::Asked);
    assert_eq!(blend.engine.run(&step, &ctx).await.unwrap_err(), Problem::Cancelled);
    assert!(blend.status().await.staged().is_none());
    blend.played.mood("akshara", Mood::Slow { millis: 300 });
    let ctx = Context::default();
    let (token, begun) = (ctx.cancel.clone(), blend.played.stage.path("/.new_rootfs"));
    tokio::spawn(async move {
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        token.cancel(CancelReason::Asked);
    });
    blend.engine.run(&step, &ctx).await.unwrap();
    assert!(blend.status().await.staged().is_some());
}

#[tokio::test]
async fn the_configuration_is_kept_only_with_a_system() {
    let blend = Blend::new().await;
    let before = blend.yaml();
    let gone = PackageDelta { add: names(&["htop"]), remove: names(&["micro"]), ..PackageDelta::default() };
    blend.change(|state| state.offline = true);
    assert_eq!(
        blend.run(Step::Packages { delta: gone.clone(), checksum: None }).await.unwrap_err().code(),
        "engine-failed"
    );
    let target = TargetId::new("plasma").unwrap();
    assert_eq!(blend.run(Step::Rebase { target: target.clone() }).await.unwrap_err().code(), "engine-failed");
    assert_eq!(blend.yaml(), before);
    assert!(blend.status().await.staged().is_none());
    blend.change(|state| state.offline = false);
    blend.run(Step::Packages { delta: gone, checksum: None }).await.unwrap();
    assert_eq!(blend.yaml(), before.replace("    - 'micro'\n", "    - 'htop'\n"));
    let states: Vec<_> =
        blend.engine.packages().await.unwrap().into_iter().map(|p| (p.role, p.state)).collect();
    assert_eq!(states, [(PackageRole::Added, PackageState::Next)]);
}

#[tokio::test]
async fn a_change_that_was_cut_off_is_put_back_by_the_next_one() {
    let blend = Blend::new().await;
    let before = blend.yaml();
    blend.played.mood("akshara", Mood::Stuck);
    let engine = blend.engine.clone();
    let cut = tokio::spawn(async move {
        engine.run(&Step::Packages { delta: adding("htop"), checksum: None }, &Context::default()).await
    });
    while blend.yaml() == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    cut.abort();
    assert!(cut.await.unwrap_err().is_cancelled());
    blend.played.mood("akshara", Mood::Well);
    let restarted = Blendos::new(blend.played.host()).patience(AMPLE);
    let target = TargetId::new("plasma").unwrap();
    conformance::fulfil(&restarted, Wish::Rebase { target }, None).await;
    assert_eq!(blend.yaml(), before.replace("'default-gnome'", "'plasma'"));
}

#[tokio::test]
async fn packages_are_refused_for_a_reason() {
    let blend = Blend::new().await;
    let add = |name| Wish::ChangePackages { delta: adding(name) };
    assert_eq!(blend.plan(add("micro")).await.unwrap_err().code(), "package-present");
    assert_eq!(blend.plan(add("systemd")).await.unwrap_err().code(), "package-present");
    let exclude = PackageDelta { exclude: names(&["firefox"]), ..PackageDelta::default() };
    assert_eq!(
        blend.plan(Wish::ChangePackages { delta: exclude.clone() }).await.unwrap_err().code(),
        "not-supported"
    );
    assert_eq!(
        blend.run(Step::Packages { delta: exclude, checksum: None }).await.unwrap_err().code(),
        "not-supported"
    );
    for text in ["packages: *gone\n", "- a\n", "packages: {a: b}\n", "packages:\n\t- a\n"] {
        blend.played.stage.write(SYSTEM, text).unwrap();
        assert_eq!(blend.plan(add("htop")).await.unwrap_err().code(), "config-invalid", "{text:?}");
        blend.status().await;
    }
    blend.played.stage.write(SYSTEM, &"# \n".repeat(4_000_000)).unwrap();
    assert_eq!(blend.engine.check(&Context::default()).await.unwrap_err().code(), "config-invalid");
    assert_eq!(blend.engine.packages().await.unwrap_err().code(), "config-invalid");
    blend.status().await;
}

#[tokio::test]
async fn lists_are_read_however_they_are_written() {
    let blend = Blend::new().await;
    let text = "track: t\nimpl: i\npackages: [micro, 'htop', htop, 'chaotic-aur/paru', '--root=/', ~]\naur-packages:\n- yay\n";
    blend.played.stage.write(SYSTEM, text).unwrap();
    let found: Vec<_> = blend
        .engine
        .packages()
        .await
        .unwrap()
        .into_iter()
        .map(|p| (p.name.to_string(), p.role, p.state))
        .collect();
    let expected = [
        ("htop", PackageRole::Added, PackageState::Waiting),
        ("micro", PackageRole::Added, PackageState::Running),
        ("yay", PackageRole::Declared, PackageState::Waiting),
    ];
    assert_eq!(found, expected.map(|(name, role, state)| (name.to_owned(), role, state)));
    let targets = blend.engine.targets().await.unwrap();
    assert_eq!(targets.iter().map(|t| (t.id.as_str(), t.current)).collect::<Vec<_>>(), [("t", true)]);
    for text in ["packages: null\ntrack: t\n", "track: t\n", "packages: htop\ntrack: t\n"] {
        blend.played.stage.write(SYSTEM, text).unwrap();
        assert_eq!(blend.engine.packages().await.unwrap(), [], "{text:?}");
    }
    blend.played.stage.write(SYSTEM, "packages: []\n").unwrap();
    assert_eq!(blend.engine.check(&Context::default()).await.unwrap_err().code(), "no-origin");
}

#[tokio::test]
async fn packages_wait_aside_in_one_build_with_the_update() {
    let blend = Blend::new().await;
    let update = conformance::check(&blend.engine).await;
    let aside = Wish::Update { allow_older: false, try_again: false, aside: names(&["micro"]) };
    conformance::fulfil(&blend.engine, aside, Some(&update)).await;
    blend.played.restart();
    assert_eq!(blend.engine.packages().await.unwrap(), []);
    assert_eq!(blend.status().await.running().unwrap().version, update.version);
}

#[tokio::test]
async fn without_room_for_another_system_nothing_begins() {
    let blend = Blend::new().await;
    let (step, update) = (blend.update().await, conformance::check(&blend.engine).await);
    let desc = "%NAME%\nmicro\n\n%SIZE%\n4611686018427387904\n\n";
    blend.played.stage.write("/var/lib/pacman/local/micro-2.0.15-1/desc", desc).unwrap();
    let refused = conformance::plan(&blend.engine, Wish::update(), Some(&update)).await.unwrap_err();
    assert_eq!(refused.code(), "no-space");
    assert_eq!(blend.run(step).await.unwrap_err().code(), "no-space");
}
