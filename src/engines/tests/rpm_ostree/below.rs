//! What is left to libostree, on a real, booted system of libostree, with a played service above it that tells of the same
//! versions.

use crate::conformance;
use crate::played::Played;
use crate::tell;
use cairn_demo::{Config, World, build};
use cairn_engines::Engine;
use cairn_engines::ostree::Ostree;
use cairn_engines::rpm_ostree::RpmOstree;
use cairn_host::Host;
use cairn_jobs::Context;
use cairn_model::plan::Warning;
use cairn_model::{Ability, DeploymentId, Step, SystemStatus, Wish};
use serde_json::{Value, json};
use std::path::Path;

/// Set where the test runs inside.
const INSIDE: &str = "CAIRN_TEST_INSIDE";

/// Runs one of the tests below inside a fresh world.
async fn inside(test: &str) {
    if !Path::new("/usr/bin/ostree").exists() {
        println!("skipped: needs ostree and root (./dev test)");
        return;
    }
    let parts = build::build(&build::default_folder(), &mut |what| println!("{what}")).unwrap();
    let place = tempfile::Builder::new().prefix("cairn-test-").tempdir_in("/var/tmp").unwrap();
    let own = std::env::current_exe().unwrap();
    let binaries = own.parent().and_then(Path::parent).unwrap();
    let config = Config { binaries: Some(binaries.into()), ..Config::default() };
    let mut world = World::create(&parts, &place.path().join("world"), config).await.unwrap();
    world.boot().await.unwrap();
    let name = own.file_name().unwrap().to_string_lossy();
    let program = format!("{}/deps/{name}", cairn_demo::world::BINARIES);
    let mut command = world.command("env").unwrap();
    command.args([&format!("{INSIDE}=1"), &program, "--exact", test, "--ignored", "--nocapture"]);
    let status = command.status().await.unwrap();
    world.stop().await.unwrap();
    assert!(status.success(), "{test} failed inside");
}

/// The versions that libostree has, as the service would tell of them.
fn told(status: &SystemStatus) -> Vec<Value> {
    let one = |d: &cairn_model::Deployment| {
        let osname = d.id.as_str().split_once(&format!("-{}", d.checksum)).unwrap().0;
        json!({
            "id": d.id, "osname": osname, "checksum": d.checksum, "version": d.version, "origin": d.origin,
            "booted": d.running, "staged": d.staged, "pinned": d.kept,
        })
    };
    status.deployments.iter().map(one).collect()
}

struct Both {
    played: Played,
    ostree: Ostree,
    engine: RpmOstree,
}

impl Both {
    async fn new() -> Self {
        assert!(std::env::var_os(INSIDE).is_some(), "this runs inside the world only");
        let played = Played::new("silverblue").await;
        let host = Host::real().with_bus(played.host().bus.unwrap());
        let both = Self { played, ostree: Ostree::new(Host::real()), engine: RpmOstree::new(host) };
        both.tell(|_| {}).await;
        both
    }

    /// Lets the service tell of what libostree has, changed a little.
    async fn tell(&self, change: impl FnOnce(&mut Vec<Value>)) {
        let mut deployments = told(&self.real().await);
        change(&mut deployments);
        tell(&self.played, |state| state["deployments"] = deployments.into());
    }

    async fn real(&self) -> SystemStatus {
        conformance::status(&self.ostree).await
    }

    async fn run(&self, step: Step) {
        self.engine.run(&step, &Context::default()).await.unwrap_or_else(|p| panic!("{step:?}: {p:?}"));
    }
}

#[tokio::test]
async fn pins_picks_and_deletes() {
    inside("below::pins_picks_and_deletes_inside").await;
}

#[tokio::test]
#[ignore = "runs inside the world"]
async fn pins_picks_and_deletes_inside() {
    let both = Both::new().await;
    for ability in [Ability::Pin, Ability::StartNext, Ability::Delete, Ability::EtcDrift] {
        assert!(conformance::can(&both.engine, ability), "{ability:?}");
    }
    let before = conformance::status(&both.engine).await;
    let (running, id) = (before.running().unwrap().id.clone(), before.previous().unwrap().id.clone());
    std::fs::write("/etc/edited-on-the-running-version", "here").unwrap();
    let back = conformance::plan(&both.engine, Wish::GoBack {}, None).await.unwrap();
    assert!(matches!(back.warnings[..], [Warning::EtcChangesStay { count: 1.. }]), "{back:?}");
    both.run(Step::Pin { id: id.clone() }).await;
    both.tell(|_| {}).await;
    assert!(both.real().await.find(&id).unwrap().kept);
    assert!(conformance::status(&both.engine).await.find(&id).unwrap().kept);
    let refused = both.engine.run(&Step::Remove { id: id.clone() }, &Context::default()).await;
    assert_eq!(refused.unwrap_err().code(), "is-kept");
    both.run(Step::Unpin { id: id.clone() }).await;

    // Another one is right after the running one, so that the service could only turn to that.
    let mut another = told(&both.real().await).remove(1);
    another["id"] = json!(DeploymentId::new(format!("{}9", id.as_str())).unwrap());
    both.tell(|list| list.insert(1, another)).await;
    both.run(Step::SetDefault { id: id.clone() }).await;
    assert_eq!(both.real().await.next().unwrap().id, id);
    both.tell(|_| {}).await;
    both.ostree.run(&Step::SetDefault { id: running }, &Context::default()).await.unwrap();
    both.tell(|_| {}).await;

    both.engine.drift(&before.running().unwrap().id).await.unwrap();
    both.run(Step::Remove { id: id.clone() }).await;
    assert!(both.real().await.find(&id).is_none());
    both.played.nothing_unknown();
}
