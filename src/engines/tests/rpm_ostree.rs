//! The engine for rpm-ostree on a played Silverblue and a played Bazzite.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "rpm_ostree/answers.rs"]
mod answers;
#[path = "rpm_ostree/arguments.rs"]
mod arguments;
#[path = "rpm_ostree/automatic.rs"]
mod automatic;
#[path = "rpm_ostree/below.rs"]
mod below;
mod conformance;
#[path = "rpm_ostree/contract.rs"]
mod contract;
#[path = "rpm_ostree/elsewhere.rs"]
mod elsewhere;
#[path = "rpm_ostree/held.rs"]
mod held;
#[path = "rpm_ostree/layered.rs"]
mod layered;
#[path = "rpm_ostree/layers.rs"]
mod layers;
#[path = "rpm_ostree/live.rs"]
mod live;
#[path = "rpm_ostree/other.rs"]
mod other;
mod played;
#[path = "rpm_ostree/trouble.rs"]
mod trouble;

use async_trait::async_trait;
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_engines::rpm_ostree::RpmOstree;
use cairn_jobs::Context;
use cairn_model::advisory::Severity;
use cairn_model::{PackageDelta, PackageName, Step, Wish};
use conformance::{check, fulfil, plan, run, status};
use other::Other;
use played::{Played, recorded};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const NAME: &str = "org.projectatomic.rpmostree1";
const STATE: &str = "rpm-ostree";

/// Long enough for slow machines.
fn engine(played: &Played) -> RpmOstree {
    RpmOstree::new(played.host()).patience(Duration::from_secs(20))
}

/// Changes what the played daemon knows.
fn tell(played: &Played, change: impl FnOnce(&mut Value)) {
    played.stage.change(STATE, change).unwrap();
}

fn names(list: &[&str]) -> Vec<PackageName> {
    list.iter().map(|name| PackageName::new(*name).unwrap()).collect()
}

struct Machine {
    engine: RpmOstree,
    played: Played,
}

#[async_trait]
impl conformance::Machine for Machine {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.played.restart();
        true
    }

    async fn changed_by_another(&self) {
        let other = Other::on(&self.played).await;
        let install = other.packages(&["tmux"]).await;
        other.follow(&install).await;
        let drop = other.os.cleanup(&["pending-deploy"]).await.unwrap();
        other.follow(&drop).await;
    }

    async fn slow(&self, slow: bool) -> bool {
        self.played.mood(NAME, if slow { Mood::Slow { millis: 30 } } else { Mood::Well });
        true
    }
}

async fn conforms_on(system: &str) {
    let played = Played::new(system).await;
    let machine = Machine { engine: engine(&played), played };
    assert_eq!(cairn_engines::detect(&machine.played.host()).unwrap().id(), "rpm-ostree");
    conformance::suite(&machine).await;
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn conforms() {
    conforms_on("silverblue").await;
}

#[tokio::test]
async fn conforms_with_an_image() {
    conforms_on("bazzite").await;
}

#[tokio::test]
async fn recorded_states_are_understood() {
    recorded::all("rpm-ostree", |host| {
        Arc::new(RpmOstree::new(host.clone()).patience(Duration::from_secs(20)))
    })
    .await;
}

#[tokio::test]
async fn an_update_says_what_it_brings() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    assert_eq!((update.version.as_str(), update.timestamp), ("43.20261119.0", Some(1_795_050_760)));
    let changes = update.changes.unwrap();
    assert!(changes.by_package && changes.packages.len() == 13, "{changes:?}");
    let kernel = changes.packages.iter().find(|p| p.name == "kernel").unwrap();
    assert_eq!(kernel.to.as_deref(), Some("7.0.11-200.fc43"));
    let told: Vec<_> = changes.advisories.iter().map(|a| (a.severity, &*a.packages, a.holes.len())).collect();
    let (openssl, podman) = (["openssl-libs".to_owned()], ["podman".to_owned()]);
    assert_eq!(told, [(Severity::Critical, &openssl[..], 2), (Severity::Moderate, &podman[..], 1)]);
    assert_eq!(changes.advisories[0].holes, ["CVE-2026-48213", "CVE-2026-48219"]);
    assert_eq!(serde_json::to_value(&update.verification).unwrap()["kind"], "signed");
    let before = status(&engine).await;
    assert_eq!(Some(update.origin), before.running().unwrap().origin.clone());
    played.nothing_unknown();
}

#[tokio::test]
async fn an_image_says_what_it_weighs_and_is_told_by_its_digest() {
    let played = Played::new("bazzite").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    assert_eq!((update.download, update.changes), (Some(861_231_104), None));
    assert!(update.checksum.starts_with("sha256:"), "{}", update.checksum);
    played.nothing_unknown();
}

#[tokio::test]
async fn an_image_without_a_digest_is_no_update_that_could_be_told_apart() {
    let played = Played::new("bazzite").await;
    tell(&played, |state| {
        for (_, offer) in state["offers"].as_object_mut().unwrap() {
            offer["digest"] = json!("not an identity\n");
        }
    });
    let refused = engine(&played).check(&Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "bad-answer");
}

#[tokio::test]
async fn only_the_planned_version_is_prepared() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    let before = status(&engine).await;
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    // The place moves on to another version before the plan is run.
    tell(&played, |state| state["offers"][&update.origin]["checksum"] = json!("c".repeat(64)));
    assert!(run(&engine, &planned).await.is_err());
    assert_eq!(status(&engine).await.deployments, before.deployments);
    let elsewhere = Step::Stage { origin: "other:x/y".into(), checksum: update.checksum };
    let refused = engine.run(&elsewhere, &Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "plan-outdated");
}

#[tokio::test]
async fn nothing_newer_is_no_update() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    played.restart();
    assert_eq!(engine.check(&Context::default()).await.unwrap(), None);
}

#[tokio::test]
async fn going_back_and_forth_before_a_restart() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let before = status(&engine).await;
    let running = before.running().unwrap().id.clone();
    fulfil(&engine, Wish::GoBack {}, None).await;
    let back = status(&engine).await;
    assert!(back.restart_pending() && !back.next().unwrap().running);
    let again = Step::SetDefault { id: back.next().unwrap().id.clone() };
    assert_eq!(engine.run(&again, &Context::default()).await.unwrap_err().code(), "is-next");
    engine.run(&Step::SetDefault { id: running }, &Context::default()).await.unwrap();
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn a_prepared_update_gives_way_to_going_back() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    fulfil(&engine, Wish::GoBack {}, None).await;
    let after = status(&engine).await;
    assert_eq!((after.staged(), after.next().unwrap().version.as_str()), (None, "43.20261029.0"));
}

#[tokio::test]
async fn what_was_put_first_is_not_dropped_with_what_is_prepared() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::GoBack {}, None).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    let before = status(&engine).await;
    let refused = engine.run(&Step::DropStaged, &Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "restart-first");
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn two_versions_of_one_base_do_not_skip_each_other() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let delta = PackageDelta { add: names(&["htop"]), ..PackageDelta::default() };
    fulfil(&engine, Wish::ChangePackages { delta }, None).await;
    played.restart();
    let after = status(&engine).await;
    let back = plan(&engine, Wish::GoBack {}, None).await.unwrap();
    assert_eq!(after.running().unwrap().checksum, after.previous().unwrap().checksum);
    assert!(!back.steps.iter().any(|step| matches!(step, Step::Skip { .. })), "{back:?}");
}

#[tokio::test]
async fn an_update_leaves_a_branch_that_was_only_prepared() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let target =
        engine.targets().await.unwrap().into_iter().find(|t| t.name == "Fedora Silverblue 44").unwrap();
    fulfil(&engine, Wish::Rebase { target: target.id }, None).await;
    assert_eq!(status(&engine).await.next().unwrap().version, "44.20261119.0");
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    let after = status(&engine).await;
    assert_eq!(after.next().unwrap().checksum, update.checksum);
    assert_eq!(after.next().unwrap().origin, after.running().unwrap().origin);
    played.nothing_unknown();
}

#[tokio::test]
async fn a_branch_that_is_gone_leaves_everything_as_it_is() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let before = status(&engine).await;
    let target =
        engine.targets().await.unwrap().into_iter().find(|t| t.name == "Fedora Silverblue 42").unwrap();
    let plan = plan(&engine, Wish::Rebase { target: target.id }, None).await.unwrap();
    assert_eq!(run(&engine, &plan).await.unwrap_err().code(), "engine-failed");
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn what_differs_is_told_by_package() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let now = status(&engine).await;
    let (from, to) = (now.previous().unwrap(), now.running().unwrap());
    let changes = engine.diff(&from.id, &to.id).await.unwrap();
    assert_eq!((changes.by_package, changes.packages.len()), (true, 1));
    assert_eq!(changes.packages[0].to.as_deref(), Some("43.20261105.0"));
}

#[tokio::test]
async fn a_version_that_follows_nothing_has_no_updates() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    for (key, value) in [("remote-error", "Remote \"fedora\" not found"), ("origin", "0123abcd")] {
        tell(&played, |state| state["deployments"][0][key] = json!(value));
        let refused = engine.check(&Context::default()).await.unwrap_err();
        assert_eq!(refused.code(), "no-origin", "{key}");
        tell(&played, |state| drop(state["deployments"][0].as_object_mut().unwrap().remove(key)));
    }
}
