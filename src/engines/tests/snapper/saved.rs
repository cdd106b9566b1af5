//! Snapshots that a person makes, and those that snapper's own rules no longer keep.

use super::{Debian, SNAPPERD, id};
use crate::conformance::{fulfil, plan, status};
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_jobs::{CancelReason, Context};
use cairn_model::{Ability, Problem, Step, Wish};

#[tokio::test]
async fn what_runs_is_saved_under_a_name() {
    let debian = Debian::new().await;
    assert!(debian.engine.abilities().contains(&Ability::Snapshot));
    for name in ["Vor der Reise \\ 1", ""] {
        let before = status(&debian.engine).await;
        fulfil(&debian.engine, Wish::Snapshot { name: name.into() }, None).await;
        let after = status(&debian.engine).await;
        let made = after.deployments.iter().find(|d| before.find(&d.id).is_none()).unwrap();
        assert_eq!(made.name.as_deref().unwrap_or_default(), name);
        assert!(made.kept && made.previous && !made.next, "{made:?}");
        assert_eq!(
            (after.running(), after.deployments.len()),
            (before.running(), before.deployments.len() + 1)
        );
    }
    let full = Mood::Failing { status: 0, error: "error.create_snapshot_failed".into(), words: "no".into() };
    let before = debian.disk();
    debian.played.mood(SNAPPERD, full);
    let step = Step::Snapshot { name: "x".into() };
    assert_eq!(debian.engine.run(&step, &Context::default()).await.unwrap_err().code(), "engine-failed");
    debian.played.mood(SNAPPERD, Mood::Well);
    let stopped = Context::default();
    stopped.cancel.cancel(CancelReason::Asked);
    assert_eq!(debian.engine.run(&step, &stopped).await, Err(Problem::Cancelled));
    assert_eq!(debian.disk(), before);
    debian.played.nothing_unknown();
}

#[tokio::test]
async fn what_snapper_no_longer_keeps_is_cleaned_up() {
    let debian = Debian::new().await;
    let told = plan(&debian.engine, Wish::Cleanup {}, None).await.unwrap();
    assert_eq!((told.frees, told.restart_needed), (None, false));
    let before = debian.disk();
    let failing = Mood::Failing { status: 1, error: String::new(), words: "locked".into() };
    for (mood, code) in [(failing, "tool-failed"), (Mood::Killed, "tool-failed")] {
        debian.played.mood("snapper", mood);
        let failed = debian.engine.run(&Step::Cleanup, &Context::default()).await.unwrap_err();
        assert_eq!((failed.code(), debian.disk()), (code, before.clone()));
    }
    debian.played.mood("snapper", Mood::Well);
    fulfil(&debian.engine, Wish::Cleanup {}, None).await;
    let numbers: Vec<u64> = debian.disk()["snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 40, 42, 43], "what runs, what is important and the two newest");

    // What is known to work is not left to rules that know nothing of it.
    let mut known = status(&debian.engine).await;
    known.deployments.iter_mut().find(|d| d.id == id(40)).unwrap().last_known_good = true;
    let refused = debian.engine.plan(&Wish::Cleanup {}, &known, None).await.unwrap_err();
    assert_eq!(refused, Problem::IsLastKnownGood { version: "40".into() });

    debian
        .played
        .stage
        .write("/etc/snapper/configs/root", "SUBVOLUME=\"/\"\nNUMBER_CLEANUP=\"no\"\n")
        .unwrap();
    assert!(!debian.engine.abilities().contains(&Ability::Cleanup));
    let refused = debian.engine.run(&Step::Cleanup, &Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
    debian.played.nothing_unknown();
}
