//! The nixos engine on the real Nix: a store below a folder, a small nixpkgs of a few lines, and everything that the engine
//! asks Nix for, from fetching to garbage. Only the boot loader is played, by the program that each built system brings.

mod world;

use super::conformance::{self, check, fulfil, plan, status};
use cairn_engines::Engine;
use cairn_engines::nixos::Nixos;
use cairn_jobs::{CancelReason, Context};
use cairn_model::change::ChangeKind;
use cairn_model::job::Stage;
use cairn_model::package::PackageState;
use cairn_model::{DeploymentId, PackageDelta, PackageName, Problem, TargetId, Wish};
use std::time::Duration;
use world::{Kind, World};

/// More bytes than the recipes of a system of this kind take.
const RECIPES: u64 = 20_000;

fn id(text: &str) -> DeploymentId {
    DeploymentId::new(text).unwrap()
}

fn change(add: &[&str], remove: &[&str]) -> Wish {
    let names = |list: &[&str]| list.iter().map(|n| PackageName::new(*n).unwrap()).collect();
    Wish::ChangePackages {
        delta: PackageDelta { add: names(add), remove: names(remove), ..PackageDelta::default() },
    }
}

struct Machine {
    world: World,
    engine: Nixos,
}

#[async_trait::async_trait]
impl conformance::Machine for Machine {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    async fn restart(&self) -> bool {
        self.world.restart();
        true
    }

    async fn changed_by_another(&self) {
        let profile = "/nix/var/nix/profiles/system";
        let target = self.world.host().read_link(profile).unwrap();
        self.world.host().link(profile, "system-1-link").unwrap();
        self.world.host().link(profile, &target).unwrap();
    }

    /// Its builds take long enough.
    async fn slow(&self, _slow: bool) -> bool {
        true
    }
}

#[tokio::test]
async fn conforms_on_the_real_nix() {
    for kind in [Kind::Channel, Kind::Flake] {
        let Some(world) = World::new(kind) else { return };
        let engine = world.installed(&["26.05.1", "26.05.2"]).await;
        world.publish("26.05.3", 3);
        world.publish_in("nixos-unstable", "26.11pre7", 0);
        conformance::suite(&Machine { world, engine }).await;
    }
}

#[tokio::test]
async fn what_is_searched_for_is_never_an_expression() {
    let Some(world) = World::new(Kind::Channel) else { return };
    let engine = world.installed(&["26.05.1"]).await;
    let find = async |words: &str| engine.find_packages(words, &Context::default()).await.unwrap();
    let found = find("HT op").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].name.as_str(), found[0].version.as_deref()), ("htop", Some("3.4.1")));
    for words in ["${abort\"x\"}", "$${abort", "\\${abort}", "\"; }", "''", "\\\"", "\\", "\u{202e}\u{7f}"] {
        assert_eq!(find(words).await, [], "{words:?}");
    }
}

#[tokio::test]
async fn real_generations_are_removed_and_free_what_was_announced() {
    let Some(world) = World::new(Kind::Channel) else { return };
    for number in 1..=4 {
        world.generation(&format!("25.11.{number}"), number);
    }
    world.boot(4);
    let engine = world.engine();
    let now = status(&engine).await;
    let versions: Vec<&str> = now.deployments.iter().map(|d| d.version.as_str()).collect();
    assert_eq!(versions, ["25.11.4", "25.11.3", "25.11.2", "25.11.1"]);
    let usage = engine.usage(&Context::default()).await.unwrap();
    let (unique, before) = (usage.unique[&id("2")], world.bytes());
    assert!(unique > 1 << 20, "{unique}");
    let dead = plan(&engine, Wish::Cleanup {}, None).await.unwrap().frees.unwrap();
    fulfil(&engine, Wish::Remove { id: id("2") }, None).await;
    assert_eq!(status(&engine).await.deployments.len(), 3);
    // What it was made by goes with it where it needs something that goes.
    let freed = before - world.bytes();
    assert!((unique..unique + RECIPES).contains(&freed), "{unique} {freed}");
    let left = plan(&engine, Wish::Cleanup {}, None).await.unwrap().frees.unwrap();
    // Only its recipes are left over, which live as long as what was made by them (`keep-derivations`).
    assert!((dead..dead + RECIPES).contains(&left), "nothing else went: {dead} {left}");
    // Kept, the number taken away by another tool, garbage collected: the system is still whole.
    fulfil(&engine, Wish::Keep { id: id("1") }, None).await;
    let kept = status(&engine).await.find(&id("1")).unwrap().checksum.clone();
    world.env(&["--delete-generations", "1", "3"]);
    // What a build left behind when the power went is in the store's folder and not in its books.
    world.leave_behind();
    let (frees, before) =
        (plan(&engine, Wish::Cleanup {}, None).await.unwrap().frees.unwrap(), world.bytes());
    assert!(frees > 1 << 20, "{frees}");
    fulfil(&engine, Wish::Cleanup {}, None).await;
    assert_eq!(before - world.bytes(), frees);
    assert!(world.left_behind().is_none());
    let after = status(&engine).await;
    let loose = after.deployments.iter().find(|d| d.checksum == kept).unwrap();
    assert!(loose.kept && loose.version == "25.11.1", "{loose:?}");
    assert_eq!(plan(&engine, Wish::Cleanup {}, None).await.unwrap().frees, Some(0));
}

#[tokio::test]
async fn real_closures_differ_by_packages() {
    let Some(world) = World::new(Kind::Channel) else { return };
    world.generation("25.11.1", 1);
    world.generation("25.11.2", 2);
    world.boot(2);
    let changes = world.engine().diff(&id("1"), &id("2")).await.unwrap();
    let found: Vec<_> = changes.packages.iter().map(|p| (p.name.as_str(), p.kind, p.to.as_deref())).collect();
    assert_eq!(found, [("payload", ChangeKind::Upgraded, Some("2.0"))], "{changes:?}");
}

#[tokio::test]
async fn a_real_update_is_built_as_planned_and_runs() {
    for kind in [Kind::Channel, Kind::Flake] {
        let Some(world) = World::new(kind) else { return };
        let engine = world.installed(&["26.05.1"]).await;
        assert_eq!(engine.check(&Context::default()).await.unwrap(), None, "{kind:?}: nothing newer yet");
        world.publish("26.05.2", 1);
        let before = status(&engine).await;
        let update = check(&engine).await;
        assert_eq!(status(&engine).await.deployments, before.deployments, "{kind:?}");
        assert_eq!(update.version, "26.05.2");
        let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
        // Something newer comes after the plan: what was planned is what is built.
        world.publish("26.05.3", 1);
        conformance::run(&engine, &planned).await.unwrap();
        let after = status(&engine).await;
        assert_eq!(
            (&after.next().unwrap().checksum, &*after.next().unwrap().version),
            (&update.checksum, "26.05.2")
        );
        assert!(after.restart_pending() && after.next().unwrap().defect.is_none(), "{after:#?}");
        world.restart();
        assert_eq!(status(&engine).await.running().unwrap().checksum, update.checksum);
        assert!(world.sources().contains("26.05.2"), "{kind:?}: {}", world.sources());
        assert_eq!(check(&engine).await.version, "26.05.3");
        fulfil(&engine, Wish::GoBack {}, None).await;
        world.restart();
        assert_eq!(status(&engine).await.running().unwrap().version, "26.05.1");
    }
}

#[tokio::test]
async fn real_builds_that_fail_or_are_stopped_change_nothing() {
    for kind in [Kind::Channel, Kind::Flake] {
        let Some(world) = World::new(kind) else { return };
        let engine = world.installed(&["26.05.1"]).await;
        let (before, sources) = (status(&engine).await, world.sources());
        world.publish("26.05.9-broken", 1);
        let update = check(&engine).await;
        let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
        let failed = engine.run(&planned.steps[0], &Context::default()).await.unwrap_err();
        assert_eq!(failed.code(), "config-invalid", "{failed:?}");
        world.publish("26.05.8-slow", 60);
        let update = check(&engine).await;
        let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
        let ctx = Context::default();
        let (token, mut progress) = (ctx.cancel.clone(), ctx.progress.subscribe());
        tokio::spawn(async move {
            let _ = progress.wait_for(|p| p.stage == Stage::Deploying).await;
            token.cancel(CancelReason::Asked);
        });
        assert_eq!(engine.run(&planned.steps[0], &ctx).await.unwrap_err(), Problem::Cancelled);
        assert_eq!(status(&engine).await.deployments, before.deployments);
        assert_eq!(world.sources(), sources);
    }
}

#[tokio::test]
async fn real_packages_come_and_go() {
    let Some(world) = World::new(Kind::Channel) else { return };
    let engine = world.installed(&["26.05.1"]).await;
    let unknown = plan(&engine, change(&["nothing-of-that-name"], &[]), None).await.unwrap();
    let problem = conformance::run(&engine, &unknown).await.unwrap_err();
    assert_eq!(problem, Problem::PackageUnknown { name: "nothing-of-that-name".into() });
    assert_eq!(world.list(), None);
    fulfil(&engine, change(&["htop", "tools.ripgrep"], &[]), None).await;
    let state = |packages: &[cairn_model::Package], name: &str| {
        packages.iter().find(|p| p.name.as_str() == name).map(|p| (p.state, p.version.clone()))
    };
    let now = engine.packages().await.unwrap();
    assert_eq!(state(&now, "htop"), Some((PackageState::Next, None)));
    world.restart();
    let now = engine.packages().await.unwrap();
    assert_eq!(state(&now, "htop"), Some((PackageState::Running, Some("3.4.1".into()))));
    assert_eq!(state(&now, "tools.ripgrep").map(|s| s.0), Some(PackageState::Running));
    fulfil(&engine, change(&[], &["htop"]), None).await;
    world.restart();
    assert_eq!(state(&engine.packages().await.unwrap(), "htop"), None);
    // Without the import nothing of it is in the system, and nothing is kept.
    let list = world.list();
    world.configure("{ imports = [ ]; }");
    let planned = plan(&engine, change(&["htop"], &[]), None).await.unwrap();
    assert_eq!(conformance::run(&engine, &planned).await.unwrap_err().code(), "config-invalid");
    assert_eq!(world.list(), list);
    world.configure("{ imports = [");
    assert_eq!(conformance::run(&engine, &planned).await.unwrap_err().code(), "config-invalid");
}

#[tokio::test]
async fn another_real_channel_is_followed() {
    let Some(world) = World::new(Kind::Channel) else { return };
    let engine = world.installed(&["26.05.1"]).await;
    let target = TargetId::new("nixos-unstable").unwrap();
    let planned = plan(&engine, Wish::Rebase { target: target.clone() }, None).await.unwrap();
    let missing = conformance::run(&engine, &planned).await.unwrap_err();
    assert_eq!(missing.code(), "network", "it is not published: {missing:?}");
    world.publish_in("nixos-unstable", "26.11pre7", 1);
    conformance::run(&engine, &planned).await.unwrap();
    world.restart();
    assert_eq!(status(&engine).await.running().unwrap().version, "26.11pre7");
    assert!(engine.targets().await.unwrap().iter().any(|t| t.current && t.id == target));
    assert_eq!(engine.check(&Context::default()).await.unwrap(), None);
}

#[tokio::test]
async fn a_real_store_in_use_keeps_nobody_waiting_for_ever() {
    let Some(world) = World::new(Kind::Channel) else { return };
    let engine = world.installed(&["26.05.1"]).await.patience(Duration::from_millis(1));
    let hung = engine.packages().await;
    assert!(matches!(hung, Err(Problem::ToolHung { .. })), "{hung:?}");
    status(&engine).await;
}
