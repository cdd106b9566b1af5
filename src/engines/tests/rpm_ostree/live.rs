//! What is prepared, used without a restart.

use crate::conformance::{can, check, fulfil, plan, run, status};
use crate::played::Played;
use crate::{engine, names, tell};
use cairn_engines::Engine;
use cairn_engines::rpm_ostree::RpmOstree;
use cairn_jobs::Context;
use cairn_model::plan::Warning;
use cairn_model::{Ability, PackageDelta, Problem, Step, Wish};
use serde_json::json;

async fn change(engine: &RpmOstree, add: &[&str], remove: &[&str]) {
    let delta = PackageDelta { add: names(add), remove: names(remove), ..PackageDelta::default() };
    fulfil(engine, Wish::ChangePackages { delta }, None).await;
}

async fn able(engine: &RpmOstree) -> bool {
    status(engine).await;
    can(engine, Ability::ApplyLive)
}

#[tokio::test]
async fn an_added_package_is_there_at_once() {
    for system in ["silverblue", "bazzite"] {
        let played = Played::new(system).await;
        let engine = engine(&played);
        assert!(!able(&engine).await, "nothing is prepared");
        change(&engine, &["htop"], &[]).await;
        assert!(able(&engine).await);
        let planned = plan(&engine, Wish::ApplyNow {}, None).await.unwrap();
        assert!(planned.warnings.contains(&Warning::ChangesLive) && !planned.restart_needed, "{planned:?}");
        run(&engine, &planned).await.unwrap();
        let now = status(&engine).await;
        assert!(now.next().unwrap().live && !now.running().unwrap().live, "{now:?}");
        assert!(!can(&engine, Ability::ApplyLive), "it is in use already");
        let again = plan(&engine, Wish::ApplyNow {}, None).await.unwrap_err();
        assert_eq!(again.code(), "not-supported");
        // One more can follow.
        change(&engine, &["tmux"], &[]).await;
        fulfil(&engine, Wish::ApplyNow {}, None).await;
        assert!(status(&engine).await.next().unwrap().live);
        played.restart();
        let after = status(&engine).await;
        assert!(!after.deployments.iter().any(|d| d.live || d.unlocked), "{after:?}");
        played.nothing_unknown();
    }
}

#[tokio::test]
async fn what_would_be_taken_away_takes_a_restart() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    change(&engine, &[], &["vim-enhanced"]).await;
    let before = status(&engine).await;
    let planned = plan(&engine, Wish::ApplyNow {}, None).await.unwrap();
    let refused = run(&engine, &planned).await.unwrap_err();
    assert!(matches!(&refused, Problem::NotLive { detail } if detail.contains("removed: 1")), "{refused:?}");
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn whether_it_was_refused_is_seen_in_the_state_and_not_in_the_words() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    change(&engine, &["htop"], &[]).await;
    let planned = plan(&engine, Wish::ApplyNow {}, None).await.unwrap();
    tell(&played, |state| {
        state["trouble"] = json!({ "kind": "fails", "words": "anything\u{1b}[2J\u{202e}" })
    });
    let refused = run(&engine, &planned).await.unwrap_err();
    assert!(
        matches!(&refused, Problem::NotLive { detail } if !detail.contains(['\u{1b}', '\u{202e}'])),
        "{refused:?}"
    );
    tell(&played, |state| state["deployments"][1]["live-inprogress"] = json!("ab12"));
    let failed = run(&engine, &planned).await.unwrap_err();
    assert_eq!(failed.code(), "engine-failed", "it was cut off in the middle");
}

#[tokio::test]
async fn only_what_was_planned_is_used_at_once() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    change(&engine, &["htop"], &[]).await;
    let planned = plan(&engine, Wish::ApplyNow {}, None).await.unwrap();
    change(&engine, &["tmux"], &[]).await;
    assert_eq!(run(&engine, &planned).await, Err(Problem::PlanOutdated));
    assert!(!status(&engine).await.next().unwrap().live);
    let anew = plan(&engine, Wish::ApplyNow {}, None).await.unwrap();
    assert_ne!(anew.target_id, planned.target_id);
    assert_eq!(
        run(&engine, &planned).await,
        Err(Problem::PlanOutdated),
        "another plan does not stand for this one"
    );
    run(&engine, &anew).await.unwrap();
    assert!(status(&engine).await.next().unwrap().live);
}

#[tokio::test]
async fn only_packages_on_what_runs_can_be_used_at_once() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let running = status(&engine).await.running().unwrap().id.clone();
    assert_eq!(
        engine.run(&Step::ApplyLive { id: running.clone() }, &Context::default()).await,
        Err(Problem::NothingStaged)
    );
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    assert!(!able(&engine).await, "another base");
    assert_eq!(
        engine.run(&Step::ApplyLive { id: running.clone() }, &Context::default()).await,
        Err(Problem::PlanOutdated)
    );
    fulfil(&engine, Wish::DropStaged {}, None).await;
    change(&engine, &["htop"], &[]).await;
    assert!(able(&engine).await);
    tell(&played, |state| state["deployments"][1]["unlocked"] = json!("hotfix"));
    assert!(!able(&engine).await, "a hotfix stays");
    tell(&played, |state| state["deployments"][1]["unlocked"] = json!("development"));
    assert!(able(&engine).await && status(&engine).await.running().unwrap().unlocked);
}
