//! What a change of packages or arguments brings along, which is the newest image and nothing that was not said.

use super::*;
use cairn_model::{ArgumentDelta, KernelArgument};

/// Either of the changes that ABRoot builds a root for, beside the image's own.
fn wishes() -> [Wish; 2] {
    let add = vec![KernelArgument::new("nosmt").unwrap()];
    let arguments = ArgumentDelta { add, ..ArgumentDelta::default() };
    [Wish::ChangePackages { delta: adding("htop") }, Wish::ChangeArguments { delta: arguments }]
}

fn offer(vanilla: &Vanilla, digest: &str) {
    vanilla.change(|state| state.registry.values_mut().for_each(|offered| offered.digest = digest.into()));
}

#[tokio::test]
async fn it_is_named_also_where_nobody_has_looked_for_updates() {
    let vanilla = Vanilla::new().await;
    let update = conformance::check(&vanilla.engine).await;
    for wish in wishes() {
        let plan = vanilla.plan(wish.clone()).await.unwrap();
        assert_eq!(plan.target, update.version, "{wish:?}");
        let anew = vanilla.plan(wish).await.unwrap();
        assert_eq!((anew.steps, anew.target, anew.warnings), (plan.steps, plan.target, plan.warnings));
    }
    vanilla.change(|state| state.offline = true);
    for wish in wishes() {
        assert_eq!(vanilla.plan(wish).await.unwrap_err().code(), "tool-failed", "nobody can say");
    }
    vanilla.played.nothing_unknown();
}

#[tokio::test]
async fn what_the_person_went_back_from_does_not_come_with_a_package() {
    let vanilla = Vanilla::new().await;
    let update = conformance::check(&vanilla.engine).await;
    let mut status = vanilla.status().await;
    let (version, checksum) = (update.version.clone(), update.checksum.clone());
    status.held_back.push(HeldBack::Skipped { version: version.clone(), checksum });
    for wish in wishes() {
        for found in [None, Some(&update)] {
            let refused = vanilla.engine.plan(&wish, &status, found).await;
            assert_eq!(refused, Err(Problem::Skipped { version: version.clone() }), "{wish:?}");
        }
    }
    // It lies on the other root still.
    conformance::fulfil(&vanilla.engine, Wish::update(), Some(&update)).await;
    vanilla.played.restart();
    restart_into_other(&vanilla.played.stage).unwrap();
    let mut status = vanilla.status().await;
    status.deployments.iter_mut().find(|d| !d.running).unwrap().skipped = true;
    for wish in wishes() {
        let refused = vanilla.engine.plan(&wish, &status, None).await;
        assert_eq!(refused, Err(Problem::Skipped { version: version.clone() }), "{wish:?}");
    }
}

#[tokio::test]
async fn what_nobody_said_is_not_built() {
    let vanilla = Vanilla::new().await;
    let before = vanilla.status().await;
    let records = || (vanilla.read(ADD), vanilla.read("/etc/abroot/kargs"));
    let recorded = records();
    for step in [
        Step::Packages { delta: adding("htop"), checksum: None },
        Step::Packages { delta: adding("htop"), checksum: Some(String::new()) },
    ] {
        assert_eq!(vanilla.run(step).await, Err(Problem::PlanOutdated));
    }
    for wish in wishes() {
        let step = vanilla.plan(wish.clone()).await.unwrap().steps[0].clone();
        offer(&vanilla, "sha256:77");
        assert_eq!(vanilla.run(step.clone()).await, Err(Problem::PlanOutdated), "{wish:?}");
        assert_ne!(vanilla.plan(wish).await.unwrap().target, "main-2af4c817");
        assert_eq!(vanilla.run(step).await, Err(Problem::PlanOutdated), "another plan says that");
        offer(&vanilla, "sha256:78");
    }
    assert_eq!(records(), recorded);
    assert_eq!(vanilla.status().await.deployments, before.deployments);
    vanilla.played.nothing_unknown();
}

#[tokio::test]
async fn packages_are_put_aside_for_the_update_that_was_found_and_no_other() {
    let vanilla = Vanilla::new().await;
    let update = conformance::check(&vanilla.engine).await;
    let wish = || Wish::Update { allow_older: false, try_again: false, aside: names(&["tmux"]) };
    let planned = conformance::plan(&vanilla.engine, wish(), Some(&update)).await.unwrap();
    offer(&vanilla, "sha256:77");
    assert_eq!(conformance::run(&vanilla.engine, &planned).await, Err(Problem::PlanOutdated));
    let stale = conformance::plan(&vanilla.engine, wish(), Some(&update)).await;
    assert_eq!(stale, Err(Problem::PlanOutdated));
    assert_eq!(vanilla.read(ADD), "tmux\n");
    let update = conformance::check(&vanilla.engine).await;
    conformance::fulfil(&vanilla.engine, wish(), Some(&update)).await;
    assert_eq!(vanilla.status().await.staged().map(|d| d.checksum.clone()), Some("sha256:77".into()));
}
