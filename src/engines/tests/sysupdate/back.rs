//! Going back and choosing what starts, where systemd-boot can be asked.

use super::{Machine, in_the_middle};
use crate::conformance::{self, can, fulfil, plan, status};
use cairn_demo::systems::Mood;
use cairn_demo::systems::sysupdate::bootctl::{NAME, STATE, Variables};
use cairn_demo::systems::sysupdate::{Image, PROGRAM, SERVICE, State};
use cairn_engines::Engine;
use cairn_engines::sysupdate::Sysupdate;
use cairn_jobs::{CancelReason, Context};
use cairn_model::plan::Warning;
use cairn_model::{Ability, Defect, Problem, Step, Wish};
use serde_json::json;
use std::time::Duration;

fn variables(machine: &Machine) -> Variables {
    machine.played.stage.state(STATE).unwrap()
}

fn versions(status: &cairn_model::SystemStatus) -> (&str, &str) {
    (&status.running().unwrap().version, &status.next().unwrap().version)
}

#[tokio::test]
async fn goes_back_and_the_next_update_starts_all_the_same() {
    for (system, old, new) in [("gnomeos", "50.4", "50.6"), ("gnomeos-nightly", "20261118.0", "20261123.0")] {
        let machine = Machine::new(system, SERVICE).await;
        assert!(!can(&machine.engine, Ability::Rollback), "nobody has asked the boot loader yet");
        status(&machine.engine).await;
        assert!(can(&machine.engine, Ability::Rollback) && can(&machine.engine, Ability::StartNext));
        fulfil(&machine.engine, Wish::GoBack {}, None).await;
        assert_eq!(variables(&machine).default, format!("gnomeos_{old}.efi"));
        machine.played.restart();
        let back = status(&machine.engine).await;
        assert_eq!(versions(&back), (old, old));
        assert!(back.previous().is_none(), "nothing older is here");
        let update = conformance::check(&machine.engine).await;
        fulfil(&machine.engine, Wish::update(), Some(&update)).await;
        assert_eq!(versions(&status(&machine.engine).await), (old, new));
        assert_eq!(variables(&machine).default, "", "nothing holds back what comes after");
        machine.played.nothing_unknown();
    }
}

#[tokio::test]
async fn what_starts_by_itself_needs_no_choice() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let before = status(&machine.engine).await;
    fulfil(&machine.engine, Wish::GoBack {}, None).await;
    let chosen = status(&machine.engine).await;
    assert_eq!(versions(&chosen), ("50.5", "50.4"));
    assert_eq!(plan(&machine.engine, Wish::GoBack {}, None).await.unwrap_err(), Problem::NothingPrevious);
    let stay = Wish::StartNext { id: chosen.running().unwrap().id.clone() };
    fulfil(&machine.engine, stay, None).await;
    assert_eq!(variables(&machine).default, "");
    assert_eq!(status(&machine.engine).await.deployments, before.deployments);
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn a_version_that_was_put_in_place_and_never_let_start_is_asked_for() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    status(&machine.engine).await;
    fulfil(&machine.engine, Wish::GoBack {}, None).await;
    // Another program updates, which does not know of the choice.
    let image = |version: &str| Image { version: version.into(), installed: true, ..Image::default() };
    let images = vec![image("50.6"), Image { protected: true, ..image("50.5") }, image("50.4")];
    machine.played.stage.change("sysupdate", |state: &mut State| state.images = images).unwrap();
    machine.played.stage.write("/efi/EFI/Linux/gnomeos_50.6+3.efi", "").unwrap();
    assert_eq!(versions(&status(&machine.engine).await), ("50.5", "50.4"));
    let update = machine.engine.check(&Context::default()).await.unwrap().unwrap();
    assert_eq!((update.version.as_str(), update.downloaded, update.staged), ("50.6", true, false));
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
    machine.engine.run(&step, &Context::default()).await.unwrap();
    assert_eq!(versions(&status(&machine.engine).await), ("50.5", "50.6"));
    let update = machine.engine.check(&Context::default()).await.unwrap().unwrap();
    assert!(update.staged && !update.downloaded, "{update:?}");
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn what_cannot_start_is_not_chosen() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let entry = |tries: &str| format!("/efi/EFI/Linux/gnomeos_50.4{tries}.efi");
    let old = status(&machine.engine).await.previous().unwrap().id.clone();
    machine.played.stage.remove(&entry("")).unwrap();
    machine.played.stage.write(&entry("+0-3"), "").unwrap();
    let bad = status(&machine.engine).await;
    assert_eq!(bad.find(&old).unwrap().defect, Some(Defect::MarkedBad));
    assert_eq!(plan(&machine.engine, Wish::GoBack {}, None).await.unwrap_err(), Problem::NothingPrevious);
    let start = plan(&machine.engine, Wish::StartNext { id: old.clone() }, None).await;
    assert_eq!(start.unwrap_err().code(), "cannot-start");
    let step = Step::SetDefault { id: old.clone() };
    let refused = machine.engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "cannot-start");

    // Another way to start an image, such as a reset, is no way to start a version.
    machine.played.stage.remove(&entry("+0-3")).unwrap();
    let reset = json!({ "type": "type2", "id": "gnomeos_50.4.efi@1", "version": "50.4", "profile": 1 });
    let windows = json!({ "type": "auto", "id": "auto-windows", "title": "Windows" });
    let others = vec![reset, windows];
    machine.played.stage.change(STATE, |variables: &mut Variables| variables.others = others).unwrap();
    let none = status(&machine.engine).await;
    assert_eq!(none.find(&old).unwrap().defect, Some(Defect::NoBootEntry));
    assert!(!can(&machine.engine, Ability::Rollback), "nothing else could be started");
    let refused = machine.engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn a_choice_that_is_not_kept_is_no_success() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let before = status(&machine.engine).await;
    machine.played.stage.change(STATE, |variables: &mut Variables| variables.locked = true).unwrap();
    let step = Step::SetDefault { id: before.previous().unwrap().id.clone() };
    assert_eq!(machine.engine.run(&step, &Context::default()).await.unwrap_err().code(), "tool-failed");
    assert_eq!(status(&machine.engine).await.deployments, before.deployments);
    let unknown = Step::SetDefault { id: cairn_model::DeploymentId::new("49.0").unwrap() };
    assert_eq!(machine.engine.run(&unknown, &Context::default()).await.unwrap_err().code(), "not-found");
}

#[tokio::test]
async fn nothing_is_chosen_while_another_changes_something() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let other = Sysupdate::new(machine.played.host());
    let ended = in_the_middle(&machine, async |ctx| {
        machine.played.mood(SERVICE, Mood::Well);
        let status = other.status().await.unwrap();
        let old = status.deployments.last().unwrap().id.clone();
        let refused = other.plan(&Wish::GoBack {}, &status, None).await.unwrap_err();
        assert_eq!(refused, Problem::BusyElsewhere);
        let refused = other.run(&Step::SetDefault { id: old }, &Context::default()).await.unwrap_err();
        assert_eq!(refused, Problem::BusyElsewhere);
        ctx.cancel.cancel(CancelReason::Shutdown);
    })
    .await;
    assert!(matches!(ended, Err(Problem::Cancelled) | Ok(())), "{ended:?}");
}

#[tokio::test]
async fn a_boot_loader_that_nobody_can_ask_decides_nothing() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let engine = machine.engine.clone().patience(Duration::from_secs(3));
    let failing = Mood::Failing { status: 1, error: String::new(), words: "Couldn't find EFI".into() };
    let old = status(&engine).await.previous().unwrap().id.clone();
    for mood in [failing, Mood::Killed, Mood::Saying { answer: "[]".into() }] {
        machine.played.mood(NAME, mood.clone());
        let read = status(&engine).await;
        assert_eq!(versions(&read), ("50.5", "50.5"), "{mood:?}");
        assert!(read.previous().is_none() && !read.can(Ability::Rollback), "{mood:?}");
        let refused = plan(&engine, Wish::StartNext { id: old.clone() }, None).await.unwrap_err();
        assert_eq!(refused.code(), "not-supported", "{mood:?}");
    }
    for mood in [Mood::Truncated, Mood::Huge, Mood::Garbled, Mood::Saying { answer: "nothing".into() }] {
        machine.played.mood(NAME, mood.clone());
        assert_eq!(engine.status().await.unwrap_err().code(), "bad-answer", "{mood:?}");
    }
    machine.played.mood(NAME, Mood::Stuck);
    assert_eq!(engine.status().await.unwrap_err().code(), "tool-hung");
    machine.played.mood(NAME, Mood::Well);
    assert!(status(&engine).await.can(Ability::Rollback));
    machine.played.stage.remove("/usr/bin/bootctl").unwrap();
    assert!(!status(&engine).await.can(Ability::Rollback));
}

#[tokio::test]
async fn the_way_back_is_named_where_it_makes_room() {
    for (system, worker, old) in [("gnomeos", SERVICE, "50.4"), ("particleos", PROGRAM, "20261104080127")] {
        let machine = Machine::new(system, worker).await;
        let update = conformance::check(&machine.engine).await;
        let replaces = |plan: cairn_model::Plan| {
            plan.warnings.into_iter().find(|w| matches!(w, Warning::ReplacesNow { .. }))
        };
        let before = plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap();
        assert_eq!(replaces(before), None, "three have room");
        let file = "/usr/lib/sysupdate.d/70-uki.transfer";
        let words = machine.played.stage.read(file).unwrap().replace("InstancesMax=3", "InstancesMax=2");
        machine.played.stage.write(file, &words).unwrap();
        let planned = plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap();
        assert_eq!(replaces(planned), Some(Warning::ReplacesNow { version: old.into() }));
        let cleanup = plan(&machine.engine, Wish::Cleanup {}, None).await.unwrap();
        assert_eq!(replaces(cleanup), None);
    }
}

#[tokio::test]
async fn variables_that_cannot_be_written_are_only_read() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let mounts = |options: &str| {
        let table = format!(
            "22 1 0:19 / / rw - ext4 /dev/vda1 rw\n23 22 0:20 / /sys/firmware/efi/efivars {options} - efivarfs efivarfs rw\n"
        );
        machine.played.stage.write("/proc/self/mountinfo", &table).unwrap();
        machine.played.stage.write("/sys/firmware/efi/efivars/LoaderEntryDefault", "").unwrap();
    };
    mounts("ro,nosuid");
    let seen = status(&machine.engine).await;
    assert!(!can(&machine.engine, Ability::Rollback) && !can(&machine.engine, Ability::StartNext));
    assert_eq!(plan(&machine.engine, Wish::GoBack {}, None).await.unwrap_err().code(), "not-supported");
    let older = seen.deployments.iter().find(|d| !d.running).unwrap().id.clone();
    let refused = machine.engine.run(&Step::SetDefault { id: older }, &Context::default()).await.unwrap_err();
    assert_eq!((refused.code(), variables(&machine).default.as_str()), ("not-supported", ""));
    mounts("rw,nosuid");
    status(&machine.engine).await;
    assert!(can(&machine.engine, Ability::Rollback));
}
