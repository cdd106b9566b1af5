//! What the kernel is told.

use crate::conformance::{check, fulfil, plan, run, status};
use crate::played::Played;
use crate::{NAME, STATE, engine, tell};
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_engines::rpm_ostree::RpmOstree;
use cairn_jobs::{CancelReason, Context};
use cairn_model::argument::ArgumentState;
use cairn_model::{ArgumentDelta, KernelArgument, Problem, Step, Wish};
use serde_json::{Value, json};

fn delta(add: &[&str], remove: &[&str]) -> ArgumentDelta {
    let list = |words: &[&str]| words.iter().map(|word| KernelArgument::new(*word).unwrap()).collect();
    ArgumentDelta { add: list(add), remove: list(remove) }
}

fn wish(add: &[&str], remove: &[&str]) -> Wish {
    Wish::ChangeArguments { delta: delta(add, remove) }
}

async fn state_of(engine: &RpmOstree, text: &str) -> Option<ArgumentState> {
    let all = engine.arguments().await.unwrap();
    assert!(!all.iter().any(|a| a.text.starts_with("ostree=")), "{all:?}");
    assert!(all.iter().filter(|a| a.text.starts_with("root")).all(|a| !a.changeable), "{all:?}");
    all.iter().find(|a| a.text == text).map(|a| a.state)
}

#[tokio::test]
async fn arguments_are_prepared_and_then_in_effect() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    assert_eq!(state_of(&engine, "quiet").await, Some(ArgumentState::Running));
    fulfil(&engine, wish(&["mitigations=off"], &["quiet"]), None).await;
    let now = status(&engine).await;
    assert!(now.restart_pending() && now.next().unwrap().staged, "{now:?}");
    assert_eq!(state_of(&engine, "mitigations=off").await, Some(ArgumentState::Next));
    assert_eq!(state_of(&engine, "quiet").await, Some(ArgumentState::Going));
    // Another change keeps the first.
    fulfil(&engine, wish(&["nosmt"], &[]), None).await;
    assert_eq!(state_of(&engine, "quiet").await, Some(ArgumentState::Going));
    played.restart();
    for running in ["mitigations=off", "nosmt"] {
        assert_eq!(state_of(&engine, running).await, Some(ArgumentState::Running));
    }
    assert_eq!(state_of(&engine, "quiet").await, None);
    played.nothing_unknown();
}

#[tokio::test]
async fn a_prepared_update_keeps_its_place() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    let planned = plan(&engine, wish(&["nosmt"], &[]), None).await.unwrap();
    assert_eq!((planned.target.as_str(), planned.warnings.len()), (update.version.as_str(), 0));
    run(&engine, &planned).await.unwrap();
    assert_eq!(status(&engine).await.next().unwrap().checksum, update.checksum);
}

#[tokio::test]
async fn what_is_there_or_is_not_is_refused_by_name() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let absent = Problem::NotFound { what: "nosmt".into() };
    assert_eq!(plan(&engine, wish(&[], &["nosmt"]), None).await, Err(absent.clone()));
    let present = Problem::ArgumentPresent { argument: "quiet".into() };
    assert_eq!(plan(&engine, wish(&["quiet"], &[]), None).await, Err(present.clone()));
    // The step looks again.
    for (delta, problem) in [(delta(&[], &["nosmt"]), absent), (delta(&["quiet"], &[]), present)] {
        let step = Step::Arguments { delta, checksum: None };
        assert_eq!(engine.run(&step, &Context::default()).await, Err(problem));
    }
    assert_eq!(status(&engine).await.staged(), None);
}

#[tokio::test]
async fn a_part_of_what_was_asked_for_is_no_success() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let step = Step::Arguments { delta: delta(&["nosmt"], &["quiet"]), checksum: None };
    tell(&played, |state| state["trouble"] = json!({ "kind": "partly" }));
    let failed = engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(failed.code(), "engine-failed");
    // What is prepared is shown as it is.
    assert_eq!(state_of(&engine, "nosmt").await, Some(ArgumentState::Next));
    assert_eq!(state_of(&engine, "quiet").await, Some(ArgumentState::Running));
}

#[tokio::test]
async fn what_stands_there_twice_is_gone_altogether() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    tell(&played, |state| state["deployments"][0]["options"] = json!("root=UUID=1 quiet rw quiet"));
    fulfil(&engine, wish(&[], &["quiet"]), None).await;
    played.restart();
    assert_eq!(state_of(&engine, "quiet").await, None);
}

#[tokio::test]
async fn failed_or_stopped_nothing_has_changed() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let before = status(&engine).await;
    let step = Step::Arguments { delta: delta(&["nosmt"], &[]), checksum: None };
    tell(&played, |state| state["trouble"] = json!({ "kind": "fails", "words": "No space\u{1b}[31m" }));
    let failed = engine.run(&step, &Context::default()).await.unwrap_err();
    assert!(matches!(&failed, Problem::EngineFailed { detail } if !detail.contains('\u{1b}')), "{failed:?}");
    tell(&played, |state| state["trouble"] = json!({ "kind": "none" }));
    played.mood(NAME, Mood::Slow { millis: 20 });
    let ctx = Context::default();
    ctx.cancel.cancel(CancelReason::Asked);
    assert_eq!(engine.run(&step, &ctx).await, Err(Problem::Cancelled));
    played.mood(NAME, Mood::Well);
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn a_line_that_makes_no_sense_is_a_bad_answer() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    for line in [json!("a\nb"), json!("x".repeat(1 << 17))] {
        played.stage.change(STATE, |state: &mut Value| state["deployments"][0]["options"] = line).unwrap();
        assert_eq!(engine.arguments().await.unwrap_err().code(), "bad-answer");
    }
}
