//! The main job on the command line, exactly as the README says it; after each step libostree agrees.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cairn_testkit::world::{binaries, data, missing};
use std::process::Command;

/// Runs a script in the demo, as `./dev demo -- sh -c SCRIPT` does, and returns what it wrote.
fn demo(script: &str) -> (Option<i32>, String) {
    let output = Command::new(binaries().join("cairn-demo"))
        .arg("show")
        .arg("--bin")
        .arg(binaries())
        .arg("--data")
        .arg(data())
        .args(["--", "sh", "-c", script])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), text + &String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_readmes_command_updates_and_restarts() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let (status, text) = demo("cairnctl update && cairn-demo restart && cairnctl status --json");
    assert_eq!(status, Some(0), "{text}");
    let json = text.lines().find(|l| l.starts_with("{\"format_version\"")).expect(&text);
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(json["status"]["running"]["version"], "44.2", "{text}");
    assert_eq!(json["status"]["running"]["health"]["kind"], "trial");
    assert_eq!(json["status"]["previous"]["version"], "44.1");
}

/// Version lines of `ostree admin status` with their marks, on the sysroot that the demo names.
const TRUTH: &str = r#"truth() { ostree admin --sysroot="$CAIRN_DEMO_SYSROOT" status | sed -n 's/^ *Version: //p' | tr '\n' ' '; echo; }"#;

#[test]
fn each_step_is_what_libostree_says() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let script = format!(
        "{TRUTH}
        set -e
        echo \"start $(truth)\"
        cairnctl update
        cairnctl status | grep 'Next start'
        cairn-demo exec ostree admin status | grep -q staged
        cairn-demo restart
        echo \"updated $(truth)\"
        cairnctl go-back
        echo \"chosen $(truth)\"
        cairn-demo restart
        echo \"back $(truth)\"
        cairnctl update
        cairnctl check --json | tail -n 1
        cairnctl history
        cairn-demo publish 44.4
        cairnctl update
        cairn-demo restart
        echo \"newer $(truth)\"
        cairnctl works
        cairnctl name previous Old
        cairnctl keep Old
        if cairnctl remove Old; then exit 9; fi
        cairnctl unkeep Old
        cairnctl remove Old
        echo \"removed $(truth)\""
    );
    let (status, text) = demo(&script);
    assert_eq!(status, Some(0), "{text}");
    for line in [
        "start 44.1 43.4 ",
        "updated 44.2 44.1 ",
        "chosen 44.1 44.2 ",
        "back 44.1 44.2 ",
        "newer 44.4 44.1 ",
        "removed 44.4 ",
        "Went back to 44.1",
        "You went back from version 44.2. It is not offered again",
        "Next start             44.2",
    ] {
        assert!(text.contains(line), "“{line}” is not in:\n{text}");
    }
    assert!(text.contains("\"skipped\":true"), "{text}");
}

#[test]
fn the_bad_version_says_what_is_wrong() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let (status, text) = demo(
        "set -e
        cairn-demo publish 44.3
        cairnctl update
        cairn-demo restart
        cairnctl status >/dev/null
        until cairnctl status --json | grep -q '\"kind\":\"bad\"'; do sleep 0.1; done
        cairnctl versions
        cairnctl go-back
        cairn-demo restart
        cairnctl status",
    );
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("problem with: login screen"), "{text}");
    assert!(text.contains("Version 44.3 did not work: login screen"), "{text}");
}
