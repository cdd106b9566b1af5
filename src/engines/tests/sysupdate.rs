//! The sysupdate engine on played systems: with the service in both generations of its calls, and with the program only.
//! What the real program does stands in sysupdate_real.rs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "sysupdate/back.rs"]
mod back;
mod conformance;
mod contract;
#[path = "sysupdate/parts.rs"]
mod parts;
mod played;
#[path = "sysupdate/works.rs"]
mod works;

use cairn_demo::systems::Mood;
use cairn_demo::systems::sysupdate::{Image, PROGRAM, SERVICE, State};
use cairn_engines::sysupdate::Sysupdate;
use cairn_engines::{Engine, detect};
use cairn_jobs::{CancelReason, Context};
use cairn_model::{Defect, Problem, Step, Wish};
use played::{Played, recorded};
use std::sync::Arc;
use std::time::Duration;

struct Machine {
    played: Played,
    engine: Sysupdate,
    /// The stand-in that does the work.
    worker: &'static str,
}

impl Machine {
    async fn new(system: &str, worker: &'static str) -> Self {
        let played = Played::new(system).await;
        let engine = Sysupdate::new(played.host());
        Self { played, engine, worker }
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
        let entry = "/efi/EFI/Linux/by-another.efi";
        self.played.stage.write(entry, "").unwrap();
        self.played.stage.remove(entry).unwrap();
    }

    async fn slow(&self, slow: bool) -> bool {
        self.played.mood(self.worker, if slow { Mood::Slow { millis: 50 } } else { Mood::Well });
        true
    }
}

#[tokio::test]
async fn conforms() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    assert_eq!(detect(&machine.played.host()).unwrap().id(), "sysupdate");
    conformance::suite(&machine).await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn conforms_where_fetching_and_putting_in_place_are_two_calls() {
    let machine = Machine::new("gnomeos-nightly", SERVICE).await;
    assert_eq!(detect(&machine.played.host()).unwrap().id(), "sysupdate");
    conformance::suite(&machine).await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn conforms_without_the_service() {
    let machine = Machine::new("particleos", PROGRAM).await;
    assert_eq!(detect(&machine.played.host()).unwrap().id(), "sysupdate");
    conformance::suite(&machine).await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn recorded_states() {
    recorded::all("sysupdate", |host| {
        Arc::new(Sysupdate::new(host.clone()).patience(Duration::from_secs(20)))
    })
    .await;
}

#[tokio::test]
async fn a_program_that_misbehaves() {
    let machine = Machine::new("particleos", PROGRAM).await;
    let engine = machine.engine.clone().patience(Duration::from_secs(3));
    recorded::mischief(&machine.played, &engine, PROGRAM).await;
    std::fs::remove_file(machine.played.stage.path("/usr/bin/systemd-sysupdate")).unwrap();
    // What lies at its real place is no program there.
    let missing = engine.status().await.unwrap_err();
    assert_eq!(missing, Problem::ToolMissing { tool: PROGRAM.into() });
}

#[tokio::test]
async fn a_service_whose_answers_are_none() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let engine = machine.engine.clone().patience(Duration::from_secs(3));
    recorded::service_mischief(&machine.played, &engine, SERVICE).await;
}

#[tokio::test]
async fn a_service_that_misbehaves() {
    let mut machine = Machine::new("gnomeos", SERVICE).await;
    let engine = machine.engine.clone().patience(Duration::from_millis(500));
    let failing = Mood::Failing { status: 1, error: String::new(), words: "no\u{1b}[31m\u{202e}".into() };
    for (mood, code) in [(failing, "engine-failed"), (Mood::Stuck, "tool-hung")] {
        machine.played.mood(SERVICE, mood.clone());
        let problem = engine.status().await.unwrap_err();
        assert_eq!(problem.code(), code, "{mood:?}");
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

/// Begins the update and lets something happen once it is under way.
async fn in_the_middle(machine: &Machine, happen: impl AsyncFnOnce(&Context)) -> Result<(), Problem> {
    let update = conformance::check(&machine.engine).await;
    machine.played.mood(machine.worker, Mood::Slow { millis: 50 });
    let step = Step::Stage { origin: update.origin, checksum: update.checksum };
    let ctx = Context::default();
    let mut progress = ctx.progress.subscribe();
    let begun = async {
        progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
        happen(&ctx).await;
    };
    tokio::join!(machine.engine.run(&step, &ctx), begun).0
}

#[tokio::test]
async fn a_service_that_goes_away_in_the_middle_of_an_update() {
    let mut machine = Machine::new("gnomeos", SERVICE).await;
    let before = conformance::status(&machine.engine).await;
    let update = conformance::check(&machine.engine).await;
    machine.engine = machine.engine.clone().patience(Duration::from_secs(2));
    machine.played.mood(SERVICE, Mood::Slow { millis: 300 });
    let step = Step::Stage { origin: update.origin, checksum: update.checksum };
    let (engine, ctx) = (machine.engine.clone(), Context::default());
    let mut progress = ctx.progress.subscribe();
    let running = tokio::spawn(async move { engine.run(&step, &ctx).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    machine.played.services_end().await;
    let ended = running.await.unwrap().unwrap_err();
    assert!(matches!(ended.code(), "tool-missing" | "tool-hung" | "tool-failed"), "{ended:?}");
    let state: State = machine.played.stage.state("sysupdate").unwrap();
    let here: Vec<_> = state.images.iter().filter(|i| i.installed).map(|i| i.version.as_str()).collect();
    let known: Vec<_> = before.deployments.iter().map(|d| d.version.as_str()).collect();
    assert!(here == known || here == ["50.6", "50.5", "50.4"], "{here:?}");
}

#[tokio::test]
async fn a_job_that_fails_says_so_and_leaves_everything() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let before = conformance::status(&machine.engine).await;
    let failed = in_the_middle(&machine, async |_| {
        let words = String::new();
        machine.played.mood(SERVICE, Mood::Failing { status: -28, error: String::new(), words });
        // The job looks at its mood before each part; the questions after it are answered again.
        while machine.played.stage.state::<State>("sysupdate").unwrap().jobs.contains_key(&1) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        machine.played.mood(SERVICE, Mood::Well);
    })
    .await;
    assert!(matches!(failed, Err(Problem::NoSpace { .. })), "{failed:?}");
    assert_eq!(conformance::status(&machine.engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn two_cannot_change_at_once() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let (update, other) = (conformance::check(&machine.engine).await, Sysupdate::new(machine.played.host()));
    let ended = in_the_middle(&machine, async |ctx| {
        machine.played.mood(SERVICE, Mood::Well);
        assert!(machine.engine.status().await.unwrap().held_back.is_empty(), "its own job");
        let status = other.status().await.unwrap();
        assert_eq!(status.held_back, [cairn_model::system::HeldBack::BusyElsewhere]);
        let refused = other.plan(&Wish::update(), &status, Some(&update)).await.unwrap_err();
        assert_eq!(refused, Problem::BusyElsewhere);
        assert_eq!(other.run(&Step::Cleanup, &Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
        ctx.cancel.cancel(CancelReason::Shutdown);
    })
    .await;
    assert!(matches!(ended, Err(Problem::Cancelled) | Ok(())), "{ended:?}");
}

/// Upstream makes room before it fetches, and what made room is gone also where the update is stopped.
#[tokio::test]
async fn the_oldest_is_gone_also_after_an_update_that_was_stopped() {
    for (system, worker) in [("gnomeos", SERVICE), ("gnomeos-nightly", SERVICE), ("particleos", PROGRAM)] {
        let machine = Machine::new(system, worker).await;
        machine.played.stage.change("sysupdate", |state: &mut State| state.most = 2).unwrap();
        let stopped =
            in_the_middle(&machine, async |ctx| ctx.cancel.cancel(CancelReason::Asked)).await.unwrap_err();
        assert_eq!(stopped, Problem::Cancelled);
        machine.played.mood(worker, Mood::Well);
        let status = conformance::status(&machine.engine).await;
        assert!(status.deployments.len() == 1 && status.running().is_some_and(|d| d.next), "{status:?}");
        machine.played.nothing_unknown();
    }
}

#[tokio::test]
async fn a_version_that_was_fetched_before_is_put_in_place() {
    let machine = Machine::new("gnomeos-nightly", SERVICE).await;
    let update = conformance::check(&machine.engine).await;
    machine.played.stage.change("sysupdate", |state: &mut State| state.acquire(&update.version)).unwrap();
    conformance::fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    assert_eq!(conformance::status(&machine.engine).await.next().unwrap().version, update.version);
}

#[tokio::test]
async fn what_is_planned_is_what_is_done_or_nothing() {
    for (system, worker) in [("gnomeos", SERVICE), ("particleos", PROGRAM)] {
        let machine = Machine::new(system, worker).await;
        let update = conformance::check(&machine.engine).await;
        let run = async |origin: &str, checksum: &str| {
            let step = Step::Stage { origin: origin.into(), checksum: checksum.into() };
            machine.engine.run(&step, &Context::default()).await
        };
        assert_eq!(run("elsewhere", &update.checksum).await, Err(Problem::PlanOutdated), "{system}");
        assert_eq!(run(&update.origin, "99.9").await, Err(Problem::PlanOutdated), "{system}");
        assert_eq!(run(&update.origin, "_2f").await.unwrap_err().code(), "invalid-argument", "{system}");
        run(&update.origin, &update.checksum).await.unwrap();
        run(&update.origin, &update.checksum).await.expect("a second time there is nothing to do");
        let checked = machine.engine.check(&Context::default()).await.unwrap().unwrap();
        assert!(checked.staged && checked.checksum == update.checksum, "{checked:?}");
        machine.played.nothing_unknown();
    }
}

#[tokio::test]
async fn what_runs_is_never_what_makes_room() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let update = conformance::check(&machine.engine).await;
    let image = |version: &str| Image { version: version.into(), installed: true, ..Image::default() };
    let set = |images: Vec<Image>| {
        machine.played.stage.change("sysupdate", |state: &mut State| state.images = images).unwrap();
    };
    set(vec![Image { available: true, installed: false, ..image("50.7") }, image("50.6"), image("50.5")]);
    let entry = |tries: &str| format!("/efi/EFI/Linux/gnomeos_50.6+{tries}.efi");
    machine.played.stage.write(&entry("3"), "").unwrap();
    for wish in [Wish::update(), Wish::Cleanup {}] {
        let refused = conformance::plan(&machine.engine, wish, Some(&update)).await.unwrap_err();
        assert_eq!(refused, Problem::RestartFirst, "the newer one is about to run");
    }
    machine.played.stage.remove(&entry("3")).unwrap();
    machine.played.stage.write(&entry("0-3"), "").unwrap();
    let step = Step::Stage { origin: update.origin.clone(), checksum: "50.7".into() };
    let refused = machine.engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(refused, Problem::IsRunning { version: "50.5".into() });
    let status = conformance::status(&machine.engine).await;
    assert_eq!(status.deployments.iter().filter(|d| d.defect == Some(Defect::MarkedBad)).count(), 1);
}

#[tokio::test]
async fn the_interface_is_what_upstream_has() {
    let written = contract::members(include_str!("../sysupdate/org.freedesktop.sysupdate1.xml"));
    let called = contract::proxies(include_str!("../sysupdate/proxy.rs"));
    assert_eq!(contract::names(&written), called);
    let mut played = std::collections::BTreeSet::new();
    for system in ["gnomeos", "gnomeos-nightly"] {
        let machine = Machine::new(system, SERVICE).await;
        let ended = in_the_middle(&machine, async |ctx| {
            machine.played.mood(SERVICE, Mood::Slow { millis: 100 });
            for path in ["", "/target/host", "/job/_1"] {
                let path = format!("/org/freedesktop/sysupdate1{path}");
                played.extend(contract::members(
                    &contract::introspect(&machine.played.host(), SERVICE, &path).await,
                ));
            }
            ctx.cancel.cancel(CancelReason::Asked);
        })
        .await;
        assert_eq!(ended, Err(Problem::Cancelled));
    }
    assert_eq!(played, written);
}
