//! Features of the makers, and extensions that lie on the machine.

use super::Machine;
use crate::conformance::{self, fulfil, plan, status};
use cairn_demo::systems::Mood;
use cairn_demo::systems::sysupdate::{PROGRAM, SERVICE, State};
use cairn_engines::Engine;
use cairn_jobs::Context;
use cairn_model::extra::ExtraKind;
use cairn_model::plan::Warning;
use cairn_model::{Ability, Extra, ExtraId, Problem, Step, Wish};
use std::time::Duration;

const SYSEXT: &str = "systemd-sysext";

fn id(word: &str) -> ExtraId {
    ExtraId::new(word).unwrap()
}

fn turn(word: &str, enabled: bool) -> Wish {
    Wish::ChangeExtra { id: id(word), enabled }
}

async fn extra(machine: &Machine, word: &str) -> Extra {
    let all = machine.engine.extras().await.unwrap();
    all.into_iter().find(|extra| extra.id == id(word)).unwrap()
}

fn change(machine: &Machine, change: impl FnOnce(&mut State)) {
    machine.played.stage.change("sysupdate", change).unwrap();
}

#[tokio::test]
async fn a_feature_comes_with_the_next_update_and_goes_again() {
    for system in ["gnomeos", "gnomeos-nightly"] {
        let machine = Machine::new(system, SERVICE).await;
        assert!(conformance::can(&machine.engine, Ability::Extras));
        let all = machine.engine.extras().await.unwrap();
        let told: Vec<_> = all.iter().map(|e| (e.id.as_str(), e.kind, e.enabled, e.changeable)).collect();
        let (feature, extension) = (ExtraKind::Feature, ExtraKind::Extension);
        let expected = [
            ("devel", feature, false, true),
            ("nvidia", feature, false, true),
            ("debug-tools", extension, true, false),
        ];
        assert_eq!(told, expected);
        assert!(all[0].summary.is_some() && all[0].address.as_ref().unwrap().starts_with("https://"));

        let before = status(&machine.engine).await;
        let planned = plan(&machine.engine, turn("devel", true), None).await.unwrap();
        let back = before.previous().map(|d| Warning::NoWayBack { version: d.version.clone() });
        assert!(back.is_some() && planned.warnings == back.into_iter().collect::<Vec<_>>(), "{planned:?}");
        fulfil(&machine.engine, turn("devel", true), None).await;
        assert!(extra(&machine, "devel").await.enabled && !extra(&machine, "nvidia").await.enabled);
        let after = status(&machine.engine).await;
        assert_eq!(after.next(), before.next(), "what runs can start although a part is missing");
        let update = conformance::check(&machine.engine).await;
        fulfil(&machine.engine, Wish::update(), Some(&update)).await;
        let state: State = machine.played.stage.state("sysupdate").unwrap();
        assert!(state.find(&update.version).unwrap().features.contains("devel"));
        fulfil(&machine.engine, turn("devel", true), None).await;
        fulfil(&machine.engine, turn("devel", false), None).await;
        assert!(!extra(&machine, "devel").await.enabled);
        machine.played.nothing_unknown();
    }
}

#[tokio::test]
async fn without_a_newer_version_a_missing_part_is_no_update() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    change(&machine, |state| _ = state.images.remove(0));
    fulfil(&machine.engine, turn("nvidia", true), None).await;
    assert_eq!(machine.engine.check(&Context::default()).await.unwrap(), None);
}

#[tokio::test]
async fn only_features_can_be_changed() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let refused = plan(&machine.engine, turn("debug-tools", false), None).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
    let run = async |word: &str, enabled: bool| {
        machine.engine.run(&Step::Extra { id: id(word), enabled }, &Context::default()).await
    };
    assert_eq!(run("debug-tools", false).await.unwrap_err().code(), "not-supported");
    assert_eq!(run("telemetry", true).await.unwrap_err().code(), "not-found");
    assert_eq!(plan(&machine.engine, turn("telemetry", true), None).await.unwrap_err().code(), "not-found");
    change(&machine, |state| state.features.get_mut("devel").unwrap().stuck = true);
    assert_eq!(run("devel", true).await.unwrap_err().code(), "engine-failed");
    change(&machine, |state| _ = state.jobs.insert(9, "update".into()));
    assert_eq!(run("nvidia", true).await.unwrap_err(), Problem::BusyElsewhere);
    let busy = plan(&machine.engine, turn("nvidia", true), None).await.unwrap_err();
    assert_eq!(busy, Problem::BusyElsewhere);
    assert!(!extra(&machine, "nvidia").await.enabled);
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn through_the_program_features_are_only_looked_at() {
    let machine = Machine::new("particleos", PROGRAM).await;
    let all = machine.engine.extras().await.unwrap();
    assert_eq!(all.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["devel", "nvidia"]);
    assert!(all.iter().all(|extra| !extra.changeable && extra.kind == ExtraKind::Feature));
    let refused = plan(&machine.engine, turn("devel", true), None).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
    let engine = machine.engine.clone().patience(Duration::from_secs(3));
    for (mood, code) in [
        (Mood::Failing { status: 1, error: String::new(), words: "no".into() }, "tool-failed"),
        (Mood::Garbled, "bad-answer"),
        (Mood::Saying { answer: r#"{"features":["devel"]}"#.into() }, "bad-answer"),
        (Mood::Stuck, "tool-hung"),
    ] {
        machine.played.mood(PROGRAM, mood.clone());
        assert_eq!(engine.extras().await.unwrap_err().code(), code, "{mood:?}");
    }
    machine.played.mood(PROGRAM, Mood::Well);
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn answers_that_nobody_should_give() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let engine = machine.engine.clone().patience(Duration::from_secs(3));
    change(&machine, |state| {
        state.features.get_mut("devel").unwrap().description = "a\u{1b}[31m\u{202e}b".into()
    });
    assert!(!extra(&machine, "devel").await.summary.unwrap().contains(['\u{1b}', '\u{202e}']));
    change(&machine, |state| _ = state.features.insert("../x".into(), state.features["devel"].clone()));
    assert_eq!(engine.extras().await.unwrap().len(), 3, "what cannot be asked for is left out");
    for told in ["", "[]", r#"{"name":"nvidia","enabled":true}"#, r#"{"name":"devel"}"#] {
        change(&machine, |state| _ = state.told.insert("devel".into(), told.into()));
        assert_eq!(engine.extras().await.unwrap_err().code(), "bad-answer", "{told}");
    }
    change(&machine, |state| state.told.clear());
    for (mood, code) in
        [(Mood::Garbled, "bad-answer"), (Mood::Truncated, "bad-answer"), (Mood::Stuck, "tool-hung")]
    {
        machine.played.mood(SYSEXT, mood.clone());
        assert_eq!(engine.extras().await.unwrap_err().code(), code, "{mood:?}");
    }
    machine.played.mood(SYSEXT, Mood::Well);
    // An extension that a feature brought is not told twice.
    machine.played.stage.write("/var/lib/extensions/devel.raw", "").unwrap();
    assert_eq!(engine.extras().await.unwrap().len(), 3);
    machine.played.stage.remove("/usr/bin/systemd-sysext").unwrap();
    assert_eq!(engine.extras().await.unwrap().len(), 2);
    machine.played.mood(SERVICE, Mood::Stuck);
    let hung = machine.engine.clone().patience(Duration::from_millis(500)).extras().await;
    assert_eq!(hung.unwrap_err().code(), "tool-hung");
}

#[tokio::test]
async fn nothing_is_turned_on_while_another_version_waits() {
    let machine = Machine::new("gnomeos", SERVICE).await;
    let update = conformance::check(&machine.engine).await;
    fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    let before = status(&machine.engine).await;
    assert!(before.restart_pending());
    assert_eq!(plan(&machine.engine, turn("devel", true), None).await.unwrap_err(), Problem::RestartFirst);
    let step = Step::Extra { id: id("devel"), enabled: true };
    assert_eq!(machine.engine.run(&step, &Context::default()).await.unwrap_err(), Problem::RestartFirst);
    assert_eq!(status(&machine.engine).await.deployments, before.deployments, "what waits is still whole");
    fulfil(&machine.engine, turn("devel", false), None).await;
    machine.played.restart();
    fulfil(&machine.engine, turn("devel", true), None).await;
    assert!(status(&machine.engine).await.previous().is_none(), "nothing else is whole");
    fulfil(&machine.engine, turn("devel", false), None).await;
    assert!(status(&machine.engine).await.previous().is_some(), "it is whole again");
}
