//! `cairnctl apps` against a real remote, in a home of its own; after each change flatpak itself agrees.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "apps_cli/shop.rs"]
mod shop;

use cairn_demo::Failure;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use shop::{Shop, said};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

macro_rules! shop {
    ($script:expr) => {
        match Shop::missing() {
            None => Shop::open($script).await,
            Some(reason) => {
                println!("skipped: {reason}");
                return;
            }
        }
    };
}

/// Two apps; the second is content without the network.
const TWO: &str = "app Paint 1.0 'shared=network;' 20000; app Notes 1.0 '' 1000; index";

/// The ids in a list of things with a `reference`.
fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(|one| one["reference"].as_str()?.split('/').nth(1)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_found_looked_at_installed_and_removed() {
    let shop = shop!(TWO);
    let found = shop.cairnctl(&["apps", "search", "paint"]);
    assert_eq!(found.json["apps"][0]["id"], "org.cairntest.Paint", "{found:?}");
    let info = shop.cairnctl(&["apps", "info", "Paint"]);
    assert_eq!(info.json["app"]["details"]["license"], "GPL-3.0-or-later", "{info:?}");
    assert_eq!(info.json["app"]["permissions"][0]["permission"], "network", "{info:?}");
    assert!(info.json["app"]["download_bytes"].as_u64().unwrap() > 0, "{info:?}");

    let plan = shop.cairnctl(&["apps", "install", "paint", "--dry-run"]);
    assert_eq!(
        ids(&plan.json["plan"]["operations"]),
        ["org.cairntest.Platform", "org.cairntest.Paint"],
        "{plan:?}"
    );
    assert_eq!(shop.truth(), [""; 0], "a dry run changes nothing");

    let installed = shop.told(&["apps", "install", "paint"]);
    assert_eq!(installed.status, Some(0), "{installed:?}");
    assert!(installed.text.contains("Paint is installed."), "{installed:?}");
    assert!(shop.truth()[0].starts_with("org.cairntest.Paint "), "{:?}", shop.truth());
    let again = shop.cairnctl(&["apps", "install", "org.cairntest.Paint"]);
    assert_eq!(
        (again.status, &again.json["done"]["nothing"]["code"]),
        (Some(0), &"app-installed".into()),
        "{again:?}"
    );

    let list = shop.cairnctl(&["apps", "list"]);
    assert_eq!(ids(&list.json["installed"]), ["org.cairntest.Paint"], "{list:?}");
    let in_use = shop.cairnctl(&["apps", "remotes", "remove", "shop"]);
    assert_eq!(
        (in_use.status, &in_use.json["problem"]["code"]),
        (Some(3), &"remote-in-use".into()),
        "{in_use:?}"
    );

    let removed = shop.cairnctl(&["apps", "remove", "Paint"]);
    assert_eq!((removed.status, &removed.json["done"]["state"]), (Some(0), &"done".into()), "{removed:?}");
    assert_eq!(shop.truth(), [""; 0]);
    let unused = shop.cairnctl(&["apps", "unused"]);
    assert_eq!(ids(&unused.json["unused"]), ["org.cairntest.Platform"], "{unused:?}");
    assert_eq!(shop.cairnctl(&["apps", "unused", "--remove"]).status, Some(0));
    assert_eq!(shop.cairnctl(&["apps", "unused"]).json["unused"], Value::Array(Vec::new()));
    let gone = shop.cairnctl(&["apps", "remotes", "remove", "shop"]);
    assert_eq!(gone.status, Some(0), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_that_want_more_wait_for_a_yes() {
    let shop = shop!(TWO);
    for app in ["Paint", "Notes"] {
        let installed = shop.cairnctl(&["apps", "install", app]);
        assert_eq!(installed.status, Some(0), "{installed:?}");
    }
    let before = shop.truth();
    let none = shop.cairnctl(&["apps", "update"]);
    assert_eq!(
        (none.status, &none.json["done"]["nothing"]["code"]),
        (Some(0), &"no-update".into()),
        "{none:?}"
    );

    shop.publish(
        "app Paint 2.0 'shared=network;' 20000; app Notes 2.0 'shared=network;filesystems=home;' 1000; index",
    );
    let check = shop.cairnctl(&["apps", "check"]);
    assert_eq!(check.json["check"]["updates"].as_array().map(Vec::len), Some(2), "{check:?}");
    assert_eq!(check.json["check"]["updates"][1]["version"], "2.0", "{check:?}");
    let said = shop.told(&["apps", "check"]);
    assert!(said.text.contains("Paint · 1.0 → 2.0"), "{said:?}");
    let updated = shop.told(&["apps", "update"]);
    assert_eq!(updated.status, Some(0), "{updated:?}");
    assert!(updated.text.contains("Notes is not updated, because its new version wants more"), "{updated:?}");
    let between = shop.truth();
    assert_eq!(between[0], before[0], "the notes stay as they are");
    assert_ne!(between[1], before[1], "the painting is new");
    let allowed = shop.cairnctl(&["apps", "update", "notes", "--allow-permissions"]);
    assert_eq!(allowed.status, Some(0), "{allowed:?}");
    assert_ne!(shop.truth()[0], before[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_back_holds_until_released() {
    let shop = shop!(TWO);
    assert_eq!(shop.cairnctl(&["apps", "install", "Paint"]).status, Some(0));
    let first = shop.truth();
    shop.publish("app Paint 2.0 'shared=network;' 20000; index");
    assert_eq!(shop.cairnctl(&["apps", "update"]).status, Some(0));
    let second = shop.truth();
    assert_ne!(first, second);

    let versions = shop.cairnctl(&["apps", "versions", "Paint"]);
    let list = versions.json["versions"].as_array().unwrap();
    assert_eq!(list.len(), 2, "{versions:?}");
    assert_eq!((&list[0]["current"], &list[1]["was_here"]), (&true.into(), &true.into()), "{versions:?}");
    let back = shop.cairnctl(&["apps", "go-back", "Paint"]);
    assert_eq!(back.status, Some(0), "{back:?}");
    assert_eq!(shop.truth(), first);
    let held = shop.cairnctl(&["apps", "list"]);
    assert_eq!(held.json["installed"][0]["held"]["until"], "newer-than", "{held:?}");
    let kept = shop.cairnctl(&["apps", "update"]);
    assert_eq!((kept.status, shop.truth()), (Some(0), first.clone()), "{kept:?}");

    let released = shop.cairnctl(&["apps", "release", "Paint"]);
    assert_eq!(released.status, Some(0), "{released:?}");
    assert_eq!(shop.cairnctl(&["apps", "update"]).status, Some(0));
    assert_eq!(shop.truth(), second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_a_wrong_argument() {
    let shop = shop!(TWO);
    for (arguments, code) in [
        (vec!["apps", "info", "org.cairntest.Nothing"], "app-not-found"),
        (vec!["apps", "install", "org.cairntest.Nothing"], "app-not-found"),
        (vec!["apps", "remove", "Paint"], "app-not-installed"),
        (vec!["apps", "hold", "Paint"], "app-not-installed"),
        (vec!["apps", "install", "Paint", "--from", "elsewhere"], "invalid-argument"),
        (vec!["apps", "install", "/nowhere/paint.flatpakref"], "invalid-argument"),
        (vec!["apps", "remotes", "disable", "elsewhere"], "invalid-argument"),
    ] {
        let said = shop.cairnctl(&arguments);
        assert_eq!(
            (said.status, &said.json["problem"]["code"]),
            (Some(2), &code.into()),
            "{arguments:?} {said:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remote_that_is_gone_is_named_and_hides_nothing() {
    let shop = shop!(TWO);
    assert_eq!(shop.cairnctl(&["apps", "install", "Notes"]).status, Some(0));
    shop.server.fail(Failure::Gone);
    let found = shop.cairnctl(&["apps", "search", "paint"]);
    assert_eq!(found.json["apps"][0]["name"], "Paint", "a search needs no network: {found:?}");
    let check = shop.cairnctl(&["apps", "check"]);
    assert_eq!((check.status, &check.json["check"]["failed"][0][0]), (Some(0), &"shop".into()), "{check:?}");
    let install = shop.cairnctl(&["apps", "install", "Paint"]);
    assert_eq!(
        (install.status, &install.json["problem"]["code"]),
        (Some(1), &"network".into()),
        "{install:?}"
    );
    let info = shop.told(&["apps", "info", "Paint"]);
    assert!(info.text.contains("A small app called Paint"), "{info:?}");
    assert_eq!(shop.cairnctl(&["apps", "remove", "Notes"]).status, Some(0), "removing needs no network");
    assert_eq!(shop.truth(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_stops_and_leaves_nothing_behind() {
    let shop = shop!("app Large 1.0 '' 8000000; index");
    // Known before the line gets slow, as it is for anyone who saw the app before.
    assert_eq!(shop.cairnctl(&["apps", "search", "large"]).json["apps"][0]["name"], "Large");
    shop.server.limit(Some(400_000));
    let program = cairn_testkit::world::binaries().join("cairnctl");
    let mut child = shop
        .program(program.to_str().unwrap(), &["apps", "install", "Large", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let downloading =
        |line: &String| line.contains("\"stage\":\"downloading\"") && !line.contains("\"bytes_done\":0,");
    let seen = lines.find(downloading);
    assert!(seen.is_some(), "it ended before it downloaded: {:?}", said(&child.wait_with_output().unwrap()));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let last = lines.last().unwrap_or_default();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{last}");
    assert!(last.contains("\"code\":\"cancelled\""), "{last}");
    assert_eq!(shop.truth(), [""; 0]);

    shop.server.limit(None);
    let again = shop.cairnctl(&["apps", "install", "Large"]);
    assert_eq!((again.status, shop.truth().len()), (Some(0), 1), "{again:?}");
}
