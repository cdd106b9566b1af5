//! Updates of nothing but packages that were added.

use crate::conformance::{check, fulfil, plan, run, status};
use crate::played::Played;
use crate::{engine, tell};
use cairn_engines::Engine;
use cairn_engines::rpm_ostree::RpmOstree;
use cairn_jobs::Context;
use cairn_model::advisory::Severity;
use cairn_model::{Problem, Step, Wish};
use serde_json::json;

const NOTES: &str = "/var/lib/cairn/rpm-ostree.json";

/// The base is the newest already, and an added package has a newer version.
fn newer(played: &Played, version: &str) {
    tell(played, |state| {
        let origin = state["deployments"][0]["origin"].as_str().unwrap().to_owned();
        for (key, known) in
            [("checksum", "base-checksum"), ("version", "version"), ("timestamp", "timestamp")]
        {
            state["offers"][&origin][key] = state["deployments"][0][known].clone();
        }
        state["newer"] = json!({
            "upgraded": [[1, "vim-enhanced", ["2:9.1.2100-1.fc43", "x86_64"], [version, "x86_64"]]],
        });
        let references = json!([["https://bugzilla.redhat.com/1", "CVE-2026-51001 vim: a hole"]]);
        let package = format!("vim-enhanced-{version}.x86_64");
        let more = json!({ "cve_references": references });
        state["newer_advisories"] = json!([["FEDORA-2026-0a1b2c3d4e", 1, 3, [package], more]]);
    });
}

async fn machine() -> (Played, RpmOstree) {
    let played = Played::new("silverblue").await;
    newer(&played, "2:9.1.2120-1.fc43");
    let engine = engine(&played);
    (played, engine)
}

#[tokio::test]
async fn they_are_offered_prepared_and_known_again() {
    let (played, engine) = machine().await;
    let before = status(&engine).await.running().unwrap().clone();
    let update = check(&engine).await;
    assert_eq!((&update.version, &update.origin), (&before.version, before.origin.as_ref().unwrap()));
    assert!(update.checksum.starts_with(&format!("{}+", before.checksum)), "{}", update.checksum);
    let changes = update.changes.as_ref().unwrap();
    assert_eq!(changes.packages[0].name, "vim-enhanced");
    assert_eq!(changes.advisories[0].severity, Severity::Important);
    assert_eq!(check(&engine).await, update, "the same each time");

    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    assert!(planned.restart_needed, "{planned:?}");
    run(&engine, &planned).await.unwrap();
    let now = status(&engine).await;
    assert_eq!(now.next().unwrap().checksum, update.checksum);
    assert_eq!(now.running().unwrap().checksum, before.checksum);
    assert!(engine.check(&Context::default()).await.unwrap().unwrap().staged);

    played.restart();
    let after = status(&engine).await;
    assert_eq!(after.running().unwrap().checksum, update.checksum);
    assert_eq!(engine.check(&Context::default()).await.unwrap(), None);
    // Who goes back from it has refused it, and not the base that both stand on.
    let back = plan(&engine, Wish::GoBack {}, None).await.unwrap();
    let skip = Step::Skip { checksum: update.checksum.clone(), version: update.version.clone() };
    assert!(back.steps.contains(&skip), "{back:?}");
    run(&engine, &back).await.unwrap();
    played.restart();
    assert_eq!(status(&engine).await.running().unwrap().checksum, before.checksum);
    assert_eq!(check(&engine).await.checksum, update.checksum, "the service knows it by that");
    let forth = plan(&engine, Wish::GoBack {}, None).await.unwrap();
    assert!(!forth.steps.iter().any(|step| matches!(step, Step::Skip { .. })), "{forth:?}");
    played.nothing_unknown();
}

#[tokio::test]
async fn only_what_was_planned_is_prepared() {
    let (played, engine) = machine().await;
    let update = check(&engine).await;
    let before = status(&engine).await;
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    newer(&played, "2:9.1.2200-1.fc43");
    assert_eq!(run(&engine, &planned).await, Err(Problem::PlanOutdated));
    tell(&played, |state| state["newer"] = json!({}));
    assert_eq!(run(&engine, &planned).await, Err(Problem::PlanOutdated));
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn they_can_be_fetched_and_wait() {
    let (played, engine) = machine().await;
    let update = check(&engine).await;
    fulfil(&engine, Wish::Download {}, Some(&update)).await;
    let now = status(&engine).await;
    assert!(now.staged().unwrap().held && now.staged().unwrap().checksum == update.checksum, "{now:?}");
    let here = engine.check(&Context::default()).await.unwrap().unwrap();
    assert!(here.downloaded && !here.staged);
    fulfil(&engine, Wish::update(), Some(&here)).await;
    let now = status(&engine).await;
    assert!(now.restart_pending() && now.next().unwrap().checksum == update.checksum, "{now:?}");
    played.nothing_unknown();
}

#[tokio::test]
async fn what_changes_nothing_has_failed() {
    let (played, engine) = machine().await;
    tell(&played, |state| state["deployments"][0]["requested-packages"] = json!([]));
    let update = check(&engine).await;
    let before = status(&engine).await;
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    assert_eq!(run(&engine, &planned).await.unwrap_err().code(), "engine-failed");
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn without_its_note_a_version_is_told_by_its_base() {
    let (played, engine) = machine().await;
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    let base = status(&engine).await.running().unwrap().checksum.clone();
    let commit = status(&engine).await.next().unwrap().id.to_string();
    let commit = commit.trim_start_matches("fedora-").trim_end_matches(".0").to_owned();
    for garbage in [
        "",
        "{",
        "[]",
        &json!({ &commit: "a b" }).to_string(),
        &json!({ &commit: "c".repeat(64) }).to_string(),
    ] {
        played.stage.write(NOTES, garbage).unwrap();
        assert_eq!(status(&engine).await.next().unwrap().checksum, base, "{garbage}");
    }
}
