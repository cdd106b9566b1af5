//! The engine of RAUC on a played device, and on the real RAUC that Debian has.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod contract;
mod played;
mod real_rauc;

use cairn_demo::systems::Mood;
use cairn_demo::systems::rauc::{self as acme, state, state::Device};
use cairn_engines::rauc::Rauc;
use cairn_engines::{Engine, detect};
use cairn_jobs::{CancelReason, Context};
use cairn_model::plan::Warning;
use cairn_model::system::HeldBack;
use cairn_model::{Defect, Plan, Problem, Step, SystemStatus, Update, Verification, Wish};
use played::Played;
use played::answering::{Answer, Answering, dictionary};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use zbus::zvariant::Value;

const SERVICE: &str = "de.pengutronix.rauc";
const INTERFACE: &str = "de.pengutronix.rauc.Installer";
const XML: &str = include_str!("../rauc/de.pengutronix.rauc.Installer.xml");
const BUNDLES: &str = "/var/lib/cairn/bundles";

struct Machine {
    played: Played,
    engine: Rauc,
}

impl Machine {
    async fn new() -> Self {
        let played = Played::new("rauc").await;
        let engine = Rauc::new(played.host());
        Self { played, engine }
    }

    async fn status(&self) -> SystemStatus {
        conformance::status(&self.engine).await
    }

    async fn update(&self) -> Update {
        conformance::check(&self.engine).await
    }

    fn change(&self, change: impl FnOnce(&mut Device)) {
        self.played.stage.change(state::NAME, change).unwrap();
    }

    async fn call(&self, method: &str, body: &(impl serde::Serialize + zbus::zvariant::DynamicType)) {
        let bus = self.played.somebody().await;
        bus.call_method(Some(SERVICE), "/", Some(INTERFACE), method, body).await.unwrap();
    }

    async fn plan(&self, wish: Wish, update: Option<&Update>) -> Result<Plan, Problem> {
        conformance::plan(&self.engine, wish, update).await
    }

    async fn run(&self, step: &Step) -> Result<(), Problem> {
        self.engine.run(step, &Context::default()).await
    }

    fn remove(&self, name: &str) {
        self.played.stage.remove(&format!("{BUNDLES}/{name}.raucb")).unwrap();
    }

    async fn idle(&self) {
        while self.played.stage.state::<Device>(state::NAME).unwrap().operation != "idle" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn stage(update: &Update) -> Step {
    Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() }
}

fn set(device: &mut Device, slot: &str, key: &str, fact: impl Into<serde_json::Value>) {
    device.slots.get_mut(slot).unwrap().insert(key.into(), fact.into());
}

#[async_trait::async_trait]
impl conformance::Machine for Machine {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.played.restart();
        true
    }

    async fn changed_by_another(&self) {
        self.call("Mark", &("bad", "other")).await;
        self.call("Mark", &("good", "other")).await;
    }

    /// RAUC cannot stop.
    async fn slow(&self, _slow: bool) -> bool {
        false
    }

    fn overwrites(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn conforms() {
    let machine = Machine::new().await;
    assert_eq!(detect(&machine.played.host()).unwrap().id(), "rauc");
    conformance::suite(&machine).await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn conforms_with_the_rauc_of_before_1_14() {
    let machine = Machine::new().await;
    machine.change(|device| device.old = true);
    conformance::suite(&machine).await;
}

#[tokio::test]
async fn recorded_states() {
    played::recorded::all("rauc", |host| Arc::new(Rauc::new(host.clone()))).await;
}

#[tokio::test]
async fn service_and_proxy_are_what_is_described() {
    let machine = Machine::new().await;
    let said = contract::introspect(&machine.played.host(), SERVICE, "/").await;
    contract::agree(XML, &said, include_str!("../rauc/proxy.rs"));
}

#[tokio::test]
async fn a_service_whose_answers_are_none() {
    let machine = Machine::new().await;
    let engine = Rauc::new(machine.played.host()).patience(Duration::from_secs(3));
    played::recorded::service_mischief(&machine.played, &engine, SERVICE).await;
}

#[tokio::test]
async fn a_service_that_misbehaves() {
    let mut machine = Machine::new().await;
    let engine = Rauc::new(machine.played.host()).patience(Duration::from_millis(800));
    machine.played.mood(SERVICE, Mood::Slow { millis: 30 });
    conformance::status(&engine).await;
    machine.played.mood(SERVICE, Mood::Stuck);
    for hung in [engine.status().await.err(), engine.check(&Context::default()).await.err()] {
        assert!(matches!(hung, Some(Problem::ToolHung { .. })), "{hung:?}");
    }
    let failing = Mood::Failing { status: 0, error: String::new(), words: "no\u{1b}[31m".into() };
    machine.played.mood(SERVICE, failing);
    let failed = engine.status().await.unwrap_err();
    assert!(matches!(&failed, Problem::EngineFailed { detail } if !detail.contains('\u{1b}')), "{failed:?}");
    machine.played.mood(SERVICE, Mood::Well);
    conformance::check(&engine).await;
    machine.played.services_end().await;
    assert_eq!(engine.status().await.unwrap_err(), Problem::ToolMissing { tool: SERVICE.into() });
}

#[tokio::test]
async fn answers_that_no_service_should_give() {
    let mut machine = Machine::new().await;
    machine.played.services_end().await;
    let engine = Rauc::new(machine.played.host()).patience(Duration::from_secs(20));
    let text = |words: &'static str| Value::from(words);
    let with = |key: &'static str, value: Option<Value<'static>>| {
        let mut entries = dictionary([("Operation", text("idle")), ("Compatible", text("acme-panel-x2"))]);
        entries.remove(key);
        entries.extend(value.map(|value| (key.to_owned(), value.try_to_owned().unwrap())));
        ("GetAll", Answer::Dictionary(entries))
    };
    let good = || with("Variant", None);
    let slots = |word: &'static str| ("GetSlotStatus", Answer::Text(word.into()));
    let cases = [
        ("bad-answer", vec![with("Operation", None)]),
        ("bad-answer", vec![with("Compatible", None)]),
        ("bad-answer", vec![with("Operation", Some(Value::from(0_u32)))]),
        ("bad-answer", vec![with("Progress", Some(text("50%")))]),
        ("bad-answer", vec![with("Progress", Some(Value::from(("50", "x", 1_i32))))]),
        ("bad-answer", vec![("GetAll", Answer::Nothing)]),
        ("bad-answer", vec![good()]),
        ("bad-answer", vec![good(), slots("none")]),
        ("bad-answer", vec![good(), ("GetSlotStatus", Answer::Nothing)]),
        ("engine-failed", vec![good(), ("GetSlotStatus", Answer::Error("x.y.Failed"))]),
        ("tool-hung", vec![good(), ("GetSlotStatus", Answer::Error("org.freedesktop.DBus.Error.NoReply"))]),
        ("busy-elsewhere", vec![with("Operation", Some(text("defragmenting")))]),
    ];
    for (code, answers) in cases {
        let what = format!("{answers:?}");
        let service =
            Answering::new(machine.played.somebody().await, SERVICE, HashMap::from_iter(answers)).await;
        let read = engine.status().await;
        assert_eq!(read.err().map(|p| p.code()), Some(code), "{what}");
        service.end().await;
    }
}

#[tokio::test]
async fn an_update_is_signed_and_cannot_be_stopped() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    assert_eq!((update.version.as_str(), update.checksum.as_str()), ("2026.11.0", state::OFFERED));
    assert!(update.downloaded && update.download.is_none(), "it lies here: {update:?}");
    let keyring = Verification::Signed { key: "/etc/rauc/acme-release.pem".into(), signer: String::new() };
    assert_eq!((&update.verification, update.installed), (&keyring, Some(838_860_800)));
    let plan = machine.plan(Wish::update(), Some(&update)).await.unwrap();
    let replaces = Warning::ReplacesNow { version: "2026.9.3".into() };
    assert_eq!(plan.warnings, [replaces, Warning::CannotStop]);
    let ctx = Context::default();
    ctx.cancel.cancel(CancelReason::Asked);
    assert_eq!(machine.engine.run(&stage(&update), &ctx).await.unwrap_err(), Problem::Cancelled);
    assert_eq!(machine.status().await.deployments[1].defect, None, "before it begins it can be stopped");
}

#[tokio::test]
async fn of_two_other_slots_one_is_left_to_go_back_to() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    machine.change(|device| {
        let third = device.slots["rootfs.1"].clone();
        device.slots.insert("rootfs.2".into(), third);
        set(device, "rootfs.2", "bootname", "C");
        set(device, "rootfs.2", "bundle.hash", "f".repeat(64));
    });
    let plan = machine.plan(Wish::update(), Some(&update)).await.unwrap();
    assert_eq!(plan.warnings, [Warning::CannotStop]);
    machine.change(|device| {
        device.slots.remove("rootfs.2");
        set(device, "rootfs.1", "boot-status", "bad");
    });
    let plan = machine.plan(Wish::update(), Some(&update)).await.unwrap();
    assert_eq!(plan.warnings, [Warning::CannotStop], "a bad slot is no way back");
}

#[tokio::test]
async fn what_another_client_began_is_left_alone() {
    let machine = Machine::new().await;
    let (before, update) = (machine.status().await, machine.update().await);
    machine.played.mood(SERVICE, Mood::Slow { millis: 60 });
    let path = machine.played.stage.path(&format!("{BUNDLES}/acme-panel-x2-2026.11.0.raucb"));
    let body = (path.to_str().unwrap(), HashMap::<String, Value<'_>>::new());
    machine.call("InstallBundle", &body).await;
    let status = machine.status().await;
    assert_eq!(status.held_back, [HeldBack::BusyElsewhere]);
    assert_eq!(status.running(), before.running());
    assert_eq!((status.deployments[1].defect, status.previous()), (Some(Defect::Incomplete), None));
    assert_eq!(machine.plan(Wish::update(), Some(&update)).await.unwrap_err(), Problem::BusyElsewhere);
    assert_eq!(machine.run(&stage(&update)).await.unwrap_err(), Problem::BusyElsewhere);
    let back = Step::SetDefault { id: before.previous().unwrap().id.clone() };
    assert_eq!(machine.run(&back).await.unwrap_err(), Problem::BusyElsewhere);
    assert_eq!(machine.engine.check(&Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
    // Who has not seen the slots before cannot know them now.
    let fresh = Rauc::new(machine.played.host());
    assert_eq!(fresh.status().await.unwrap_err(), Problem::BusyElsewhere);
    machine.played.mood(SERVICE, Mood::Well);
    machine.idle().await;
    let after = conformance::status(&fresh).await;
    assert_eq!(after.next().unwrap().checksum, update.checksum);
    assert!(after.held_back.is_empty());
}

#[tokio::test]
async fn our_own_work_is_nobody_elses() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 60 });
    let ctx = Context::default();
    let (engine, step, mut progress) = (machine.engine.clone(), stage(&update), ctx.progress.subscribe());
    let running = tokio::spawn(async move { engine.run(&step, &ctx).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    assert_eq!(machine.status().await.held_back, []);
    machine.change(|device| device.percent = 900);
    machine.played.mood(SERVICE, Mood::Well);
    running.await.unwrap().unwrap();
    assert!(machine.status().await.restart_pending());
}

#[tokio::test]
async fn an_update_that_fails_leaves_what_runs() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    machine.change(|device| device.fails = "no\u{202e} space".into());
    let failed = machine.run(&stage(&update)).await.unwrap_err();
    assert_eq!(failed, Problem::EngineFailed { detail: "no space".into() });
    let status = machine.status().await;
    assert!(status.running().unwrap().next, "{status:?}");
    let other = &status.deployments[1];
    assert_eq!((other.defect, status.previous()), (Some(Defect::Incomplete), None));
    let start = Wish::StartNext { id: other.id.clone() };
    assert_eq!(machine.plan(start, None).await.unwrap_err().code(), "cannot-start");
    machine.change(|device| device.fails.clear());
    machine.run(&stage(&update)).await.unwrap();
    assert!(machine.status().await.restart_pending());
}

#[tokio::test]
async fn a_service_that_goes_away_in_the_middle() {
    let mut machine = Machine::new().await;
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 60 });
    let ctx = Context::default();
    let (engine, step, mut progress) = (machine.engine.clone(), stage(&update), ctx.progress.subscribe());
    let running = tokio::spawn(async move { engine.run(&step, &ctx).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    machine.played.services_end().await;
    let lost = running.await.unwrap().unwrap_err();
    assert!(matches!(lost.code(), "tool-missing" | "tool-hung"), "{lost:?}");
}

#[tokio::test]
async fn only_what_was_planned_is_installed() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    let name = "acme-panel-x2-2026.11.0";
    for step in [
        Step::Stage { origin: "acme-panel-x3".into(), checksum: update.checksum.clone() },
        Step::Stage { origin: update.origin.clone(), checksum: state::BEFORE.into() },
        Step::Stage { origin: update.origin.clone(), checksum: state::RUNNING.into() },
    ] {
        assert_eq!(machine.run(&step).await.unwrap_err(), Problem::PlanOutdated, "{step:?}");
    }
    acme::bundle(&machine.played.stage, name, "2026.11.0", "20261116", &"e".repeat(64)).unwrap();
    assert_eq!(machine.run(&stage(&update)).await.unwrap_err(), Problem::PlanOutdated);
    assert!(!machine.status().await.restart_pending());

    // It is exchanged while it is installed, by a RAUC that does not compare.
    for old in [false, true] {
        let machine = Machine::new().await;
        machine.change(|device| device.old = old);
        let update = machine.update().await;
        machine.played.mood(SERVICE, Mood::Slow { millis: 40 });
        let ctx = Context::default();
        let (engine, step, mut progress) = (machine.engine.clone(), stage(&update), ctx.progress.subscribe());
        let running = tokio::spawn(async move { engine.run(&step, &ctx).await });
        progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
        acme::bundle(&machine.played.stage, name, "2026.11.0", "20261116", &"e".repeat(64)).unwrap();
        machine.played.mood(SERVICE, Mood::Well);
        let refused = running.await.unwrap().unwrap_err();
        assert_eq!(refused.code(), if old { "plan-outdated" } else { "engine-failed" });
        assert!(!machine.status().await.restart_pending(), "old: {old}");
    }
}

#[tokio::test]
async fn a_system_that_leaves_the_choice_is_chosen_for() {
    let machine = Machine::new().await;
    machine.change(|device| device.leaves_choice = true);
    let update = machine.update().await;
    machine.run(&stage(&update)).await.unwrap();
    assert_eq!(machine.status().await.next().unwrap().checksum, update.checksum);
}

#[tokio::test]
async fn bundles_are_told_apart() {
    let machine = Machine::new().await;
    let put = |name: &str, words: &str| {
        machine.played.stage.write(&format!("{BUNDLES}/{name}.raucb"), words).unwrap();
    };
    let foreign = r#"{"compatible":"acme-panel-x2","version":"2027.1.0","build":"","hash":"ff","trusted":false,"sizes":[]}"#;
    put("foreign", foreign);
    put("broken", "not a bundle");
    put("other-device", &foreign.replace("x2", "x9").replace("false", "true"));
    put("hostile", &foreign.replace("false", "true").replace("\"ff\"", "\"../ f\""));
    machine.played.stage.write(&format!("{BUNDLES}/notes.txt"), "").unwrap();
    assert_eq!(machine.update().await.version, "2026.11.0", "what cannot be trusted hides nothing");
    acme::bundle(&machine.played.stage, "rebuilt", "2026.11.0", "20261117", &"d".repeat(64)).unwrap();
    assert_eq!(machine.update().await.checksum, "d".repeat(64), "the later build of the same version");
    for name in ["rebuilt", "acme-panel-x2-2026.11.0", "acme-panel-x2-2026.10.1"] {
        machine.remove(name);
    }
    let problem = machine.engine.check(&Context::default()).await.unwrap_err();
    assert!(matches!(problem.code(), "engine-failed" | "bad-answer"), "{problem:?}");
    for name in ["foreign", "broken", "hostile", "other-device"] {
        machine.remove(name);
    }
    assert_eq!(machine.engine.check(&Context::default()).await.unwrap(), None);
    acme::bundle(&machine.played.stage, "old", "2026.2.0", "20260201", &"c".repeat(64)).unwrap();
    assert_eq!(machine.engine.check(&Context::default()).await.unwrap(), None, "an older one is no offer");
}

#[tokio::test]
async fn an_update_that_became_older_wants_to_be_asked_for() {
    let machine = Machine::new().await;
    let update = Update { version: "2026.9.9".into(), ..machine.update().await };
    assert_eq!(machine.plan(Wish::update(), Some(&update)).await.unwrap_err().code(), "older");
    let wish = Wish::Update { allow_older: true, try_again: false, aside: Vec::new() };
    assert!(machine.plan(wish, Some(&update)).await.is_ok());
}

#[tokio::test]
async fn goes_back_and_thinks_better_of_it() {
    let machine = Machine::new().await;
    let (before, update) = (machine.status().await, machine.update().await);
    conformance::fulfil(&machine.engine, Wish::GoBack {}, None).await;
    let chosen = machine.status().await;
    assert_eq!(chosen.next().unwrap().version, "2026.9.3");
    assert_eq!(machine.plan(Wish::update(), Some(&update)).await.unwrap_err(), Problem::RestartFirst);
    assert_eq!(machine.run(&stage(&update)).await.unwrap_err(), Problem::RestartFirst);
    let stay = Wish::StartNext { id: before.running().unwrap().id.clone() };
    conformance::fulfil(&machine.engine, stay, None).await;
    assert_eq!(machine.status().await.deployments, before.deployments);
}

#[tokio::test]
async fn a_slot_that_was_never_filled_is_known_by_its_name() {
    let machine = Machine::new().await;
    machine.change(|device| {
        for slot in device.slots.values_mut() {
            slot.retain(|key, _| {
                !key.starts_with("bundle.") && !key.starts_with("installed.") && key != "sha256"
            });
        }
    });
    let status = machine.status().await;
    let versions: Vec<_> =
        status.deployments.iter().map(|d| (d.version.as_str(), d.checksum.as_str())).collect();
    assert_eq!(versions, [("2026.10.1", "slot-rootfs.0"), ("B", "slot-rootfs.1")]);
    machine.remove("acme-panel-x2-2026.11.0");
    assert_eq!(
        machine.engine.check(&Context::default()).await.unwrap(),
        None,
        "the same version is no update"
    );
}

#[tokio::test]
async fn the_next_start_is_what_the_loader_will_do() {
    let machine = Machine::new().await;
    // The loader passes over a slot that is bad, also if it is the first choice.
    machine.change(|device| {
        device.primary = "rootfs.1".into();
        set(device, "rootfs.1", "boot-status", "bad");
    });
    let status = machine.status().await;
    assert!(status.running().unwrap().next && status.previous().is_none(), "{status:?}");
    machine.change(|device| set(device, "rootfs.0", "boot-status", "bad"));
    assert_eq!(machine.status().await.next().unwrap().defect, Some(Defect::MarkedBad));
}

#[tokio::test]
async fn without_a_loader_nothing_is_promised() {
    let machine = Machine::new().await;
    let words = "[system]\ncompatible=acme-panel-x2\nbootloader=noop\n";
    machine.played.stage.write("/etc/rauc/system.conf", words).unwrap();
    assert_eq!(machine.engine.abilities(), []);
    machine.status().await;
    assert_eq!(machine.plan(Wish::GoBack {}, None).await.unwrap_err().code(), "not-supported");
}

#[tokio::test]
async fn whether_the_running_version_works_is_told_to_the_boot_loader() {
    let machine = Machine::new().await;
    let ctx = Context::default();
    let device = || machine.played.stage.state::<Device>(state::NAME).unwrap();
    let boot = |slot: &str| device().slots[slot]["boot-status"].clone();
    let other = boot("rootfs.1");
    for (good, word) in [(false, "bad"), (true, "good"), (true, "good")] {
        machine.engine.confirm(good, &ctx).await.unwrap();
        assert_eq!((boot("rootfs.0"), boot("rootfs.1")), (word.into(), other.clone()));
    }
    assert_eq!(device().primary, "rootfs.0");

    machine.change(|device| device.forgetful = true);
    assert_eq!(machine.engine.confirm(false, &ctx).await.unwrap_err().code(), "engine-failed");
    machine.change(|device| device.operation = "installing".into());
    assert_eq!(machine.engine.confirm(true, &ctx).await, Err(Problem::BusyElsewhere));
    machine.change(|device| device.operation = "idle".into());
    let stopped = Context::default();
    stopped.cancel.cancel(cairn_jobs::CancelReason::Asked);
    assert_eq!(machine.engine.confirm(false, &stopped).await, Err(Problem::Cancelled));
    assert_eq!(boot("rootfs.0"), "good");
}
