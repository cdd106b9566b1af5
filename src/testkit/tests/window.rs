//! The window by its real buttons, through the accessibility bus under Xvfb, in the demo world.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cairn_testkit::disk::Disk;
use cairn_testkit::world::{binaries, data, missing};
use std::path::Path;
use std::process::Command;

/// Plays a piece in a fresh demo world.
fn play(piece: &str) {
    play_in(piece, None);
}

/// The same, with the world in that folder.
fn play_in(piece: &str, place: Option<&Path>) {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = binaries().join("cairn-demo");
    let mut command = Command::new(&program);
    command.arg("run");
    if let Some(place) = place {
        command.arg("--work").arg(place.join("world"));
    }
    let output = command
        .arg("--bin")
        .arg(binaries())
        .arg("--data")
        .arg(data())
        .args(["--rate", "4000000", "--"])
        .arg(&program)
        .args(["play", piece, "--data"])
        .arg(data())
        .arg(folder.path())
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    // The toolkit complains when a widget is misused; a critical message is a fault of ours.
    assert!(!text.contains("-CRITICAL"), "{text}");
}

#[test]
fn the_main_job_by_pressing_buttons() {
    play("tour");
}

#[test]
fn apps_by_pressing_buttons() {
    play("apps");
}

#[test]
fn apps_without_a_connection_and_after_a_stop() {
    play("app-faults");
}

#[test]
fn every_fault_is_said_and_can_be_repaired() {
    play("faults");
}

#[test]
fn every_button_of_the_versions_and_the_history() {
    play("buttons");
}

#[test]
fn a_disk_that_fills_up_is_said() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let Some(disk) = Disk::new(500).unwrap() else { return println!("skipped: no loop devices") };
    play_in("full", Some(&disk.path()));
}
