//! What may happen in the middle of an update. Each leaves the running system and the boot entries as they were, says
//! clearly what happened, and the next update works without repair.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cairn_demo::Failure;
use cairn_model::Problem;
use cairn_model::history::Outcome;
use cairn_model::system::Notice;
use cairn_testkit::disk::Disk;
use cairn_testkit::world::{Test, binaries, missing};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

macro_rules! world {
    () => {
        match missing() {
            None => Test::start().await.unwrap(),
            Some(reason) => {
                println!("skipped: {reason}");
                return;
            }
        }
    };
}

/// Starts `cairnctl update --json` and waits until bytes come.
async fn update_under_way(test: &Test) -> Child {
    test.world.server().limit(Some(4_000_000));
    let child = Command::new(binaries().join("cairnctl"))
        .args(["update", "--json"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", test.world.bus_address())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let before = test.world.server().bytes();
    while test.world.server().bytes() < before + 4_000_000 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The system is as it was, and an update without disturbance ends in the new version.
async fn unharmed(mut test: Test, truth: &str) {
    assert_eq!(test.truth().await.unwrap(), truth, "the system is not as it was");
    test.world.server().fail(Failure::None);
    test.world.server().limit(None);
    let output = test.cairnctl(0, &["update"]).unwrap();
    assert!(output.status.success(), "the next update: {}", text(&output));
    let notices = test.status().await.unwrap().notices;
    assert!(notices.is_empty(), "what was cut off is settled by the next success: {notices:?}");
    test.world.restart().await.unwrap();
    assert_eq!(test.booted().await.unwrap(), "44.2");
    assert_eq!(test.status().await.unwrap().running().unwrap().version, "44.2");
    test.world.run("ostree", &["fsck", "-q"]).await.unwrap();
    test.world.stop().await.unwrap();
}

/// The newest line of the history.
async fn last(test: &Test) -> Outcome {
    test.client().await.unwrap().history(1, 0).await.unwrap().remove(0).outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_in_the_middle_of_a_download() {
    let test = world!();
    let truth = test.truth().await.unwrap();
    let child = update_under_way(&test).await;
    assert!(test.cairnctl(0, &["cancel"]).unwrap().status.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output));
    assert!(text(&output).contains("\"cancelling\"") || text(&output).contains("\"cancelled\""));
    assert_eq!(last(&test).await, Outcome::Cancelled);
    unharmed(test, &truth).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_staging() {
    let test = world!();
    let truth = test.truth().await.unwrap();
    let child = update_under_way(&test).await;
    test.kill_service().await.unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success() && text(&output).contains("\"interrupted\""), "{}", text(&output));
    let status = test.status().await.unwrap();
    assert!(
        matches!(&status.notices[..], [Notice::Interrupted { wish, step }] if wish == "update" && step == "pull")
    );
    assert_eq!(last(&test).await, Outcome::Interrupted { step: "pull".into() });
    let said = text(&test.cairnctl(0, &["status"]).unwrap());
    assert!(said.contains("It was cut off. Your system is as it was."), "{said}");
    unharmed(test, &truth).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again() {
    let test = world!();
    let truth = test.truth().await.unwrap();
    // Later each time, so that fetching, writing and staging are all hit.
    for round in 0..8_u64 {
        test.world.server().limit(Some(40_000_000));
        let mut child = Command::new(binaries().join("cairnctl"))
            .arg("update")
            .env("DBUS_SYSTEM_BUS_ADDRESS", test.world.bus_address())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(60 + 170 * round)).await;
        let _ = test.kill_service().await;
        child.wait().unwrap();
        let status = test.status().await.unwrap();
        assert_eq!(status.running().unwrap().version, "44.1");
        if status.staged().is_some() {
            // It was done before it was killed: old or new, never a third.
            assert!(test.cairnctl(0, &["drop"]).unwrap().status.success());
        }
        assert_eq!(test.truth().await.unwrap(), truth, "round {round}");
    }
    unharmed(test, &truth).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_gone() {
    let test = world!();
    let truth = test.truth().await.unwrap();
    let child = update_under_way(&test).await;
    test.world.server().fail(Failure::Gone);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("\"code\":\"network\""), "{}", text(&output));
    assert!(matches!(last(&test).await, Outcome::Failed { problem: Problem::Network { .. } }));
    let again = text(&test.cairnctl(0, &["check"]).unwrap());
    assert!(again.contains("The update server cannot be reached.\nCheck your connection"), "{again}");
    unharmed(test, &truth).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_object() {
    let test = world!();
    let truth = test.truth().await.unwrap();
    test.cairnctl(0, &["check"]).unwrap();
    test.world.server().fail(Failure::Corrupt);
    let output = test.cairnctl(0, &["update"]).unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(
        text(&output).contains("The download was damaged.\nNothing of it was used."),
        "{}",
        text(&output)
    );
    unharmed(test, &truth).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unsigned_update_where_a_signature_is_asked_for() {
    let test = world!();
    let truth = test.truth().await.unwrap();
    test.world.server().fail(Failure::Unsigned);
    for command in ["check", "update"] {
        let output = test.cairnctl(0, &[command]).unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        assert!(text(&output).contains("The update is not signed by its maker."), "{}", text(&output));
    }
    assert!(matches!(last(&test).await, Outcome::Failed { problem: Problem::Unsigned { .. } }));
    assert!(test.status().await.unwrap().staged().is_none());
    unharmed(test, &truth).await;
}

fn free(path: &Path) -> u64 {
    let stat = rustix::fs::statvfs(path).unwrap();
    stat.f_bavail * stat.f_frsize
}

/// Leaves so many bytes on the disk.
fn fill(disk: &Disk, leave: u64) {
    let file = std::fs::File::create(disk.path().join("filler")).unwrap();
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, free(&disk.path()) - leave).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_little_space_is_found_before_the_download() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let Some(disk) = Disk::new(500).unwrap() else { return println!("skipped: no loop devices") };
    let test = Test::start_in(&disk.path()).await.unwrap();
    let truth = test.truth().await.unwrap();
    test.cairnctl(0, &["check"]).unwrap();
    fill(&disk, 30 << 20);
    let bytes = test.world.server().bytes();
    let output = test.cairnctl(0, &["plan", "update", "--json"]).unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let json: serde_json::Value = serde_json::from_str(text(&output).lines().last().unwrap()).unwrap();
    assert_eq!(json["problem"]["code"], "no-space");
    assert_eq!(json["problem"]["mount"], "/");
    let missing = json["problem"]["missing"].as_u64().unwrap();
    assert!(missing > 1 << 20, "{json}");
    assert!(test.world.server().bytes() - bytes < 1 << 20, "the content was downloaded nevertheless");
    let words = text(&test.cairnctl(0, &["update"]).unwrap());
    assert!(words.contains("Not enough space.") && words.contains("more are needed."), "{words}");
    std::fs::remove_file(disk.path().join("filler")).unwrap();
    unharmed(test, &truth).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_fills_up_in_the_middle() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let Some(disk) = Disk::new(500).unwrap() else { return println!("skipped: no loop devices") };
    let test = Test::start_in(&disk.path()).await.unwrap();
    let truth = test.truth().await.unwrap();
    let child = update_under_way(&test).await;
    fill(&disk, 1 << 20);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("\"code\":\"no-space\""), "{}", text(&output));
    assert!(matches!(last(&test).await, Outcome::Failed { problem: Problem::NoSpace { missing: 1.., .. } }));
    std::fs::remove_file(disk.path().join("filler")).unwrap();
    unharmed(test, &truth).await;
}
