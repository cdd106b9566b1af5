//! The snapper engine on a played Debian, whose snapperd is a stand-in. What the real one does stands in
//! `snapper_real.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod own_bus;
mod played;
#[path = "snapper/saved.rs"]
mod saved;

use cairn_demo::systems::Mood;
use cairn_engines::snapper::Snapper;
use cairn_engines::snapper::proxy::SnapperProxy;
use cairn_engines::{Engine, detect};
use cairn_host::Host;
use cairn_jobs::{CancelReason, Context};
use cairn_model::change::{ChangeKind, Changes};
use cairn_model::{Ability, DeploymentId, Problem, Step, Wish};
use conformance::{fulfil, plan, status};
use own_bus::OwnBus;
use played::{Played, recorded};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

const SNAPPERD: &str = "org.opensuse.Snapper";

struct Debian {
    played: Played,
    engine: Snapper,
}

impl Debian {
    async fn new() -> Self {
        let played = Played::new("debian-btrfs").await;
        let engine = Snapper::new(played.host()).patience(Duration::from_secs(20));
        Self { played, engine }
    }

    async fn snapperd(&self) -> SnapperProxy<'static> {
        let address = self.played.host().bus.unwrap();
        let connection = zbus::connection::Builder::address(address.as_str()).unwrap().build().await.unwrap();
        SnapperProxy::new(&connection).await.unwrap()
    }

    /// Changes what snapperd knows.
    fn change(&self, change: impl FnOnce(&mut Value)) {
        self.played.stage.change("snapper", change).unwrap();
    }

    fn disk(&self) -> Value {
        self.played.stage.state("snapper").unwrap()
    }

    fn snapshot(&self, number: u32) -> Value {
        let disk = self.disk();
        let all = disk["snapshots"].as_array().unwrap().clone();
        all.into_iter().find(|s| s["number"] == number).unwrap_or_default()
    }
}

#[async_trait::async_trait]
impl conformance::Machine for Debian {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.played.restart();
        true
    }

    async fn changed_by_another(&self) {
        let snapperd = self.snapperd().await;
        let number = snapperd.create_single_snapshot("root", "by hand", "", &HashMap::new()).await.unwrap();
        snapperd.delete_snapshots("root", &[number]).await.unwrap();
    }

    async fn slow(&self, _slow: bool) -> bool {
        false
    }
}

fn id(number: u32) -> DeploymentId {
    DeploymentId::new(number.to_string()).unwrap()
}

#[tokio::test]
async fn conforms() {
    let debian = Debian::new().await;
    assert_eq!(detect(&debian.played.host()).unwrap().id(), "snapper");
    conformance::suite(&debian).await;
    debian.played.nothing_unknown();
}

#[tokio::test]
async fn recorded_states() {
    recorded::all("snapper", |host: &Host| Arc::new(Snapper::new(host.clone()))).await;
}

#[tokio::test]
async fn a_service_whose_answers_are_none() {
    let debian = Debian::new().await;
    let engine = debian.engine.clone().patience(Duration::from_secs(3));
    recorded::service_mischief(&debian.played, &engine, SNAPPERD).await;
}

#[tokio::test]
async fn errors_of_snapperd_are_told_by_their_names() {
    let debian = Debian::new().await;
    let engine = &debian.engine;
    let cases = [
        ("error.no_permissions", "not-authorized"),
        ("error.unknown_config", "plan-outdated"),
        ("error.illegal_snapshot", "plan-outdated"),
        ("error.config_locked", "busy-elsewhere"),
        ("error.config_in_use", "busy-elsewhere"),
        ("error.snapshot_in_use", "busy-elsewhere"),
        ("error.io_error", "engine-failed"),
        ("error.something", "engine-failed"),
        ("error.of_a_later_version", "engine-failed"),
        ("error.unknown_method", "bad-answer"),
        ("error.dbus.marshalling", "bad-answer"),
        ("org.freedesktop.DBus.Error.NoReply", "tool-hung"),
    ];
    for (error, code) in cases {
        let words = "\u{202e}no\n".to_owned();
        debian.played.mood(SNAPPERD, Mood::Failing { status: 1, error: error.into(), words });
        let problem = engine.status().await.unwrap_err();
        assert_eq!(problem.code(), code, "{error}: {problem:?}");
        assert!(!problem.detail().unwrap_or_default().contains(['\u{202e}', '\n']), "{problem:?}");
    }
    debian.played.mood(SNAPPERD, Mood::Stuck);
    let hasty = debian.engine.clone().patience(Duration::from_millis(200));
    assert!(matches!(hasty.status().await, Err(Problem::ToolHung { .. })));
    debian.played.mood(SNAPPERD, Mood::Slow { millis: 50 });
    status(engine).await;
    debian.played.mood(SNAPPERD, Mood::Well);
    status(engine).await;
}

#[tokio::test]
async fn a_bus_without_snapperd() {
    let debian = Debian::new().await;
    let bus = OwnBus::start().await;
    let engine = Snapper::new(debian.played.host().with_bus(bus.address()));
    assert_eq!(engine.status().await.unwrap_err().code(), "tool-missing");
    let nowhere = Snapper::new(Host::at(debian.played.stage.root()));
    assert_eq!(nowhere.status().await.unwrap_err().code(), "tool-missing");
    bus.stop();
    let gone = engine.status().await.unwrap_err();
    assert!(["tool-missing", "tool-failed"].contains(&gone.code()), "{gone:?}");
}

/// Another snapperd, whose answers have other types.
struct Odd;

#[zbus::interface(name = "org.opensuse.Snapper")]
impl Odd {
    async fn list_configs(&self) -> Vec<(String, String, HashMap<String, String>)> {
        vec![("root".into(), "/".into(), HashMap::new())]
    }

    async fn list_snapshots(&self, _config: &str) -> Vec<(String, i64)> {
        vec![("1".into(), 1)]
    }
}

/// A snapperd that goes away while it is asked.
struct Leaving(tokio::sync::mpsc::UnboundedSender<()>);

#[zbus::interface(name = "org.opensuse.Snapper")]
impl Leaving {
    async fn list_configs(&self) -> String {
        self.0.send(()).unwrap();
        std::future::pending().await
    }
}

#[tokio::test]
async fn answers_of_other_types_and_a_service_that_goes_away() {
    let debian = Debian::new().await;
    let bus = OwnBus::start().await;
    let engine = Snapper::new(debian.played.host().with_bus(bus.address()));
    let service = bus.connect().await;
    service.object_server().at("/org/opensuse/Snapper", Odd).await.unwrap();
    service.request_name(SNAPPERD).await.unwrap();
    assert_eq!(engine.status().await.unwrap_err().code(), "bad-answer");
    service.close().await.unwrap();

    let (asked, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let service = bus.connect().await;
    service.object_server().at("/org/opensuse/Snapper", Leaving(asked)).await.unwrap();
    service.request_name(SNAPPERD).await.unwrap();
    let question = tokio::spawn(async move { engine.status().await });
    heard.recv().await.unwrap();
    service.close().await.unwrap();
    assert!(matches!(question.await.unwrap(), Err(Problem::ToolHung { .. })));
}

#[tokio::test]
async fn going_back_starts_a_copy_and_can_be_undone() {
    let debian = Debian::new().await;
    let engine = &debian.engine;
    let before = status(engine).await;
    assert_eq!(before.previous().unwrap().id, id(42), "the state before the newest change");
    fulfil(engine, Wish::GoBack {}, None).await;
    let gone_back = status(engine).await;
    let next = gone_back.next().unwrap();
    assert_eq!(
        (next.id.clone(), next.checksum.clone()),
        (id(45), before.previous().unwrap().checksum.clone())
    );
    // Both are called what they are copies of, and nobody goes back to what runs.
    let backup = gone_back.find(&id(44)).unwrap();
    assert_eq!(backup.checksum, before.running().unwrap().checksum);
    assert_eq!((next.version.as_str(), backup.version.as_str()), ("42", "1"));
    assert!(!backup.previous, "{gone_back:?}");

    // The running system is writable: it starts itself, not a copy.
    fulfil(engine, Wish::StartNext { id: id(1) }, None).await;
    let undone = status(engine).await;
    assert_eq!(undone.next().unwrap().id, id(1));
    assert!(!undone.restart_pending());
    let again = plan(engine, Wish::StartNext { id: id(1) }, None).await.unwrap_err();
    assert_eq!(again.code(), "is-next");
    let step = Step::SetDefault { id: id(1) };
    assert_eq!(engine.run(&step, &Context::default()).await.unwrap_err().code(), "is-next");
    debian.played.nothing_unknown();
}

#[tokio::test]
async fn what_ran_before_a_choice_is_what_going_back_means() {
    let debian = Debian::new().await;
    let ran = status(&debian.engine).await.running().unwrap().checksum.clone();
    fulfil(&debian.engine, Wish::StartNext { id: id(42) }, None).await;
    debian.played.restart();
    let now = status(&debian.engine).await;
    assert_eq!(now.running().unwrap().version, "42");
    assert_eq!(now.previous().unwrap().checksum, ran);
    let order: Vec<_> = now.deployments.iter().map(|d| d.id.as_str()).collect();
    assert_eq!(order, ["45", "44", "40", "39", "35", "1", "43"], "what else was left comes last");
    // Of two choices it is what the newer one left.
    let ran = now.running().unwrap().checksum.clone();
    fulfil(&debian.engine, Wish::StartNext { id: id(40) }, None).await;
    debian.played.restart();
    let now = status(&debian.engine).await;
    assert_eq!(now.previous().map(|d| (&d.id, &d.checksum)), Some((&id(46), &ran)));
    // What was changed since is undone first.
    let snapperd = debian.snapperd().await;
    let made = snapperd.create_single_snapshot("root", "since", "", &HashMap::new()).await.unwrap();
    assert_eq!(status(&debian.engine).await.previous().unwrap().id, id(made));
}

#[tokio::test]
async fn a_copy_keeps_the_name_of_its_original() {
    let debian = Debian::new().await;
    fulfil(&debian.engine, Wish::Snapshot { name: "Vor der Reise".into() }, None).await;
    fulfil(&debian.engine, Wish::StartNext { id: id(44) }, None).await;
    debian.played.restart();
    let running = status(&debian.engine).await.running().unwrap().clone();
    assert_eq!((running.id.as_str(), running.version.as_str()), ("46", "44"));
    assert_eq!(running.name.as_deref(), Some("Vor der Reise"));
    let unnamed = status(&debian.engine).await.find(&id(45)).unwrap().clone();
    assert_eq!((unnamed.version.as_str(), unnamed.name), ("1", None));
}

#[tokio::test]
async fn a_read_only_default_is_changed_without_a_copy() {
    let debian = Debian::new().await;
    debian.change(|disk| {
        for snapshot in disk["snapshots"].as_array_mut().unwrap() {
            snapshot["writable"] = json!(false);
        }
    });
    fulfil(&debian.engine, Wish::StartNext { id: id(40) }, None).await;
    let after = status(&debian.engine).await;
    assert_eq!(after.next().unwrap().id, id(40));
    assert_eq!(after.deployments.iter().filter(|d| d.next).count(), 1);
}

#[tokio::test]
async fn a_program_that_fails_changes_nothing() {
    let debian = Debian::new().await;
    let before = status(&debian.engine).await.deployments;
    let step = Step::SetDefault { id: id(40) };
    let failing = Mood::Failing { status: 1, error: String::new(), words: "Rollback failed.".into() };
    for (mood, code) in [(failing, "tool-failed"), (Mood::Killed, "tool-failed")] {
        debian.played.mood("snapper", mood);
        let problem = debian.engine.run(&step, &Context::default()).await.unwrap_err();
        assert_eq!(problem.code(), code, "{problem:?}");
        assert_eq!(status(&debian.engine).await.deployments, before);
    }
    // It says that all is well and has done nothing.
    debian.played.mood("snapper", Mood::Saying { answer: String::new() });
    let problem = debian.engine.run(&step, &Context::default()).await.unwrap_err();
    assert_eq!(problem.code(), "engine-failed");
    debian.played.mood("snapper", Mood::Well);
    let stopped = Context::default();
    stopped.cancel.cancel(CancelReason::Asked);
    assert_eq!(debian.engine.run(&step, &stopped).await.unwrap_err(), Problem::Cancelled);
    assert_eq!(status(&debian.engine).await.deployments, before);
    debian.engine.run(&step, &Context::default()).await.unwrap();
    assert!(status(&debian.engine).await.restart_pending());
}

#[tokio::test]
async fn what_the_boot_loader_decides_is_left_to_it() {
    let debian = Debian::new().await;
    let back = |engine: &Snapper| engine.abilities().contains(&Ability::Rollback);
    assert!(back(&debian.engine));
    let stage = &debian.played.stage;
    stage.write("/proc/cmdline", "root=UUID=1 rootflags=subvol=@/.snapshots/1/snapshot quiet\n").unwrap();
    assert!(!back(&debian.engine));
    stage.write("/usr/bin/sdbootutil", "").unwrap();
    assert!(back(&debian.engine));
    stage.write("/proc/cmdline", "root=UUID=1 quiet\n").unwrap();
    let mounts = "22 1 0:19 /@ / rw,relatime shared:1 - btrfs /dev/vda2 rw,subvol=/@\n";
    stage.write("/proc/self/mountinfo", mounts).unwrap();
    assert!(!back(&debian.engine));
    let refused = plan(&debian.engine, Wish::GoBack {}, None).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
    let step = Step::SetDefault { id: id(40) };
    assert_eq!(debian.engine.run(&step, &Context::default()).await.unwrap_err().code(), "not-supported");
    assert!(plan(&debian.engine, Wish::Keep { id: id(40) }, None).await.is_ok());
}

#[tokio::test]
async fn keeping_leaves_everything_else_as_it_was() {
    let debian = Debian::new().await;
    debian.change(|disk| {
        let snapshots = disk["snapshots"].as_array_mut().unwrap();
        let snapshot = snapshots.iter_mut().find(|s| s["number"] == 40).unwrap();
        snapshot["description"] = json!(r"R\xc3\xbcckweg \\ 1");
        snapshot["cleanup"] = json!("timeline");
    });
    let before = debian.snapshot(40);
    assert_eq!(
        status(&debian.engine).await.find(&id(40)).unwrap().description.as_deref(),
        Some("Rückweg \\ 1")
    );
    fulfil(&debian.engine, Wish::Keep { id: id(40) }, None).await;
    let kept = debian.snapshot(40);
    assert_eq!((&kept["cleanup"], &kept["description"]), (&json!(""), &before["description"]));
    assert_eq!(kept["userdata"]["important"], "yes");
    fulfil(&debian.engine, Wish::Unkeep { id: id(40) }, None).await;
    assert_eq!(debian.snapshot(40), before);
    // One that was made by hand was never to be cleaned up; then the usual algorithm is to take it.
    debian.change(|disk| {
        let snapshots = disk["snapshots"].as_array_mut().unwrap();
        snapshots.iter_mut().find(|s| s["number"] == 40).unwrap()["cleanup"] = json!("");
    });
    fulfil(&debian.engine, Wish::Unkeep { id: id(40) }, None).await;
    assert_eq!(debian.snapshot(40)["cleanup"], "number");
}

#[tokio::test]
async fn both_snapshots_of_a_change_go_together() {
    let debian = Debian::new().await;
    fulfil(&debian.engine, Wish::Remove { id: id(39) }, None).await;
    assert_eq!((debian.snapshot(38), debian.snapshot(39)), (Value::Null, Value::Null));
    // The one before it is kept for a reason.
    debian.engine.run(&Step::Pin { id: id(34) }, &Context::default()).await.unwrap();
    fulfil(&debian.engine, Wish::Remove { id: id(35) }, None).await;
    assert_ne!(debian.snapshot(34), Value::Null);
    assert!(status(&debian.engine).await.find(&id(34)).unwrap().kept);
    // Somebody else compares meanwhile.
    let snapperd = debian.snapperd().await;
    snapperd.create_comparison("root", 1, 40).await.unwrap();
    let step = Step::Remove { id: id(40) };
    assert_eq!(debian.engine.run(&step, &Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
    snapperd.delete_comparison("root", 1, 40).await.unwrap();
    debian.engine.run(&step, &Context::default()).await.unwrap();
    assert_eq!(debian.engine.run(&step, &Context::default()).await.unwrap_err().code(), "not-found");
}

#[tokio::test]
async fn tells_files_that_differ_within_bounds() {
    let debian = Debian::new().await;
    let changes = debian.engine.diff(&id(40), &id(43)).await.unwrap();
    let kinds: Vec<_> = changes.files.iter().map(|f| (f.path.as_str(), f.kind)).collect();
    assert!(kinds.contains(&("/usr/bin/htop", ChangeKind::Added)) && !changes.by_package);
    assert!(kinds.contains(&("/etc/fstab", ChangeKind::Modified)) && changes.file_count == 4);
    let back = debian.engine.diff(&id(43), &id(40)).await.unwrap();
    assert!(back.files.iter().any(|f| f.path == "/usr/bin/htop" && f.kind == ChangeKind::Removed));
    assert!(debian.engine.diff(&id(40), &id(40)).await.unwrap().is_empty());
    assert_eq!(debian.engine.diff(&id(40), &id(77)).await.unwrap_err().code(), "not-found");
    for (count, shown) in [(2_000, Changes::MAX_FILES), (100_001, 0)] {
        debian.change(|disk| {
            let files: Vec<_> = (0..count).map(|n| json!([format!("/x\\x0a{n}"), 8])).collect();
            disk["files"] = json!(files);
        });
        let many = debian.engine.diff(&id(40), &id(43)).await.unwrap();
        assert_eq!((many.file_count, many.files.len()), (count, shown));
        assert!(many.files.iter().all(|f| !f.path.contains('\n')));
    }
    assert_eq!(debian.disk()["compared"], json!([]), "no comparison is left open");
}

#[tokio::test]
async fn costs_are_known_with_quotas_only() {
    let debian = Debian::new().await;
    let usage = debian.engine.usage(&Context::default()).await.unwrap();
    assert!(usage.total > 0 && usage.unique[&id(40)] > 0);
    debian.change(|disk| disk["no_quota"] = json!(true));
    let refused = debian.engine.usage(&Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
}

#[tokio::test]
async fn a_timeline_of_years_is_bounded() {
    let debian = Debian::new().await;
    debian.change(|disk| disk["timeline"] = json!(20_000));
    let many = status(&debian.engine).await;
    assert_eq!(many.deployments.len(), 256);
    assert!(many.running().is_some() && many.deployments[1].id == id(119_999));
}

/// Interface of introspection → its methods and signals with the types of their arguments.
fn members(xml: &str) -> Vec<String> {
    let interface = xml.split("<interface name=\"org.opensuse.Snapper\">").nth(1).unwrap();
    let interface = interface.split("</interface>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!("{name}=\""))
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or("")
            .to_owned()
    };
    let mut members: Vec<String> = Vec::new();
    for tag in interface.split('<').map(str::trim) {
        if tag.starts_with("method") || tag.starts_with("signal") {
            members.push(attribute(tag, "name"));
        } else if tag.starts_with("arg") {
            let direction = attribute(tag, "direction");
            let direction = if direction == "in" { "in" } else { "out" };
            members.last_mut().unwrap().push_str(&format!(" {direction}:{}", attribute(tag, "type")));
        }
    }
    members.sort();
    members
}

#[tokio::test]
async fn stand_in_proxy_and_description_agree() {
    let debian = Debian::new().await;
    let snapperd = debian.snapperd().await;
    let described = members(include_str!("../snapper/org.opensuse.Snapper.xml"));
    let introspected = snapperd.inner().introspect().await.unwrap();
    assert_eq!(members(&introspected), described);
    assert_eq!(described.len(), 16);
    // Every method through the proxy: its types are those of the stand-in.
    let none = HashMap::new();
    assert_eq!(snapperd.list_configs().await.unwrap().len(), 2);
    assert!(snapperd.list_snapshots("root").await.unwrap().len() > 5);
    let made = snapperd.create_single_snapshot("root", "a", "number", &none).await.unwrap();
    snapperd.set_snapshot("root", made, "b", "", &none).await.unwrap();
    assert_eq!(snapperd.get_default_snapshot("root").await.unwrap(), (true, 1));
    assert_eq!(snapperd.get_active_snapshot("root").await.unwrap(), (true, 1));
    snapperd.calculate_used_space("root").await.unwrap();
    assert!(snapperd.get_used_space("root", made).await.unwrap() > 0);
    assert!(snapperd.query_quota("root").await.unwrap().0 > 0);
    assert_eq!(snapperd.create_comparison("root", 1, made).await.unwrap(), 4);
    assert_eq!(snapperd.get_files("root", 1, made).await.unwrap().len(), 4);
    snapperd.delete_comparison("root", 1, made).await.unwrap();
    snapperd.delete_snapshots("root", &[made]).await.unwrap();
}

#[tokio::test]
async fn a_root_that_cannot_be_written_is_not_gone_back_on() {
    let debian = Debian::new().await;
    assert!(debian.engine.abilities().contains(&Ability::Rollback));
    let table = debian.played.host().read("/proc/self/mountinfo").unwrap().unwrap();
    debian.played.stage.write("/proc/self/mountinfo", &table.replace(" / rw", " / ro")).unwrap();
    let abilities = debian.engine.abilities();
    assert!(
        !abilities.contains(&Ability::Rollback) && !abilities.contains(&Ability::StartNext),
        "{abilities:?}"
    );
    assert!(abilities.contains(&Ability::Pin), "that is snapperd's");
    let before = debian.disk();
    let refused = debian.engine.run(&Step::SetDefault { id: id(40) }, &Context::default()).await.unwrap_err();
    assert_eq!((refused.code(), debian.disk()), ("not-supported", before));
}
