//! The tukit engine on a played openSUSE Aeon: snapperd, transactional-update, zypper and rpm are stand-ins.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "tukit/conflict.rs"]
mod conflict;
mod conformance;
mod played;

use cairn_demo::systems::Mood;
use cairn_engines::tukit::{Tukit, answer};
use cairn_engines::{Engine, detect};
use cairn_host::Host;
use cairn_jobs::{CancelReason, Context};
use cairn_model::change::ChangeKind;
use cairn_model::job;
use cairn_model::package::PackageState;
use cairn_model::{Ability, DeploymentId, PackageDelta, PackageName, Problem, Step, Update, Wish};
use conformance::{check, fulfil, plan, status};
use played::{Played, recorded};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

const SNAPPERD: &str = "org.opensuse.Snapper";
const UPDATER: &str = "transactional-update";

struct Aeon {
    played: Played,
    engine: Tukit,
}

impl Aeon {
    async fn new() -> Self {
        let played = Played::new("aeon").await;
        let engine = Tukit::new(played.host()).patience(Duration::from_secs(20));
        Self { played, engine }
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Value)) {
        self.played.stage.change(name, change).unwrap();
    }

    /// What a tool without Cairn does.
    fn update_by_timer(&self) {
        let tool = self.played.stage.path("/usr/bin/transactional-update");
        let status = std::process::Command::new(tool)
            .args(["--non-interactive", "dup"])
            .env("CAIRN_ROOT", self.played.stage.root())
            .status()
            .unwrap();
        assert!(status.success());
    }
}

#[async_trait::async_trait]
impl conformance::Machine for Aeon {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.played.restart();
        true
    }

    async fn changed_by_another(&self) {
        let address = self.played.host().bus.unwrap();
        let connection = zbus::connection::Builder::address(address.as_str()).unwrap().build().await.unwrap();
        let snapperd = cairn_engines::snapper::proxy::SnapperProxy::new(&connection).await.unwrap();
        let number = snapperd.create_single_snapshot("root", "by hand", "", &HashMap::new()).await.unwrap();
        snapperd.delete_snapshots("root", &[number]).await.unwrap();
    }

    async fn slow(&self, slow: bool) -> bool {
        let mood = if slow { Mood::Slow { millis: 3_600_000 } } else { Mood::Well };
        self.played.mood(UPDATER, mood);
        true
    }
}

fn name(name: &str) -> PackageName {
    PackageName::new(name).unwrap()
}

fn delta(add: &[&str], remove: &[&str]) -> PackageDelta {
    let names = |list: &[&str]| list.iter().map(|n| name(n)).collect();
    PackageDelta { add: names(add), remove: names(remove), ..PackageDelta::default() }
}

fn id(number: u32) -> DeploymentId {
    DeploymentId::new(number.to_string()).unwrap()
}

fn stage(update: &Update) -> Step {
    Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() }
}

async fn states(engine: &Tukit) -> Vec<(String, PackageState)> {
    engine.packages().await.unwrap().into_iter().map(|p| (p.name.to_string(), p.state)).collect()
}

#[tokio::test]
async fn conforms() {
    let aeon = Aeon::new().await;
    assert_eq!(detect(&aeon.played.host()).unwrap().id(), "tukit");
    conformance::suite(&aeon).await;
    aeon.played.nothing_unknown();
}

#[tokio::test]
async fn recorded_states() {
    recorded::all("tukit", |host: &Host| Arc::new(Tukit::new(host.clone()))).await;
}

#[tokio::test]
async fn tells_what_is_offered() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    assert_eq!((update.version.as_str(), update.origin.as_str()), ("20260919", "aeon"));
    assert_eq!(status(&aeon.engine).await.running().unwrap().origin.as_deref(), Some("aeon"));
    assert!(update.download.unwrap() > 1_000_000);
    let changes = update.changes.unwrap();
    let kernel = changes.packages.iter().find(|p| p.name == "kernel-default").unwrap();
    assert_eq!((kernel.from.as_deref(), kernel.to.as_deref()), (Some("7.0.6-1.1"), Some("7.0.8-1.1")));
    assert!(changes.by_package && changes.packages.iter().all(|p| p.kind == ChangeKind::Upgraded));
}

#[tokio::test]
async fn zypper_that_misbehaves_is_a_typed_problem() {
    let aeon = Aeon::new().await;
    let hasty = aeon.engine.clone().patience(Duration::from_millis(1500));
    let failing = |status| Mood::Failing { status, error: String::new(), words: "no".into() };
    let saying = |answer: &str| Mood::Saying { answer: answer.into() };
    let cases = [
        (failing(1), "tool-failed"),
        (failing(4), "tool-failed"),
        (failing(6), "no-origin"),
        (failing(7), "busy-elsewhere"),
        (failing(106), "network"),
        (Mood::Truncated, "bad-answer"),
        (Mood::Killed, "tool-failed"),
        (Mood::Huge, "bad-answer"),
        (Mood::Garbled, "bad-answer"),
        (Mood::Stuck, "tool-hung"),
        (saying(""), "bad-answer"),
        (saying("{}"), "bad-answer"),
        (saying("<stream/>"), "bad-answer"),
        (saying("<other></other>"), "bad-answer"),
        (saying("<stream></stream><stream></stream>"), "bad-answer"),
        (saying("<!DOCTYPE x [<!ENTITY a 'b'>]><stream></stream>"), "bad-answer"),
        (
            saying("<stream><to-install><solvable type='package' edition='1'/></to-install></stream>"),
            "bad-answer",
        ),
        (
            saying(
                "<stream><to-install><solvable type='package' name='&x;' edition='1'/></to-install></stream>",
            ),
            "bad-answer",
        ),
    ];
    for (mood, code) in cases {
        aeon.played.mood("zypper", mood.clone());
        let asked = if mood == Mood::Stuck { &hasty } else { &aeon.engine };
        let answer = asked.check(&Context::default()).await;
        assert_eq!(answer.as_ref().map_err(Problem::code), Err(code), "{mood:?}: {answer:?}");
        status(&aeon.engine).await;
    }
    aeon.played.mood("zypper", Mood::Well);
    check(&aeon.engine).await;
}

#[tokio::test]
async fn snapperd_that_misbehaves_is_a_typed_problem() {
    let aeon = Aeon::new().await;
    let engine = aeon.engine.clone().patience(Duration::from_millis(1500));
    let failing = |error: &str| Mood::Failing { status: 1, error: error.into(), words: "no".into() };
    let cases = [
        (failing("error.no_permissions"), "not-authorized"),
        (failing("error.config_locked"), "busy-elsewhere"),
        (failing("error.something"), "engine-failed"),
        (Mood::Stuck, "tool-hung"),
    ];
    for (mood, code) in cases {
        aeon.played.mood(SNAPPERD, mood);
        assert_eq!(engine.status().await.unwrap_err().code(), code);
    }
    aeon.played.mood(SNAPPERD, Mood::Well);
    status(&aeon.engine).await;
    let engine = aeon.engine.clone().patience(Duration::from_secs(3));
    recorded::service_mischief(&aeon.played, &engine, SNAPPERD).await;
}

#[tokio::test]
async fn an_updater_that_fails_leaves_everything_as_it_was() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    let before = status(&aeon.engine).await.deployments;
    let failing = Mood::Failing { status: 1, error: String::new(), words: "ERROR".into() };
    for (mood, code) in [
        (failing, "tool-failed"),
        (Mood::Killed, "tool-failed"),
        (Mood::Saying { answer: String::new() }, "plan-outdated"),
    ] {
        aeon.played.mood(UPDATER, mood);
        let problem = aeon.engine.run(&stage(&update), &Context::default()).await.unwrap_err();
        assert_eq!(problem.code(), code, "{problem:?}");
        assert_eq!(status(&aeon.engine).await.deployments, before);
    }
    aeon.played.mood(UPDATER, Mood::Well);
    aeon.engine.run(&stage(&update), &Context::default()).await.unwrap();
    assert_eq!(status(&aeon.engine).await.next().unwrap().checksum, update.checksum);
}

#[tokio::test]
async fn stopped_while_the_snapshot_is_made() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    let before = status(&aeon.engine).await.deployments;
    // The stand-in waits once before and once after it has made the snapshot.
    aeon.played.mood(UPDATER, Mood::Slow { millis: 4000 });
    let (ctx, stage_of) = (Context::default(), aeon.played.stage.clone());
    let token = ctx.cancel.clone();
    let watcher = tokio::spawn(async move {
        loop {
            let disk: Value = stage_of.state("snapper").unwrap();
            if disk["snapshots"].as_array().unwrap().iter().any(|s| s["number"] == 53) {
                return token.cancel(CancelReason::Asked);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let stopped = aeon.engine.run(&stage(&update), &ctx).await;
    watcher.await.unwrap();
    assert_eq!(stopped, Err(Problem::Cancelled));
    assert_eq!(status(&aeon.engine).await.deployments, before, "what is not finished is no version");
    aeon.played.mood(UPDATER, Mood::Well);
    fulfil(&aeon.engine, Wish::update(), Some(&update)).await;
    assert!(status(&aeon.engine).await.restart_pending());
}

#[tokio::test]
async fn an_update_that_another_tool_prepared_is_adopted() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    aeon.update_by_timer();
    let pending = status(&aeon.engine).await;
    assert_eq!(pending.next().unwrap().version, "20260919");
    // Nothing is made anew; the version is known as that update afterwards.
    aeon.engine.run(&stage(&update), &Context::default()).await.unwrap();
    let adopted = status(&aeon.engine).await;
    assert_eq!(adopted.next().unwrap().checksum, update.checksum);
    assert_eq!(adopted.deployments.len(), pending.deployments.len());
    let again = aeon.engine.check(&Context::default()).await.unwrap().unwrap();
    assert!(again.staged && again.checksum == update.checksum);
    aeon.played.restart();
    assert_eq!(aeon.engine.check(&Context::default()).await.unwrap(), None);
    assert_eq!(status(&aeon.engine).await.running().unwrap().checksum, update.checksum);
}

#[tokio::test]
async fn an_offer_that_changed_is_not_taken() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    aeon.change("zypp", |zypp| zypp["repository"]["packages"]["bash"] = json!("5.4.0-1.1"));
    let problem = aeon.engine.run(&stage(&update), &Context::default()).await.unwrap_err();
    assert_eq!(problem, Problem::PlanOutdated);
    assert!(!status(&aeon.engine).await.restart_pending());
    let newer = check(&aeon.engine).await;
    assert_eq!(newer.version, update.version);
    assert_ne!(newer.checksum, update.checksum);
}

#[tokio::test]
async fn what_was_prepared_is_the_base_of_what_comes_next() {
    let aeon = Aeon::new().await;
    fulfil(&aeon.engine, Wish::ChangePackages { delta: delta(&["htop"], &[]) }, None).await;
    let update = check(&aeon.engine).await;
    fulfil(&aeon.engine, Wish::update(), Some(&update)).await;
    assert_eq!(
        states(&aeon.engine).await,
        [("fish".into(), PackageState::Running), ("htop".into(), PackageState::Next)]
    );
    aeon.played.restart();
    assert_eq!(status(&aeon.engine).await.running().unwrap().version, "20260919");
    assert_eq!(states(&aeon.engine).await[1], ("htop".into(), PackageState::Running));
    aeon.played.nothing_unknown();
}

#[tokio::test]
async fn packages_change_in_one_version() {
    let aeon = Aeon::new().await;
    fulfil(&aeon.engine, Wish::ChangePackages { delta: delta(&["htop", "vim"], &["fish"]) }, None).await;
    let pending = status(&aeon.engine).await;
    assert_eq!(pending.deployments.len(), 4, "one version, not two");
    let expected = [("fish", PackageState::Going), ("htop", PackageState::Next), ("vim", PackageState::Next)];
    assert_eq!(states(&aeon.engine).await, expected.map(|(n, s)| (n.to_owned(), s)));
    let refuse =
        async |delta| plan(&aeon.engine, Wish::ChangePackages { delta }, None).await.unwrap_err().code();
    assert_eq!(refuse(delta(&[], &["fish"])).await, "package-unknown", "it is going already");
    assert_eq!(refuse(delta(&["bash"], &[])).await, "package-present", "part of the base");
    assert_eq!(refuse(delta(&["htop"], &[])).await, "package-present");
    let exclude = PackageDelta { exclude: vec![name("bash")], ..PackageDelta::default() };
    assert_eq!(refuse(exclude).await, "not-supported");
    let step = Step::Packages { delta: delta(&["nothing-of-that-name"], &[]), checksum: None };
    let problem = aeon.engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(problem, Problem::PackageUnknown { name: "nothing-of-that-name".into() });
    fulfil(&aeon.engine, Wish::ChangePackages { delta: delta(&[], &["vim"]) }, None).await;
    let expected = [("fish", PackageState::Going), ("htop", PackageState::Next)];
    assert_eq!(states(&aeon.engine).await, expected.map(|(n, s)| (n.to_owned(), s)));
    let differs = aeon.engine.diff(&id(52), &pending.next().unwrap().id).await.unwrap();
    let names: Vec<_> = differs.packages.iter().map(|p| (p.name.as_str(), p.kind)).collect();
    assert_eq!(
        names,
        [("fish", ChangeKind::Removed), ("htop", ChangeKind::Added), ("vim", ChangeKind::Added)]
    );
    let found = aeon.engine.find_packages("vim", &Context::default()).await.unwrap();
    assert!(found.len() == 1 && !found[0].here && found[0].summary.is_some());
    let shells = aeon.engine.find_packages("shell", &Context::default()).await.unwrap();
    let names: Vec<_> = shells.iter().map(|p| (p.name.as_str(), p.here)).collect();
    assert_eq!(names, [("gnome-shell", true), ("bash", true), ("fish", true)], "names before descriptions");
    assert_eq!(aeon.engine.find_packages("nothing", &Context::default()).await.unwrap(), []);
    assert_eq!(aeon.engine.find_packages("  ", &Context::default()).await.unwrap(), []);
}

#[tokio::test]
async fn nothing_is_done_while_another_transaction_runs() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    aeon.played.stage.write("/run/transactional-update.pid", "4711\n").unwrap();
    aeon.played.stage.write("/proc/4711/stat", "4711 (bash) S").unwrap();
    for step in [
        stage(&update),
        Step::Packages { delta: delta(&["htop"], &[]), checksum: None },
        Step::Remove { id: id(50) },
    ] {
        assert_eq!(aeon.engine.run(&step, &Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
    }
    aeon.played.stage.remove("/proc/4711/stat").unwrap();
    std::fs::remove_dir(aeon.played.stage.path("/proc/4711")).unwrap();
    aeon.engine.run(&Step::Remove { id: id(50) }, &Context::default()).await.unwrap();
}

#[tokio::test]
async fn going_back_and_forth_before_the_restart() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    fulfil(&aeon.engine, Wish::update(), Some(&update)).await;
    fulfil(&aeon.engine, Wish::StartNext { id: id(52) }, None).await;
    let undone = status(&aeon.engine).await;
    assert!(!undone.restart_pending() && undone.find(&id(53)).is_some());
    fulfil(&aeon.engine, Wish::StartNext { id: id(53) }, None).await;
    aeon.played.restart();
    assert_eq!(status(&aeon.engine).await.running().unwrap().checksum, update.checksum);
    aeon.played.mood(UPDATER, Mood::Saying { answer: String::new() });
    let step = Step::SetDefault { id: id(51) };
    let problem = aeon.engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(problem.code(), "engine-failed", "it said that all is well and did nothing");
}

#[tokio::test]
async fn refuses_what_does_not_fit() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    let huge = Update { download: Some(1 << 60), ..update.clone() };
    let problem = plan(&aeon.engine, Wish::update(), Some(&huge)).await.unwrap_err();
    assert!(matches!(problem, Problem::NoSpace { missing, .. } if missing > 0), "{problem:?}");
    let first = plan(&aeon.engine, Wish::update(), Some(&update)).await.unwrap();
    let again = plan(&aeon.engine, Wish::update(), Some(&update)).await.unwrap();
    assert_eq!((again.steps, again.warnings, again.target), (first.steps, first.warnings, first.target));
}

#[tokio::test]
async fn abilities_follow_from_what_is_there() {
    let aeon = Aeon::new().await;
    let can = |ability| aeon.engine.abilities().contains(&ability);
    assert!(can(Ability::Packages) && can(Ability::Rollback) && !can(Ability::Rebase));
    aeon.played.stage.remove("/usr/bin/rpm").unwrap();
    assert!(!can(Ability::Packages) && can(Ability::Stage) && can(Ability::Diff));
    aeon.played.stage.remove("/usr/bin/transactional-update").unwrap();
    assert!(!can(Ability::Stage) && !can(Ability::Rollback) && can(Ability::Check) && can(Ability::Pin));
    status(&aeon.engine).await;
}

#[tokio::test]
async fn the_bar_tells_what_is_being_done() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    let ctx = Context::default();
    aeon.engine.run(&stage(&update), &ctx).await.unwrap();
    let now = ctx.progress.now();
    assert!(
        now.stage == job::Stage::Deploying && now.fraction.is_some_and(|f| f > 0.0 && f < 1.0),
        "{now:?}"
    );
}

/// Cut off, turned and doubled everywhere: each gives an answer or a problem.
#[test]
fn no_answer_is_too_odd() {
    let good = "<?xml version='1.0'?><stream><install-summary download-size=\"1\"><to-upgrade><solvable type=\"package\" \
                name=\"a&amp;b\" edition=\"1-1\" edition-old=\"0\" kind=\"package\" status=\"installed\"/></to-upgrade>\
                </install-summary></stream>\na\t1\n"
        .as_bytes();
    let read = |bytes: &[u8]| {
        let _ = (answer::offer(bytes), answer::found(bytes), answer::installed(bytes));
        let _ = cairn_engines::snapper::answer::unescape(&String::from_utf8_lossy(bytes));
    };
    for at in 0..good.len() {
        read(&good[..at]);
        for byte in [0, b'<', b'>', b'"', b'&', b'/', b'\\', 0xff] {
            let mut odd = good.to_vec();
            odd[at] = byte;
            read(&odd);
            odd.splice(at..at, good.iter().copied());
            read(&odd);
        }
    }
}

#[test]
fn lines_of_rpm_are_read_or_refused() {
    let read =
        answer::installed("kernel\t6.1-1\nkernel\t6.10-1\nkernel\t6.2-1\nbash\t5-1\n".as_bytes()).unwrap();
    assert_eq!(read["kernel"], "6.10-1");
    for bad in ["", "bash", "bash 5-1\n", "\n"] {
        assert_eq!(answer::installed(bad.as_bytes()).unwrap_err().code(), "bad-answer", "{bad:?}");
    }
    assert_eq!(answer::installed(&[0xff, b'\t', b'1']).unwrap_err().code(), "bad-answer");
}

#[test]
fn an_offer_is_told_from_another() {
    let offer = |inside: &str| {
        let xml = format!(
            "<stream>\n<message>a & b</message><install-summary download-size=\"x\">{inside}</install-summary>\n</stream>"
        );
        answer::offer(xml.as_bytes()).unwrap()
    };
    let package = |name, new, section| {
        format!(
            "<{section}><solvable type=\"package\" name=\"{name}\" edition=\"{new}\" edition-old=\"2-1\" later=\"1\"/></{section}>"
        )
    };
    let one = offer(&package("a", "3-1", "to-upgrade"));
    assert_eq!((one.download, one.growth, one.changes.len()), (None, None, 1));
    assert_eq!(one.fingerprint(), offer(&package("a", "3-1", "to-upgrade")).fingerprint());
    assert_ne!(one.fingerprint(), offer(&package("a", "4-1", "to-upgrade")).fingerprint());
    assert_ne!(one.fingerprint(), offer(&package("b", "3-1", "to-upgrade")).fingerprint());
    let vendor = |new| offer(&package("a", new, "to-change-vendor")).changes[0].kind;
    assert_eq!(
        ["1-1", "2-1", "3-1"].map(vendor),
        [ChangeKind::Downgraded, ChangeKind::Modified, ChangeKind::Upgraded]
    );
    assert!(offer(&package("a", "3-1", "not-updated")).is_empty(), "a section of no changes");
    assert!(offer("<to-upgrade><solvable type=\"patch\" name=\"a\" edition=\"1\"/></to-upgrade>").is_empty());
}
