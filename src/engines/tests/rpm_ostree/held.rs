//! An update that is fetched and waits until somebody asks for it.

use crate::conformance::{check, fulfil, plan, run, status};
use crate::played::Played;
use crate::{NAME, engine, names, tell};
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_jobs::{CancelReason, Context};
use cairn_model::plan::Warning;
use cairn_model::{ArgumentDelta, KernelArgument, PackageDelta, Problem, Step, Wish};
use serde_json::json;

#[tokio::test]
async fn what_is_fetched_waits_until_it_is_asked_for() {
    for system in ["silverblue", "bazzite"] {
        let played = Played::new(system).await;
        let engine = engine(&played);
        let update = check(&engine).await;
        let planned = plan(&engine, Wish::Download {}, Some(&update)).await.unwrap();
        assert!(!planned.restart_needed && planned.warnings.is_empty(), "{planned:?}");
        run(&engine, &planned).await.unwrap();
        let now = status(&engine).await;
        let held = now.staged().unwrap();
        assert!(held.held && !held.next && held.checksum == update.checksum, "{now:?}");
        assert!(!now.restart_pending(), "{now:?}");
        let here = check(&engine).await;
        assert!(here.downloaded && !here.staged);
        let again = plan(&engine, Wish::Download {}, Some(&here)).await.unwrap_err();
        assert_eq!(again, Problem::IsStaged { version: update.version.clone() });
        let release = plan(&engine, Wish::update(), Some(&here)).await.unwrap();
        assert!(!release.warnings.iter().any(|w| matches!(w, Warning::StagedDropped { .. })), "{release:?}");
        run(&engine, &release).await.unwrap();
        let now = status(&engine).await;
        assert!(now.restart_pending() && !now.next().unwrap().held, "{now:?}");
        assert_eq!(now.next().unwrap().checksum, update.checksum);
        played.restart();
        assert_eq!(status(&engine).await.running().unwrap().checksum, update.checksum);
        played.nothing_unknown();
    }
}

#[tokio::test]
async fn a_change_of_what_waits_leaves_it_waiting() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::Download {}, Some(&update)).await;
    let delta = PackageDelta { add: names(&["htop"]), ..PackageDelta::default() };
    let packages = Wish::ChangePackages { delta };
    let add = vec![KernelArgument::new("nosmt").unwrap()];
    let arguments = Wish::ChangeArguments { delta: ArgumentDelta { add, ..ArgumentDelta::default() } };
    for wish in [packages, arguments] {
        let planned = plan(&engine, wish, None).await.unwrap();
        assert!(!planned.restart_needed && planned.warnings.is_empty(), "{planned:?}");
        run(&engine, &planned).await.unwrap();
        let now = status(&engine).await;
        assert!(now.staged().unwrap().held && !now.restart_pending(), "{now:?}");
    }
}

#[tokio::test]
async fn what_would_have_started_next_gives_way_and_that_is_said() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let delta = PackageDelta { add: names(&["htop"]), ..PackageDelta::default() };
    fulfil(&engine, Wish::ChangePackages { delta }, None).await;
    let update = check(&engine).await;
    let planned = plan(&engine, Wish::Download {}, Some(&update)).await.unwrap();
    assert!(matches!(planned.warnings[..], [Warning::StagedDropped { .. }]), "{planned:?}");
    run(&engine, &planned).await.unwrap();
    assert!(!status(&engine).await.restart_pending());
}

#[tokio::test]
async fn what_is_older_is_not_fetched_in_silence() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let before = check(&engine).await;
    tell(&played, |state| state["offers"][&before.origin]["timestamp"] = json!(1_793_000_000));
    let update = engine.check(&Context::default()).await.unwrap().unwrap();
    let (version, running) =
        (update.version.clone(), status(&engine).await.running().unwrap().version.clone());
    let older = Err(Problem::Older { version, running });
    assert_eq!(plan(&engine, Wish::Download {}, Some(&update)).await, older);
    assert_eq!(plan(&engine, Wish::update(), Some(&update)).await, older);
}

#[tokio::test]
async fn only_the_planned_version_is_fetched() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    let before = status(&engine).await;
    let planned = plan(&engine, Wish::Download {}, Some(&update)).await.unwrap();
    let elsewhere = Step::Download { origin: "other:x/y".into(), checksum: update.checksum.clone() };
    assert_eq!(engine.run(&elsewhere, &Context::default()).await, Err(Problem::PlanOutdated));
    tell(&played, |state| state["offers"][&update.origin]["checksum"] = json!("c".repeat(64)));
    assert_eq!(run(&engine, &planned).await.unwrap_err().code(), "engine-failed");
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn fetching_can_be_stopped() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    let before = status(&engine).await;
    let planned = plan(&engine, Wish::Download {}, Some(&update)).await.unwrap();
    played.mood(NAME, Mood::Slow { millis: 30 });
    let ctx = Context::default();
    let (token, mut progress) = (ctx.cancel.clone(), ctx.progress.subscribe());
    tokio::spawn(async move {
        let _ = progress.wait_for(|p| p.bytes_done > 0).await;
        token.cancel(CancelReason::Asked);
    });
    assert_eq!(engine.run(&planned.steps[0], &ctx).await, Err(Problem::Cancelled));
    played.mood(NAME, Mood::Well);
    assert_eq!(status(&engine).await.deployments, before.deployments);
}
