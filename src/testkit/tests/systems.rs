//! Every system that can be played, with the real service and the real polkitd: what its engine says it can do is done
//! through the bus, and the system is what it should be afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "systems/abilities.rs"]
mod abilities;
#[path = "systems/aside.rs"]
mod aside;
#[path = "systems/elsewhere.rs"]
mod elsewhere;
#[path = "systems/trouble.rs"]
mod trouble;

use cairn_client::Client;
use cairn_demo::systems::{self, System};
use cairn_model::{Ability, PackageDelta, PackageName, Problem, SystemStatus, Wish};
use cairn_testkit::world::{Test, binaries, data, missing};
use std::process::Command;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_does_what_the_engine_can() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    for system in systems::all() {
        println!("{}", system.name);
        if system.btrfs && !has_btrfs() {
            println!("skipped: this kernel has no Btrfs");
            continue;
        }
        let mut test = Test::start_system(system).await.unwrap();
        go_through(system, &mut test).await;
        assert_eq!(test.world.unknown_calls(), Vec::<String>::new(), "{}", system.name);
        test.world.stop().await.unwrap();
    }
}

fn has_btrfs() -> bool {
    std::fs::read_to_string("/proc/filesystems").is_ok_and(|list| list.contains("btrfs"))
}

async fn go_through(system: &System, test: &mut Test) {
    let name = system.name;
    let client = test.client().await.unwrap();
    let evidence = client.engines().await.unwrap();
    let chosen = evidence.iter().find(|e| e.chosen).map_or("", |e| e.engine.as_str());
    assert_eq!(chosen, system.engine, "{name}: {evidence:#?}");
    if system.engine.is_empty() {
        return nothing_is_promised(&client).await;
    }
    let status = client.status().await.unwrap();
    let first = status.running().expect(name).version.clone();
    if status.can(Ability::Check) && status.can(Ability::Stage) {
        let client = updated(name, test, client).await;
        assert_ne!(version(&client.status().await.unwrap()), first, "{name}");
    }
    abilities::go_through(name, test, &test.status().await.unwrap()).await;
    let mut client = test.client().await.unwrap();
    if status.can(Ability::Packages) {
        client = packages(name, test, client).await;
    }
    let status = client.status().await.unwrap();
    if let Some(previous) = status.previous().filter(|_| status.can(Ability::Rollback)) {
        client.wish(&Wish::GoBack {}).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
        test.world.restart().await.unwrap();
        let now = test.status().await.unwrap();
        assert_eq!(now.running().unwrap().checksum, previous.checksum, "{name}: {now:#?}");
    }
}

/// A computer that keeps no versions is told so, whatever is asked of it.
async fn nothing_is_promised(client: &Client) {
    let status = client.status().await.unwrap();
    assert!(status.deployments.is_empty() && status.abilities.is_empty(), "{status:#?}");
    let follows = async {
        let job = client.check().await?;
        client.follow(&job, |_| {}).await
    };
    assert_eq!(follows.await.unwrap_err(), Problem::NotAtomic);
    for wish in [Wish::update(), Wish::GoBack {}, Wish::Cleanup {}] {
        assert_eq!(client.plan(&wish).await.unwrap_err(), Problem::NotAtomic, "{wish:?}");
    }
    assert_eq!(client.packages().await.unwrap_err(), Problem::NotAtomic);
}

/// Looks for the update, takes it, restarts.
async fn updated(name: &str, test: &mut Test, client: Client) -> Client {
    let job = client.check().await.unwrap();
    client.follow(&job, |_| {}).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
    let update = client.update().await.unwrap().unwrap_or_else(|| panic!("{name} has no update"));
    abilities::downloaded(name, &client).await;
    client.wish(&Wish::update()).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
    let status = client.status().await.unwrap();
    assert_eq!(status.next().unwrap().checksum, update.checksum, "{name}: {status:#?}");
    drop(client);
    test.world.restart().await.unwrap();
    let client = test.client().await.unwrap();
    assert_eq!(version(&client.status().await.unwrap()), update.version, "{name}");
    client
}

async fn packages(name: &str, test: &mut Test, client: Client) -> Client {
    let htop = PackageName::new("htop").unwrap();
    let delta = PackageDelta { add: vec![htop.clone()], ..PackageDelta::default() };
    client.wish(&Wish::ChangePackages { delta }).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
    drop(client);
    test.world.restart().await.unwrap();
    let client = test.client().await.unwrap();
    let packages = client.packages().await.unwrap();
    assert!(packages.iter().any(|p| p.name == htop), "{name}: {packages:?}");
    client
}

fn version(status: &SystemStatus) -> String {
    status.running().map(|d| d.version.clone()).unwrap_or_default()
}

#[test]
fn the_window_offers_what_the_system_can() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    for system in systems::all() {
        println!("{}", system.name);
        if system.btrfs && !has_btrfs() {
            println!("skipped: this kernel has no Btrfs");
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let program = binaries().join("cairn-demo");
        let output = Command::new(&program)
            .args(["run", "--system", system.name, "--bin"])
            .arg(binaries())
            .arg("--data")
            .arg(data())
            .arg("--")
            .arg(&program)
            .args(["play", "system", "--data"])
            .arg(data())
            .arg(folder.path())
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {text}", system.name);
        assert!(!text.contains("-CRITICAL"), "{}: {text}", system.name);
    }
}
