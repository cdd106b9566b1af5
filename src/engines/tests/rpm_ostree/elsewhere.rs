//! Looking on at what another program does.

use crate::conformance::status;
use crate::other::Other;
use crate::played::Played;
use crate::{NAME, engine, tell};
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_engines::rpm_ostree::RpmOstree;
use cairn_jobs::{CancelReason, Context};
use cairn_model::Problem;
use cairn_model::system::HeldBack;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn where_nothing_is_under_way_there_is_nothing_to_see() {
    let played = Played::new("silverblue").await;
    assert_eq!(engine(&played).follow(&Context::default()).await, Ok(()));
    played.nothing_unknown();
}

#[tokio::test]
async fn how_far_another_is_can_be_seen() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    played.mood(NAME, Mood::Slow { millis: 20 });
    let other = Other::on(&played).await;
    let address = other.packages(&["tmux"]).await;
    let mut messages = other.connect(&address).await;
    assert!(other.start(&messages).await);
    let ctx = Context::default();
    let mut progress = ctx.progress.subscribe();
    let (seen, busy, (success, words)) = tokio::join!(
        engine.follow(&ctx),
        async {
            progress.wait_for(|p| p.bytes_done > 0).await.unwrap();
            status(&engine).await.held_back
        },
        async {
            let end = other.end(&mut messages).await;
            drop(messages);
            end
        }
    );
    assert_eq!((seen, success), (Ok(()), true), "{words}");
    assert_eq!(busy, [HeldBack::BusyElsewhere]);
    let now = status(&engine).await;
    assert!(now.held_back.is_empty() && now.staged().is_some(), "{now:?}");
    played.nothing_unknown();
}

#[tokio::test]
async fn who_stops_looking_on_stops_nothing_else() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    played.mood(NAME, Mood::Slow { millis: 30 });
    let other = Other::on(&played).await;
    let address = other.packages(&["tmux"]).await;
    let mut messages = other.connect(&address).await;
    other.start(&messages).await;
    let ctx = Context::default();
    let (token, mut progress) = (ctx.cancel.clone(), ctx.progress.subscribe());
    let (seen, ()) = tokio::join!(engine.follow(&ctx), async {
        progress.wait_for(|p| p.bytes_done > 0).await.unwrap();
        token.cancel(CancelReason::Asked);
    });
    assert_eq!(seen, Err(Problem::Cancelled));
    let (success, words) = other.end(&mut messages).await;
    assert!(success, "{words}");
    drop(messages);
    played.mood(NAME, Mood::Well);
    while !status(&engine).await.held_back.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(status(&engine).await.staged().is_some());
}

#[tokio::test]
async fn how_it_ends_for_another_is_no_failure_here() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    tell(&played, |state| state["trouble"] = json!({ "kind": "fails", "words": "no" }));
    let other = Other::on(&played).await;
    let address = other.packages(&["tmux"]).await;
    let messages = other.connect(&address).await;
    other.start(&messages).await;
    drop(messages);
    assert_eq!(engine.follow(&Context::default()).await, Ok(()));
}

#[tokio::test]
async fn a_transaction_that_cannot_be_seen_is_a_typed_problem() {
    let played = Played::new("silverblue").await;
    let engine = RpmOstree::new(played.host()).patience(Duration::from_millis(300));
    tell(&played, |state| state["active"] = json!(["UpdateDeployment", ":1.999", "upgrade"]));
    assert_eq!(engine.follow(&Context::default()).await.unwrap_err().code(), "tool-failed");
    tell(&played, |state| {
        state["active"] = json!(null);
        state["trouble"] = json!({ "kind": "vanishes" });
    });
    let other = Other::on(&played).await;
    let address = other.packages(&["tmux"]).await;
    let _messages = other.connect(&address).await;
    assert_eq!(engine.follow(&Context::default()).await.unwrap_err().code(), "tool-failed");
}
