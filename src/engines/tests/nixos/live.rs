//! Using the next version without a restart.

use crate::conformance::{check, fulfil, status};
use crate::{Machine, id};
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_jobs::Context;
use cairn_model::{Ability, Problem, Step, Wish};

#[tokio::test]
async fn what_is_next_is_used_at_once() {
    for system in ["nixos", "nixos-flake"] {
        let machine = Machine::new(system).await;
        let engine = &machine.engine;
        let can = || engine.abilities().contains(&Ability::ApplyLive);
        assert!(!can(), "nothing is prepared");
        let running = status(engine).await.running().unwrap().id.clone();
        let apply = async |id| engine.run(&Step::ApplyLive { id }, &Context::default()).await;
        assert_eq!(apply(running.clone()).await, Err(Problem::NothingStaged));
        let update = check(engine).await;
        fulfil(engine, Wish::update(), Some(&update)).await;
        assert!(can());
        assert_eq!(apply(running).await, Err(Problem::PlanOutdated), "it is not what was planned");
        fulfil(engine, Wish::ApplyNow {}, None).await;
        let now = status(engine).await;
        let next = now.next().unwrap();
        assert!(next.live && !next.running && next.checksum == update.checksum, "{now:#?}");
        assert!(!now.can(Ability::ApplyLive), "it is in use");
        assert_eq!(apply(next.id.clone()).await, Err(Problem::NothingStaged));
        machine.played.restart();
        let running = status(engine).await.running().unwrap().clone();
        assert!(running.checksum == update.checksum && !running.live);
        machine.played.nothing_unknown();
    }
}

#[tokio::test]
async fn a_switch_that_fails_is_told_by_what_runs() {
    let machine = Machine::new("nixos").await;
    let engine = &machine.engine;
    fulfil(engine, Wish::StartNext { id: id("42") }, None).await;
    let before = status(engine).await;
    let ends =
        |status: i32| Mood::Failing { status, error: String::new(), words: "no\u{1b}[31m\u{202e}".into() };
    let apply = async || engine.run(&Step::ApplyLive { id: id("42") }, &Context::default()).await;
    for (program, mood, code) in [
        ("switch-to-configuration", ends(1), "engine-failed"),
        ("switch-to-configuration", ends(100), "engine-failed"),
        ("systemd-run", ends(1), "engine-failed"),
        ("systemd-run", Mood::Killed, "engine-failed"),
        // It says that it is done, and nothing is.
        ("systemd-run", Mood::Saying { answer: "activating\n".into() }, "engine-failed"),
        ("systemd-run", ends(4), "engine-failed"),
    ] {
        machine.played.mood(program, mood.clone());
        let problem = apply().await.unwrap_err();
        assert_eq!(problem.code(), code, "{program} {mood:?}");
        assert!(!problem.detail().unwrap_or_default().contains(['\u{1b}', '\u{202e}']), "{problem:?}");
        assert_eq!(status(engine).await.deployments, before.deployments, "{mood:?}");
        machine.played.mood(program, Mood::Well);
    }
    let stopped = Context::default();
    stopped.cancel.cancel(cairn_jobs::CancelReason::Asked);
    assert_eq!(engine.run(&Step::ApplyLive { id: id("42") }, &stopped).await, Err(Problem::Cancelled));
    // Some units did not come up: the version is in use all the same.
    machine.played.mood("switch-to-configuration", ends(4));
    assert_eq!(apply().await, Ok(()));
    assert!(status(engine).await.next().unwrap().live);
    machine.played.stage.remove("/usr/bin/systemd-run").unwrap();
    machine.link("/run/current-system", &machine.played.host().resolve("/run/booted-system").unwrap());
    assert!(!status(engine).await.can(Ability::ApplyLive), "nothing starts it");
}
