//! The eos-updater engine: alone on a played system, and over a recorded engine that stands in for libostree.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod below;
mod conformance;
mod contract;
mod played;

use below::Below;
use cairn_demo::systems::Mood;
use cairn_demo::systems::eos_updater::{SERVICE, State};
use cairn_engines::eos_updater::{EosUpdater, answer};
use cairn_engines::{Engine, detect};
use cairn_jobs::{CancelReason, Context};
use cairn_model::system::HeldBack;
use cairn_model::{Ability, Problem, Step, Wish};
use played::{Played, recorded};
use std::sync::Arc;
use std::time::Duration;

struct Machine {
    played: Played,
    engine: EosUpdater,
}

impl Machine {
    async fn new() -> Self {
        let played = Played::new("endless").await;
        let engine = EosUpdater::new(played.host());
        Self { played, engine }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.played.stage.change("eos-updater", change).unwrap();
    }

    fn state(&self) -> State {
        self.played.stage.state("eos-updater").unwrap()
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
        let other = EosUpdater::new(self.played.host());
        other.check(&Context::default()).await.unwrap();
    }

    async fn slow(&self, slow: bool) -> bool {
        self.played.mood(SERVICE, if slow { Mood::Slow { millis: 50 } } else { Mood::Well });
        true
    }
}

#[tokio::test]
async fn conforms_alone() {
    let machine = Machine::new().await;
    let found = detect(&machine.played.host()).unwrap();
    assert_eq!((found.id(), found.abilities()), ("eos-updater", vec![Ability::Check, Ability::Stage]));
    conformance::suite(&machine).await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn libostree_is_asked_where_there_is_a_repository() {
    let machine = Machine::new().await;
    machine.played.stage.write("/ostree/repo/config", "[core]\nrepo_version=1\nmode=bare\n").unwrap();
    let engine = detect(&machine.played.host()).unwrap();
    assert_eq!(engine.id(), "eos-updater");
    assert!([Ability::Rollback, Ability::Pin, Ability::Diff].iter().all(|a| engine.abilities().contains(a)));
    assert!(!engine.abilities().contains(&Ability::DropStaged));
    // It is no whole one, and libostree says so.
    let refused = engine.status().await.unwrap_err();
    assert!(matches!(refused.code(), "engine-failed" | "corrupt"), "{refused:?}");
}

#[tokio::test]
async fn recorded_states() {
    recorded::all("eos-updater", |host| {
        Arc::new(EosUpdater::new(host.clone()).patience(Duration::from_secs(20)))
    })
    .await;
}

/// What every stand-in's tests end with is worth something.
#[tokio::test]
async fn a_call_that_nobody_knows_is_seen() {
    let machine = Machine::new().await;
    conformance::status(&machine.engine).await;
    machine.played.nothing_unknown();
    let bus = machine.played.somebody().await;
    let ask = async |path, interface, member, body: &[&str]| {
        let call = match body {
            [one] => bus.call_method(Some(SERVICE), path, Some(interface), member, one).await,
            [one, two] => bus.call_method(Some(SERVICE), path, Some(interface), member, &(*one, *two)).await,
            _ => bus.call_method(Some(SERVICE), path, Some(interface), member, &()).await,
        };
        call.unwrap_err();
    };
    let properties = "org.freedesktop.DBus.Properties";
    ask("/com/endlessm/Updater", SERVICE, "FetchHalf", &[]).await;
    ask("/com/endlessm/Updater", "com.endlessm.Downdater", "Poll", &[]).await;
    ask("/com/endlessm/Updater", properties, "Get", &[SERVICE, "Colour"]).await;
    ask("/com/endlessm/Updater", properties, "GetAll", &["com.endlessm.Downdater"]).await;
    ask("/com/endlessm", SERVICE, "Poll", &[]).await;
    let noted = machine.played.stage.unknown_calls();
    let wanted = [
        "FetchHalf",
        "Downdater.Poll",
        "Get com.endlessm.Updater Colour",
        "GetAll com.endlessm.Downdater",
        "/com/endlessm ",
    ];
    assert_eq!(noted.len(), wanted.len(), "{noted:?}");
    for (call, word) in noted.iter().zip(wanted) {
        assert!(call.contains(word), "{call}: {word}");
    }
}

#[tokio::test]
async fn a_service_whose_answers_are_none() {
    let machine = Machine::new().await;
    let engine = machine.engine.clone().patience(Duration::from_secs(3));
    recorded::service_mischief(&machine.played, &engine, SERVICE).await;
}

#[tokio::test]
async fn a_service_that_misbehaves() {
    let mut machine = Machine::new().await;
    let engine = machine.engine.clone().patience(Duration::from_millis(500));
    let failing = Mood::Failing { status: 1, error: String::new(), words: "no\u{1b}[31m\u{202e}".into() };
    // A property that cannot be read is left out when all are asked for (D-Bus specification, GetAll).
    for (mood, code) in [(failing, "bad-answer"), (Mood::Stuck, "tool-hung")] {
        machine.played.mood(SERVICE, mood.clone());
        let problem = engine.status().await.unwrap_err();
        assert_eq!(problem.code(), code, "{mood:?} {problem:?}");
        assert!(!problem.detail().unwrap_or_default().contains(['\u{1b}', '\u{202e}']), "{problem:?}");
        let checked = engine.check(&Context::default()).await;
        assert_eq!(checked.unwrap_err().code(), code, "{mood:?}");
    }
    machine.played.mood(SERVICE, Mood::Slow { millis: 50 });
    conformance::status(&engine).await;
    machine.played.mood(SERVICE, Mood::Well);
    conformance::status(&engine).await;
    machine.played.services_end().await;
    let gone = engine.status().await.unwrap_err();
    assert_eq!(gone, Problem::ToolMissing { tool: SERVICE.into() });
}

#[tokio::test]
async fn errors_are_told_by_their_names() {
    let machine = Machine::new().await;
    for (name, code) in
        [("Fetching", "network"), ("LiveBoot", "no-origin"), ("SomethingNew", "engine-failed")]
    {
        machine.change(|state| state.fails = format!("com.endlessm.Updater.Error.{name}"));
        let failed = machine.engine.check(&Context::default()).await.unwrap_err();
        assert_eq!(failed.code(), code, "{name}");
        conformance::status(&machine.engine).await;
    }
    let update = conformance::check(&machine.engine).await;
    let before = conformance::status(&machine.engine).await;
    machine.change(|state| state.fails = "com.endlessm.Updater.Error.Fetching".into());
    let plan = conformance::plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap();
    let failed = conformance::run(&machine.engine, &plan).await.unwrap_err();
    assert_eq!(failed.code(), "network");
    assert_eq!(conformance::status(&machine.engine).await.deployments, before.deployments);
    conformance::run(&machine.engine, &plan).await.expect("it finds the same again and goes on");
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn what_another_fetched_is_only_applied() {
    let machine = Machine::new().await;
    let update = conformance::check(&machine.engine).await;
    // The autoupdater went on by itself.
    machine.change(|state| state.state = 6);
    let known = conformance::check(&machine.engine).await;
    assert_eq!((known.checksum.as_str(), machine.state().state), (update.checksum.as_str(), 6));
    conformance::fulfil(&machine.engine, Wish::update(), Some(&known)).await;
    let staged = machine.engine.check(&Context::default()).await.unwrap().unwrap();
    assert!(staged.staged && staged.checksum == update.checksum);
    let again = conformance::plan(&machine.engine, Wish::update(), Some(&staged)).await.unwrap_err();
    assert_eq!(again.code(), "is-staged");
}

#[tokio::test]
async fn an_update_that_another_does_is_left_alone() {
    let machine = Machine::new().await;
    let update = conformance::check(&machine.engine).await;
    for state in [5, 7] {
        machine.change(|s| s.state = state);
        let status = conformance::status(&machine.engine).await;
        assert_eq!(status.held_back, [HeldBack::BusyElsewhere]);
        let refused = machine.engine.plan(&Wish::update(), &status, Some(&update)).await.unwrap_err();
        assert_eq!(refused, Problem::BusyElsewhere);
        let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
        assert_eq!(machine.engine.run(&step, &Context::default()).await, Err(Problem::BusyElsewhere));
        assert_eq!(machine.engine.check(&Context::default()).await, Err(Problem::BusyElsewhere));
        assert_eq!(machine.state().state, state);
    }
}

#[tokio::test]
async fn what_is_planned_is_what_is_done_or_nothing() {
    let machine = Machine::new().await;
    let update = conformance::check(&machine.engine).await;
    let newer = "a".repeat(64);
    let run = async |origin: &str, checksum: &str| {
        let step = Step::Stage { origin: origin.into(), checksum: checksum.into() };
        machine.engine.run(&step, &Context::default()).await
    };
    assert_eq!(run("elsewhere", &update.checksum).await, Err(Problem::PlanOutdated));
    machine.change(|state| (state.offered.clone_from(&newer), state.update.clone_from(&newer)).1);
    assert_eq!(run(&update.origin, &update.checksum).await, Err(Problem::PlanOutdated));
    machine.change(|state| (state.state, state.offered) = (1, String::new()));
    assert_eq!(run(&update.origin, &update.checksum).await, Err(Problem::PlanOutdated));
    assert_eq!(machine.engine.check(&Context::default()).await, Ok(None));
    machine.change(|state| (state.state, state.update) = (8, "b".repeat(64)));
    assert_eq!(run(&update.origin, &update.checksum).await, Err(Problem::RestartFirst));
}

#[tokio::test]
async fn no_room_is_said_before_anything_is_fetched() {
    let machine = Machine::new().await;
    machine.change(|state| state.unpacked_size = i64::MAX);
    let update = conformance::check(&machine.engine).await;
    let refused = conformance::plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap_err();
    assert!(matches!(refused, Problem::NoSpace { missing, .. } if missing > 0), "{refused:?}");
    machine.change(|state| (state.unpacked_size, state.download_size) = (-1, -1));
    let update = conformance::check(&machine.engine).await;
    assert_eq!((update.download, update.installed), (None, None));
    let plan = conformance::plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap();
    assert!(plan.warnings.contains(&cairn_model::plan::Warning::SpaceUnknown), "{plan:?}");
}

#[tokio::test]
async fn stopped_while_it_looks() {
    let machine = Machine::new().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 50 });
    let ctx = Context::default();
    let stop = async {
        while machine.state().state != 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        ctx.cancel.cancel(CancelReason::Asked);
    };
    assert_eq!(tokio::join!(machine.engine.check(&ctx), stop).0, Err(Problem::Cancelled));
    machine.played.mood(SERVICE, Mood::Well);
    conformance::check(&machine.engine).await;
}

#[tokio::test]
async fn a_service_that_goes_away_in_the_middle_of_an_update() {
    let mut machine = Machine::new().await;
    let update = conformance::check(&machine.engine).await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 200 });
    let step = Step::Stage { origin: update.origin, checksum: update.checksum };
    let (engine, ctx) = (machine.engine.clone(), Context::default());
    let mut progress = ctx.progress.subscribe();
    let running = tokio::spawn(async move { engine.run(&step, &ctx).await });
    progress.wait_for(|p| p.bytes_done > 0).await.unwrap();
    machine.played.services_end().await;
    let ended = running.await.unwrap().unwrap_err();
    assert!(matches!(ended.code(), "tool-missing" | "tool-hung" | "tool-failed"), "{ended:?}");
}

#[tokio::test]
async fn an_updater_that_was_started_anew_in_the_middle_is_no_success() {
    let machine = Machine::new().await;
    let update = conformance::check(&machine.engine).await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 50 });
    let step = Step::Stage { origin: update.origin, checksum: update.checksum };
    let ctx = Context::default();
    let anew = async {
        while machine.state().state != 5 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        machine.change(|state| (state.state, state.update) = (1, String::new()));
    };
    let ended = tokio::join!(machine.engine.run(&step, &ctx), anew).0;
    assert_eq!(ended.unwrap_err().code(), "engine-failed");
}

/// The engine over a recorded one, in the place of libostree.
async fn over() -> (Machine, Arc<Below>) {
    let mut machine = Machine::new().await;
    let state = machine.state();
    let below = Arc::new(Below::new(&state.current, &state.refspec));
    machine.engine = EosUpdater::over(machine.played.host(), Arc::<Below>::clone(&below));
    (machine, below)
}

#[tokio::test]
async fn versions_and_the_way_back_come_from_below() {
    let (machine, below) = over().await;
    let status = conformance::status(&machine.engine).await;
    assert_eq!(status.engine, "eos-updater");
    assert_eq!(status.previous().map(|d| d.version.as_str()), Some("6.0.7"));
    assert!(status.can(Ability::Rollback) && !status.can(Ability::DropStaged), "{:?}", status.abilities);
    let plan = conformance::plan(&machine.engine, Wish::GoBack {}, None).await.unwrap();
    conformance::run(&machine.engine, &plan).await.unwrap();
    let id = status.previous().unwrap().id.clone();
    assert_eq!(below.done(), [Step::SetDefault { id }]);
    let drop = machine.engine.run(&Step::DropStaged, &Context::default()).await.unwrap_err();
    assert_eq!(drop.code(), "not-supported");
    machine.change(|state| state.state = 5);
    let pin = Step::Pin { id: status.running().unwrap().id.clone() };
    assert_eq!(machine.engine.run(&pin, &Context::default()).await, Err(Problem::BusyElsewhere));
    assert_eq!(below.done().len(), 1);
}

#[tokio::test]
async fn the_update_is_the_updaters_and_what_comes_of_it_is_read_below() {
    let (machine, below) = over().await;
    let update = conformance::check(&machine.engine).await;
    assert_eq!(update.origin, machine.state().refspec);
    let plan = conformance::plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap();
    let without = conformance::run(&machine.engine, &plan).await;
    assert_eq!(without, Err(Problem::RestartFirst), "the updater says applied and libostree has nothing");
    below.stage(&update.checksum, &update.version);
    conformance::run(&machine.engine, &plan).await.unwrap();
    assert!(machine.engine.check(&Context::default()).await.unwrap().unwrap().staged);
    assert_eq!(below.done(), []);
}

#[tokio::test]
async fn the_way_back_is_open_also_without_the_updater() {
    let (mut machine, below) = over().await;
    machine.played.services_end().await;
    conformance::status(&machine.engine).await;
    conformance::fulfil(&machine.engine, Wish::GoBack {}, None).await;
    assert_eq!(below.done().len(), 1);
    let check = machine.engine.check(&Context::default()).await.unwrap_err();
    assert_eq!(check, Problem::ToolMissing { tool: SERVICE.into() });
}

#[tokio::test]
async fn the_interface_is_what_upstream_has() {
    let xml = include_str!("../eos_updater/com.endlessm.Updater.xml");
    let written = contract::members(xml);
    let mut called = contract::proxies(include_str!("../eos_updater/proxy.rs"));
    called.extend(answer::PROPERTIES.iter().map(|name| format!("{SERVICE}.{name}")));
    assert_eq!(contract::names(&written), called);
    let machine = Machine::new().await;
    let played = contract::introspect(&machine.played.host(), SERVICE, "/com/endlessm/Updater").await;
    assert_eq!(contract::members(&played), written);
}
