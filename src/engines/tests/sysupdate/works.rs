//! Telling the boot loader whether what it started works.

use super::Machine;
use crate::conformance::status;
use cairn_demo::systems::Mood;
use cairn_demo::systems::sysupdate::bless::NAME;
use cairn_demo::systems::sysupdate::bootctl::{STATE, Variables};
use cairn_demo::systems::sysupdate::{PROGRAM, SERVICE};
use cairn_engines::Engine;
use cairn_jobs::{CancelReason, Context};
use cairn_model::{Defect, Problem};
use std::time::Duration;

const ENTRIES: &str = "/efi/EFI/Linux";

/// One whose running version is being tried.
async fn tried() -> Machine {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let stage = &machine.played.stage;
    stage.change(STATE, |variables: &mut Variables| variables.counted = true).unwrap();
    stage.remove(&format!("{ENTRIES}/gnomeos_50.5.efi")).unwrap();
    stage.write(&format!("{ENTRIES}/gnomeos_50.5+2-1.efi"), "").unwrap();
    machine
}

fn entries(machine: &Machine) -> Vec<String> {
    machine.played.host().list(ENTRIES)
}

async fn confirm(machine: &Machine, good: bool) -> Result<(), Problem> {
    machine.engine.confirm(good, &Context::default()).await
}

#[tokio::test]
async fn what_works_is_counted_no_longer() {
    let machine = tried().await;
    for _ in 0..2 {
        confirm(&machine, true).await.unwrap();
        assert_eq!(entries(&machine), ["gnomeos_50.4.efi", "gnomeos_50.5.efi"]);
    }
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn what_does_not_work_starts_last() {
    let machine = tried().await;
    confirm(&machine, false).await.unwrap();
    assert_eq!(entries(&machine), ["gnomeos_50.4.efi", "gnomeos_50.5+0-1.efi"]);
    let after = status(&machine.engine).await;
    assert_eq!(after.running().unwrap().defect, Some(Defect::MarkedBad));
    assert_eq!(after.next().unwrap().version, "50.4");
    confirm(&machine, true).await.expect("somebody thinks better of it");
    assert_eq!(status(&machine.engine).await.next().unwrap().version, "50.5");
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn where_nobody_counts_nothing_is_told() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let before = entries(&machine);
    confirm(&machine, false).await.unwrap();
    let without = Machine::new("particleos", PROGRAM).await;
    confirm(&without, false).await.expect("the program is not there");
    assert_eq!(entries(&machine), before);
}

#[tokio::test]
async fn what_was_not_told_is_said() {
    let machine = tried().await;
    let engine = machine.engine.clone().patience(Duration::from_secs(3));
    let before = entries(&machine);
    let stopped = Context::default();
    stopped.cancel.cancel(CancelReason::Asked);
    assert_eq!(engine.confirm(true, &stopped).await, Err(Problem::Cancelled));
    for (mood, code) in [
        (
            Mood::Failing { status: 1, error: String::new(), words: "Read-only file system".into() },
            "tool-failed",
        ),
        (Mood::Garbled, "bad-answer"),
        (Mood::Saying { answer: "perhaps\n".into() }, "bad-answer"),
        // It says that it did, and nothing changes.
        (Mood::Saying { answer: "indeterminate\n".into() }, "engine-failed"),
        (Mood::Stuck, "tool-hung"),
    ] {
        machine.played.mood(NAME, mood.clone());
        assert_eq!(engine.confirm(true, &Context::default()).await.unwrap_err().code(), code, "{mood:?}");
        assert_eq!(entries(&machine), before);
    }
    machine.played.mood(NAME, Mood::Well);
    machine.played.stage.remove(&format!("{ENTRIES}/gnomeos_50.5+2-1.efi")).unwrap();
    assert_eq!(confirm(&machine, true).await.unwrap_err().code(), "engine-failed");
    machine.played.nothing_unknown();
}
