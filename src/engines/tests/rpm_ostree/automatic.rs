//! What the service does by itself.

use crate::conformance::{can, fulfil, plan, status};
use crate::played::Played;
use crate::{NAME, engine, tell};
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_engines::rpm_ostree::RpmOstree;
use cairn_jobs::Context;
use cairn_model::automatic::Policy;
use cairn_model::{Ability, Problem, Step, Wish};
use serde_json::json;
use std::time::Duration;

const FILE: &str = "/etc/rpm-ostreed.conf";
const LINK: &str = "/etc/systemd/system/timers.target.wants/rpm-ostreed-automatic.timer";
const SYSTEMD: &str = "org.freedesktop.systemd1";

async fn policy(engine: &RpmOstree) -> Policy {
    let automatic = status(engine).await.automatic.unwrap();
    assert_eq!(automatic.by, "rpm-ostreed-automatic");
    automatic.policy
}

async fn set(engine: &RpmOstree, policy: Policy) -> Result<(), Problem> {
    engine.run(&Step::Automatic { policy }, &Context::default()).await
}

#[tokio::test]
async fn it_looks_prepares_and_is_left_alone_again() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let before = played.stage.read(FILE).unwrap();
    assert_eq!(policy(&engine).await, Policy::Off);
    for wanted in [Policy::Check, Policy::Stage, Policy::Off] {
        fulfil(&engine, Wish::SetAutomatic { policy: wanted }, None).await;
        assert_eq!(policy(&engine).await, wanted);
        let on = wanted != Policy::Off;
        assert_eq!(played.host().read_link(LINK).is_ok(), on);
        let state: serde_json::Value = played.stage.state(crate::STATE).unwrap();
        assert_eq!(state["timer_runs"], on);
        let now = played.stage.read(FILE).unwrap();
        let rest =
            |text: &str| text.lines().filter(|l| !l.starts_with("Automatic")).collect::<Vec<_>>().join("\n");
        assert_eq!(rest(&now), rest(&before));
    }
    let never = plan(&engine, Wish::SetAutomatic { policy: Policy::Apply }, None).await.unwrap_err();
    assert_eq!(never.code(), "not-supported");
    assert_eq!(set(&engine, Policy::Apply).await.unwrap_err().code(), "not-supported");
    played.nothing_unknown();
}

#[tokio::test]
async fn a_word_without_its_timer_does_nothing() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    tell(&played, |state| state["policy"] = json!("apply"));
    assert_eq!(policy(&engine).await, Policy::Off);
    let vendor = "/usr/lib/systemd/system/timers.target.wants/rpm-ostreed-automatic.timer";
    played.host().link(vendor, "../rpm-ostreed-automatic.timer").unwrap();
    assert_eq!(policy(&engine).await, Policy::Apply);
    // What the makers start goes on, and has nothing to do.
    set(&engine, Policy::Off).await.unwrap();
    assert_eq!(policy(&engine).await, Policy::Off);
    tell(&played, |state| state["policy"] = json!("sometimes\u{1b}"));
    assert_eq!(status(&engine).await.automatic, None);
    assert!(!can(&engine, Ability::Automatic));
}

#[tokio::test]
async fn what_is_forbidden_or_missing_is_not_offered() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let mask = "/etc/systemd/system/rpm-ostreed-automatic.timer";
    played.host().link(mask, "/dev/null").unwrap();
    assert!(status(&engine).await.automatic.unwrap().choices.is_empty());
    assert_eq!(set(&engine, Policy::Check).await.unwrap_err().code(), "not-supported");
    played.stage.remove(mask).unwrap();
    assert_eq!(status(&engine).await.automatic.unwrap().choices, [Policy::Off, Policy::Check, Policy::Stage]);
    played.stage.remove("/usr/lib/systemd/system/rpm-ostreed-automatic.timer").unwrap();
    assert_eq!(status(&engine).await.automatic, None);
    assert_eq!(set(&engine, Policy::Check).await.unwrap_err().code(), "not-supported");
}

#[tokio::test]
async fn what_the_service_does_not_take_is_put_back() {
    let played = Played::new("silverblue").await;
    let engine = RpmOstree::new(played.host()).patience(Duration::from_secs(2));
    let before = played.stage.read(FILE).unwrap();
    let same = || assert_eq!(played.stage.read(FILE).unwrap(), before);
    tell(&played, |state| state["stubborn"] = json!(true));
    let refused = set(&engine, Policy::Stage).await;
    assert_eq!(refused, Err(Problem::ConfigInvalid { detail: "none".into() }));
    same();
    tell(&played, |state| state["stubborn"] = json!(false));
    for (mood, code) in [
        (Mood::Failing { status: 1, error: String::new(), words: "no\u{1b}[31m".into() }, "engine-failed"),
        (Mood::Stuck, "tool-hung"),
    ] {
        played.mood(SYSTEMD, mood);
        assert_eq!(set(&engine, Policy::Stage).await.unwrap_err().code(), code);
        same();
        assert_eq!(policy(&engine).await, Policy::Off);
    }
    played.mood(SYSTEMD, Mood::Well);
    // A file that was broken before is neither mended nor made worse.
    played.stage.write(FILE, "nonsense\n").unwrap();
    assert_eq!(set(&engine, Policy::Stage).await.unwrap_err().code(), "engine-failed");
    assert_eq!(played.stage.read(FILE).unwrap(), "nonsense\n");
    played.stage.remove(FILE).unwrap();
    played.mood(NAME, Mood::Slow { millis: 5 });
    set(&engine, Policy::Stage).await.unwrap();
    assert_eq!(policy(&engine).await, Policy::Stage);
}
