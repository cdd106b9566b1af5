//! A service that is slow, stuck, failing, gone, or at work for somebody else.

use crate::conformance::{check, fulfil, plan, run, status};
use crate::other::Other;
use crate::played::Played;
use crate::{NAME, engine, tell};
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_engines::rpm_ostree::RpmOstree;
use cairn_jobs::{CancelReason, Context};
use cairn_model::system::HeldBack;
use cairn_model::{Problem, Step, Wish};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_service_whose_answers_are_none() {
    let played = Played::new("silverblue").await;
    let engine = RpmOstree::new(played.host()).patience(Duration::from_secs(3));
    crate::played::recorded::service_mischief(&played, &engine, NAME).await;
}

#[tokio::test]
async fn a_misbehaving_service_is_a_typed_problem() {
    let played = Played::new("silverblue").await;
    let engine = RpmOstree::new(played.host()).patience(Duration::from_secs(2));
    let failing = Mood::Failing { status: 1, error: String::new(), words: "error: no".into() };
    let moods: [(Mood, &[&str]); 2] = [(failing, &["engine-failed"]), (Mood::Stuck, &["tool-hung"])];
    for (mood, codes) in moods {
        played.mood(NAME, mood.clone());
        let code = engine.status().await.unwrap_err().code();
        assert!(codes.contains(&code), "{mood:?}: {code}");
    }
    played.mood(NAME, Mood::Slow { millis: 10 });
    status(&engine).await;
    played.mood(NAME, Mood::Well);
    status(&engine).await;
}

#[tokio::test]
async fn without_the_service_or_the_bus_something_is_missing() {
    let mut played = Played::new("silverblue").await;
    let other = Other::on(&played).await;
    let bus = zbus::fdo::DBusProxy::new(other.os.inner().connection()).await.unwrap();
    let engine = engine(&played);
    status(&engine).await;
    played.services_end().await;
    while bus.name_has_owner(NAME.try_into().unwrap()).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(engine.status().await.unwrap_err().code(), "tool-missing");
    let alone = RpmOstree::new(cairn_host::Host::at(played.stage.root()));
    assert_eq!(alone.status().await.unwrap_err().code(), "tool-missing");
}

#[tokio::test]
async fn a_daemon_that_vanishes_in_the_middle_leaves_the_old_state() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    let before = status(&engine).await;
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    tell(&played, |state| state["trouble"] = json!({ "kind": "vanishes" }));
    assert_eq!(run(&engine, &planned).await.unwrap_err().code(), "tool-failed");
    tell(&played, |state| state["trouble"] = json!({ "kind": "none" }));
    assert_eq!(status(&engine).await.deployments, before.deployments);
    fulfil(&engine, Wish::update(), Some(&update)).await;
}

#[tokio::test]
async fn a_transaction_that_falls_silent_is_given_up() {
    let played = Played::new("silverblue").await;
    let engine = RpmOstree::new(played.host()).patience(Duration::from_millis(150));
    tell(&played, |state| state["trouble"] = json!({ "kind": "silent" }));
    let refused = engine.check(&Context::default()).await.unwrap_err();
    assert!(matches!(refused, Problem::ToolHung { .. }), "{refused:?}");
}

#[tokio::test]
async fn what_another_does_is_shown_and_not_fought() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    let other = Other::on(&played).await;
    let address = other.packages(&["tmux"]).await;
    assert_eq!(status(&engine).await.held_back, [HeldBack::BusyElsewhere]);
    assert_eq!(run(&engine, &planned).await, Err(Problem::BusyElsewhere));
    assert_eq!(engine.check(&Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
    other.follow(&address).await;
    idle(&engine).await;
    let now = status(&engine).await;
    assert!(now.staged().is_some() && now.held_back.is_empty(), "{now:?}");
}

/// Waits until no transaction runs.
async fn idle(engine: &RpmOstree) {
    while !status(engine).await.held_back.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn who_asks_for_the_same_joins() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    played.mood(NAME, Mood::Slow { millis: 20 });
    let ctx = Context::default();
    let ours = engine.run(&Step::Cleanup, &ctx);
    let theirs = async {
        let other = Other::on(&played).await;
        let address = other.os.cleanup(&["base", "repomd"]).await.unwrap();
        let mut messages = other.connect(&address).await;
        let first = other.start(&messages).await;
        (first, other.end(&mut messages).await)
    };
    let (ours, (_, (success, words))) = tokio::join!(ours, theirs);
    assert_eq!((ours, success), (Ok(()), true), "{words}");
}

#[tokio::test]
async fn our_own_work_is_not_somebody_elses() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    played.mood(NAME, Mood::Slow { millis: 20 });
    let ctx = Context::default();
    let mut progress = ctx.progress.subscribe();
    let (done, seen) = tokio::join!(engine.run(&planned.steps[0], &ctx), async {
        progress.wait_for(|p| p.bytes_done > 0).await.unwrap();
        status(&engine).await
    });
    assert_eq!((done, seen.held_back.len()), (Ok(()), 0));
}

#[tokio::test]
async fn stopping_in_a_change_of_packages_leaves_the_old_state() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let before = status(&engine).await;
    let delta = cairn_model::PackageDelta { add: crate::names(&["htop"]), ..Default::default() };
    played.mood(NAME, Mood::Slow { millis: 30 });
    let ctx = Context::default();
    let (token, mut progress) = (ctx.cancel.clone(), ctx.progress.subscribe());
    tokio::spawn(async move {
        let _ = progress.wait_for(|p| p.bytes_done > 0).await;
        token.cancel(CancelReason::Asked);
    });
    assert_eq!(engine.run(&Step::Packages { delta, checksum: None }, &ctx).await, Err(Problem::Cancelled));
    played.mood(NAME, Mood::Well);
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn what_is_left_to_libostree_is_not_offered_without_it() {
    let played = Played::new("silverblue").await;
    // A folder that is called so is no repository.
    played.stage.write("/ostree/repo/config", "[core]\nrepo_version=1\nmode=bare\n").unwrap();
    let engine = engine(&played);
    let previous = status(&engine).await.previous().unwrap().id.clone();
    for wish in [
        Wish::Keep { id: previous.clone() },
        Wish::Remove { id: previous.clone() },
        Wish::StartNext { id: previous.clone() },
    ] {
        assert_eq!(plan(&engine, wish, None).await.unwrap_err().code(), "not-supported");
    }
    let pin = engine.run(&Step::Pin { id: previous }, &Context::default()).await;
    assert_eq!(pin.unwrap_err().code(), "not-supported");
}

#[tokio::test]
async fn what_another_has_locked_becomes_the_next_start() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    tell(&played, |state| state["deployments"][0]["finalization-locked"] = json!(true));
    let locked = status(&engine).await;
    assert!(!locked.restart_pending() && locked.staged().is_some());
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    assert_eq!(status(&engine).await.next().unwrap().checksum, update.checksum);
}
