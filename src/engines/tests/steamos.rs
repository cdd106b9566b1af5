//! The engine of SteamOS on a played one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod contract;
#[path = "steamos/held.rs"]
mod held;
mod played;

use cairn_demo::systems::Mood;
use cairn_demo::systems::steamos::state::{self, SteamOs};
use cairn_engines::steamos::Steamos;
use cairn_engines::{Engine, detect};
use cairn_jobs::{CancelReason, Context};
use cairn_model::system::HeldBack;
use cairn_model::{Ability, Defect, Problem, Step, SystemStatus, TargetId, Update, Verification, Wish};
use played::Played;
use played::answering::{Answer, Answering, dictionary};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use zbus::zvariant::Value;

const SERVICE: &str = "com.steampowered.Atomupd1";
const PATH: &str = "/com/steampowered/Atomupd1";
const XML: &str = include_str!("../steamos/com.steampowered.Atomupd1.xml");

struct Machine {
    played: Played,
    engine: Steamos,
}

impl Machine {
    async fn new() -> Self {
        let played = Played::new("steamos").await;
        let engine = Steamos::new(played.host());
        Self { played, engine }
    }

    async fn status(&self) -> SystemStatus {
        conformance::status(&self.engine).await
    }

    async fn update(&self) -> Update {
        conformance::check(&self.engine).await
    }

    fn state(&self) -> SteamOs {
        self.played.stage.state(state::NAME).unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut SteamOs)) {
        self.played.stage.change(state::NAME, change).unwrap();
    }

    /// Steam calls a method.
    async fn steam(&self, method: &str, body: &(impl serde::Serialize + zbus::zvariant::DynamicType)) {
        let steam = self.played.somebody().await;
        steam.call_method(Some(SERVICE), PATH, Some(SERVICE), method, body).await.unwrap();
    }

    async fn plan(&self, wish: Wish, update: Option<&Update>) -> Result<cairn_model::Plan, Problem> {
        conformance::plan(&self.engine, wish, update).await
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
        self.steam("SwitchToBranch", &"beta").await;
        self.steam("SwitchToBranch", &"stable").await;
    }

    async fn slow(&self, slow: bool) -> bool {
        let mood = if slow { Mood::Slow { millis: 40 } } else { Mood::Well };
        self.played.mood(SERVICE, mood);
        true
    }

    fn overwrites(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn conforms() {
    let machine = Machine::new().await;
    assert_eq!(detect(&machine.played.host()).unwrap().id(), "steamos");
    conformance::suite(&machine).await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn recorded_states() {
    played::recorded::all("steamos", |host| Arc::new(Steamos::new(host.clone()))).await;
}

#[tokio::test]
async fn service_and_proxy_are_what_is_described() {
    let machine = Machine::new().await;
    let said = contract::introspect(&machine.played.host(), SERVICE, PATH).await;
    contract::agree(XML, &said, include_str!("../steamos/proxy.rs"));
}

#[tokio::test]
async fn a_loader_that_misbehaves() {
    let machine = Machine::new().await;
    let engine = Steamos::new(machine.played.host()).patience(Duration::from_millis(800));
    played::recorded::mischief(&machine.played, &engine, "steamos-bootconf").await;
}

#[tokio::test]
async fn a_service_whose_answers_are_none() {
    let machine = Machine::new().await;
    let engine = Steamos::new(machine.played.host()).patience(Duration::from_secs(3));
    played::recorded::service_mischief(&machine.played, &engine, SERVICE).await;
}

#[tokio::test]
async fn a_service_that_misbehaves() {
    let mut machine = Machine::new().await;
    let engine = Steamos::new(machine.played.host()).patience(Duration::from_millis(800));
    machine.played.mood(SERVICE, Mood::Slow { millis: 50 });
    conformance::status(&engine).await;
    machine.played.mood(SERVICE, Mood::Stuck);
    for hung in [engine.status().await.err(), engine.check(&Context::default()).await.err()] {
        assert!(matches!(hung, Some(Problem::ToolHung { .. })), "{hung:?}");
    }
    machine.played.mood(SERVICE, Mood::Well);
    machine
        .played
        .mood("server", Mood::Failing { status: 0, error: "retry".into(), words: "no route".into() });
    let offline = engine.check(&Context::default()).await.unwrap_err();
    assert_eq!(offline, Problem::Network { detail: "no route".into() });
    machine
        .played
        .mood("server", Mood::Failing { status: 0, error: String::new(), words: "HTTP 4xx".into() });
    assert_eq!(engine.check(&Context::default()).await.unwrap_err().code(), "engine-failed");
    machine.played.mood("server", Mood::Well);
    conformance::check(&engine).await;
    machine.played.services_end().await;
    assert_eq!(engine.status().await.unwrap_err(), Problem::ToolMissing { tool: SERVICE.into() });
}

#[tokio::test]
async fn answers_that_no_service_should_give() {
    let mut machine = Machine::new().await;
    machine.played.services_end().await;
    let engine = Steamos::new(machine.played.host()).patience(Duration::from_secs(20));
    let text = |words: &'static str| Value::from(words);
    let good = || {
        dictionary([
            ("UpdateStatus", Value::from(0_u32)),
            ("Variant", text("steamdeck")),
            ("CurrentBuildID", text("20261103.1")),
            ("CurrentVersion", text("3.8.4")),
        ])
    };
    let with = |key: &str, value: Value<'static>| {
        let mut entries = good();
        entries.insert(key.into(), value.try_to_owned().unwrap());
        Answer::Dictionary(entries)
    };
    let without = |key: &str| {
        let mut entries = good();
        entries.remove(key);
        Answer::Dictionary(entries)
    };
    let hostile = HashMap::from([("../\u{1b}[31m", HashMap::from([("version", text("3"))]))]);
    let cases = [
        ("bad-answer", without("UpdateStatus")),
        ("bad-answer", without("Variant")),
        ("bad-answer", with("UpdateStatus", text("idle"))),
        ("bad-answer", with("UpdateStatus", Value::from(-1_i32))),
        ("bad-answer", with("ProgressPercentage", text("50%"))),
        ("bad-answer", with("EstimatedCompletionTime", text("soon"))),
        ("", with("EstimatedCompletionTime", Value::from(u64::MAX))),
        ("bad-answer", with("CurrentBuildID", text("a b\nc"))),
        ("bad-answer", with("CurrentBuildID", Value::from(20_261_103_u32))),
        ("bad-answer", with("KnownBranches", Value::from(vec![1_u32]))),
        ("bad-answer", with("UpdatesAvailable", Value::from(hostile))),
        ("bad-answer", with("UpdatesAvailable", text("none"))),
        ("bad-answer", Answer::Text("idle".into())),
        ("bad-answer", Answer::Nothing),
        ("bad-answer", Answer::Error("org.freedesktop.DBus.Error.UnknownInterface")),
        ("engine-failed", Answer::Error("org.freedesktop.DBus.Error.Failed")),
        ("not-authorized", Answer::Error("org.freedesktop.DBus.Error.AccessDenied")),
        ("network", Answer::Error("com.steampowered.Atomupd1.Error.MaybeRetryError")),
        ("tool-hung", Answer::Error("org.freedesktop.DBus.Error.NoReply")),
        ("", with("ProgressPercentage", Value::from(f64::NAN))),
        ("", with("NewerThanAll", Value::from(1_u8))),
        ("", Answer::Dictionary(good())),
    ];
    for (code, answer) in cases {
        let what = format!("{answer:?}");
        let bus = machine.played.somebody().await;
        let service = Answering::new(bus, SERVICE, HashMap::from([("GetAll", answer)])).await;
        let read = engine.status().await;
        assert_eq!(read.err().map(|p| p.code()).unwrap_or_default(), code, "{what}");
        service.end().await;
    }
}

#[tokio::test]
async fn what_steam_began_is_left_alone() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 150 });
    machine.steam("StartUpdate", &update.checksum).await;
    let status = machine.status().await;
    assert_eq!(status.held_back, [HeldBack::BusyElsewhere]);
    assert_eq!(status.deployments[1].defect, Some(Defect::Incomplete));
    assert!(status.previous().is_none() && !status.restart_pending());
    assert_eq!(machine.plan(Wish::update(), Some(&update)).await.unwrap_err(), Problem::BusyElsewhere);
    let rebase = Wish::Rebase { target: TargetId::new("steamdeck/beta").unwrap() };
    assert_eq!(machine.plan(rebase, None).await.unwrap_err(), Problem::BusyElsewhere);
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
    let refused = machine.engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(refused, Problem::BusyElsewhere);
    machine.played.mood(SERVICE, Mood::Well);
    while machine.state().status == state::IN_PROGRESS {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let after = machine.status().await;
    assert_eq!(after.next().unwrap().checksum, update.checksum);
    assert!(after.held_back.is_empty() && after.restart_pending());
}

#[tokio::test]
async fn a_finished_update_waits_for_the_restart() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    conformance::fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    let status = machine.status().await;
    assert!(status.previous().is_none(), "{status:?}");
    assert_eq!(machine.engine.check(&Context::default()).await.unwrap(), None);
    let start = Wish::StartNext { id: status.running().unwrap().id.clone() };
    assert_eq!(machine.plan(start, None).await.unwrap_err(), Problem::RestartFirst);
    let step = Step::SetDefault { id: status.running().unwrap().id.clone() };
    assert_eq!(machine.engine.run(&step, &Context::default()).await.unwrap_err(), Problem::RestartFirst);
    let newer = Update { checksum: "20261124.1".into(), ..update };
    assert_eq!(machine.plan(Wish::update(), Some(&newer)).await.unwrap_err(), Problem::RestartFirst);
}

#[tokio::test]
async fn a_stopped_update_costs_the_way_back_and_nothing_else() {
    let machine = Machine::new().await;
    let before = machine.status().await;
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 40 });
    let ctx = Context::default();
    let (token, mut progress) = (ctx.cancel.clone(), ctx.progress.subscribe());
    tokio::spawn(async move {
        let _ = progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.1)).await;
        token.cancel(CancelReason::Asked);
    });
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
    assert_eq!(machine.engine.run(&step, &ctx).await.unwrap_err(), Problem::Cancelled);
    assert_eq!(machine.state().status, state::CANCELLED);
    let after = machine.status().await;
    assert_eq!((after.running(), after.next()), (before.running(), before.next()));
    let other = &after.deployments[1];
    assert_eq!((other.version.as_str(), other.defect), ("B", Some(Defect::Incomplete)));
    let back = Wish::StartNext { id: other.id.clone() };
    assert_eq!(machine.plan(back, None).await.unwrap_err().code(), "cannot-start");
    machine.played.mood(SERVICE, Mood::Well);
    conformance::fulfil(&machine.engine, Wish::update(), Some(&machine.update().await)).await;
    assert!(machine.status().await.restart_pending());
}

#[tokio::test]
async fn an_update_that_fails_leaves_what_runs() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    for (error, code) in [
        ("org.freedesktop.DBus.Error", "engine-failed"),
        ("com.steampowered.Atomupd1.Error.MaybeRetryError", "network"),
    ] {
        machine.change(|state| state.fails = error.into());
        let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
        let failed = machine.engine.run(&step, &Context::default()).await.unwrap_err();
        assert_eq!(failed.code(), code);
        let status = machine.status().await;
        assert!(status.running().unwrap().next && status.deployments[1].defect == Some(Defect::Incomplete));
    }
}

#[tokio::test]
async fn a_service_that_goes_away_in_the_middle() {
    let mut machine = Machine::new().await;
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 60 });
    let ctx = Context::default();
    let mut progress = ctx.progress.subscribe();
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
    let engine = machine.engine.clone();
    let running = tokio::spawn(async move { engine.run(&step, &ctx).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    machine.played.services_end().await;
    let lost = running.await.unwrap().unwrap_err();
    assert!(matches!(lost.code(), "tool-missing" | "tool-hung"), "{lost:?}");

    // One that is started anew knows nothing of the update.
    let mut machine = Machine::new().await;
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 60 });
    let ctx = Context::default();
    let mut progress = ctx.progress.subscribe();
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum };
    let engine = machine.engine.clone();
    let running = tokio::spawn(async move { engine.run(&step, &ctx).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    machine.change(SteamOs::forget);
    assert_eq!(running.await.unwrap().unwrap_err(), Problem::Interrupted { step: "stage".into() });
    machine.played.services_end().await;
}

#[tokio::test]
async fn progress_ends_at_all_of_it() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 50 });
    let ctx = Context::default();
    let (engine, mut progress) = (machine.engine.clone(), ctx.progress.subscribe());
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum };
    let running = tokio::spawn(async move { engine.run(&step, &ctx).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    machine.change(|state| (state.status, state.percent) = (state::PAUSED, 340.0));
    let full = progress.wait_for(|p| p.fraction.is_some_and(|f| f >= 1.0)).await.unwrap().clone();
    assert_eq!(full.fraction, Some(1.0));
    machine.change(|state| (state.status, state.percent) = (state::IN_PROGRESS, -5.0));
    machine.played.mood(SERVICE, Mood::Well);
    running.await.unwrap().unwrap();
    assert!(machine.status().await.restart_pending());
}

#[tokio::test]
async fn goes_back_and_thinks_better_of_it() {
    let machine = Machine::new().await;
    let before = machine.status().await;
    conformance::fulfil(&machine.engine, Wish::GoBack {}, None).await;
    let chosen = machine.status().await;
    assert_eq!(chosen.next().unwrap().version, "3.8.3 (20260922.1)");
    let update = machine.update().await;
    assert_eq!(machine.plan(Wish::update(), Some(&update)).await.unwrap_err(), Problem::RestartFirst);
    let stay = Wish::StartNext { id: chosen.running().unwrap().id.clone() };
    conformance::fulfil(&machine.engine, stay, None).await;
    let after = machine.status().await;
    assert_eq!((after.running(), after.next()), (before.running(), before.next()));
    // The note of the other slot still holds, since nobody asked for another slot.
    conformance::fulfil(&machine.engine, Wish::GoBack {}, None).await;
    machine.played.restart();
    let back = machine.status().await;
    assert_eq!(back.running().unwrap().version, "3.8.3 (20260922.1)");
    assert_eq!(back.previous().unwrap().version, "3.8.4 (20261103.1)");
    assert_eq!(back.previous().unwrap().verification, Verification::Unknown);
}

#[tokio::test]
async fn a_slot_with_an_unknown_build_is_a_way_back_as_well() {
    let machine = Machine::new().await;
    machine.played.stage.remove("/var/lib/cairn/steamos-images.json").unwrap();
    let previous = machine.status().await.previous().unwrap().clone();
    assert_eq!((previous.version.as_str(), previous.checksum.as_str()), ("B", "image-B"));
    conformance::fulfil(&machine.engine, Wish::GoBack {}, None).await;
    assert_eq!(machine.status().await.next().unwrap().id, previous.id);
    machine.played.restart();
    let back = machine.status().await;
    assert_eq!(back.running().unwrap().version, "3.8.3 (20260922.1)");
    assert_eq!(back.previous().unwrap().version, "3.8.4 (20261103.1)", "noted when it was left");
}

#[tokio::test]
async fn an_older_build_wants_to_be_asked_for() {
    let machine = Machine::new().await;
    machine.change(|state| {
        let build = state::Build { id: "20260801.1".into(), version: "3.8.1".into() };
        state.server.insert("stable".into(), build);
    });
    let update = machine.engine.check(&Context::default()).await.unwrap().unwrap();
    assert!(update.older, "{update:?}");
    assert_eq!(machine.plan(Wish::update(), Some(&update)).await.unwrap_err().code(), "older");
    let wish = Wish::Update { allow_older: true, try_again: false, aside: Vec::new() };
    conformance::fulfil(&machine.engine, wish, Some(&update)).await;
    assert_eq!(machine.status().await.next().unwrap().checksum, "20260801.1");
}

#[tokio::test]
async fn what_is_not_offered_any_more_is_not_installed() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    let step =
        |origin: &str, checksum: &str| Step::Stage { origin: origin.into(), checksum: checksum.into() };
    let outdated = [
        step("steamdeck/beta", &update.checksum),
        step(&update.origin, "20260922.1"),
        step(&update.origin, "20261103.1"),
    ];
    for step in outdated {
        let refused = machine.engine.run(&step, &Context::default()).await.unwrap_err();
        assert_eq!(refused, Problem::PlanOutdated, "{step:?}");
    }
    assert_eq!(machine.state().status, state::IDLE);
    // What the service forgot it is asked for again.
    machine.change(SteamOs::forget);
    machine.engine.run(&step(&update.origin, &update.checksum), &Context::default()).await.unwrap();
}

#[tokio::test]
async fn a_branch_that_fails_is_left_again() {
    let machine = Machine::new().await;
    machine.change(|state| state.fails = "org.freedesktop.DBus.Error".into());
    let step = Step::Rebase { target: TargetId::new("steamdeck/beta").unwrap() };
    assert_eq!(machine.engine.run(&step, &Context::default()).await.unwrap_err().code(), "engine-failed");
    let targets = machine.engine.targets().await.unwrap();
    assert_eq!(targets.iter().find(|t| t.current).unwrap().id.as_str(), "steamdeck/stable");
    let names: Vec<_> = targets.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["stable", "rc", "beta", "preview"], "branches of developers are left out");
    let current = Wish::Rebase { target: TargetId::new("steamdeck/stable").unwrap() };
    assert_eq!(machine.plan(current, None).await.unwrap_err().code(), "invalid-argument");
    let main = Wish::Rebase { target: TargetId::new("steamdeck/main").unwrap() };
    assert_eq!(machine.plan(main, None).await.unwrap_err().code(), "target-unknown");
    // A branch with nothing for this system is followed all the same.
    machine.change(|state| {
        state.server.remove("rc");
        state.fails.clear();
    });
    let step = Step::Rebase { target: TargetId::new("steamdeck/rc").unwrap() };
    machine.engine.run(&step, &Context::default()).await.unwrap();
    assert_eq!(machine.status().await.running().unwrap().origin.as_deref(), Some("steamdeck/rc"));
}

#[tokio::test]
async fn an_old_image_offers_what_it_can() {
    let machine = Machine::new().await;
    let service = "/usr/share/dbus-1/system-services/com.steampowered.Atomupd1.service";
    machine.played.stage.remove(service).unwrap();
    machine.played.stage.write("/usr/bin/steamos-update", "").unwrap();
    assert_eq!(detect(&machine.played.host()).unwrap().id(), "steamos");
    assert_eq!(machine.engine.abilities(), [Ability::Rollback, Ability::StartNext]);
    assert_eq!(machine.engine.follow(&Context::default()).await.unwrap_err().code(), "not-supported");
    let status = machine.status().await;
    assert_eq!(status.running().unwrap().version, "3.8.4 (20261103.1)");
    assert_eq!(machine.plan(Wish::update(), None).await.unwrap_err().code(), "not-supported");
    assert_eq!(machine.engine.targets().await.unwrap_err().code(), "not-supported");
    conformance::fulfil(&machine.engine, Wish::GoBack {}, None).await;
    machine.played.stage.remove("/usr/bin/steamos-bootconf").unwrap();
    assert_eq!(machine.engine.abilities(), []);
    assert_eq!(machine.status().await.deployments.len(), 1);
}

#[tokio::test]
async fn a_configuration_that_cannot_be_written_is_only_looked_at() {
    let machine = Machine::new().await;
    let able = |status: &SystemStatus| status.can(Ability::Rollback) || status.can(Ability::StartNext);
    let mounts = |esp: &str| {
        let table = format!(
            "22 1 0:19 / / ro,relatime - btrfs /dev/vda4 rw\n23 22 0:20 / /esp {esp},relatime - vfat /dev/vda1 rw\n"
        );
        machine.played.stage.write("/proc/self/mountinfo", &table).unwrap();
    };
    mounts("rw");
    assert!(able(&machine.status().await));
    mounts("ro");
    let status = machine.status().await;
    assert!(!able(&status) && status.deployments.len() == 2);
    assert_eq!(machine.plan(Wish::GoBack {}, None).await.unwrap_err().code(), "not-supported");
    let step = Step::SetDefault { id: status.deployments[1].id.clone() };
    assert_eq!(machine.engine.run(&step, &Context::default()).await.unwrap_err().code(), "not-supported");
    assert!(machine.status().await.running().unwrap().next);
}
