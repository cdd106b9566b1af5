//! Added packages that do not fit an update.

use crate::conformance::{check, fulfil, plan, run, status};
use crate::{Aeon, UPDATER, delta, name, stage, states};
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_jobs::Context;
use cairn_model::change::ChangeKind;
use cairn_model::package::PackageState;
use cairn_model::plan::Warning;
use cairn_model::{PackageName, Problem, Wish};
use serde_json::json;

fn names(list: &[&str]) -> Vec<PackageName> {
    list.iter().map(|n| name(n)).collect()
}

fn aside(packages: &[&str]) -> Wish {
    Wish::Update { allow_older: false, try_again: false, aside: names(packages) }
}

impl Aeon {
    /// What of the packages does not work with what the repositories have.
    fn unfit(&self, packages: &[&str]) {
        self.change("zypp", |zypp| zypp["unfit"] = json!(packages));
    }

    async fn fitting(&self, packages: &[&str]) -> Result<Vec<PackageName>, Problem> {
        self.engine.fitting(&names(packages), &Context::default()).await
    }
}

#[tokio::test]
async fn a_package_in_the_way_is_found_and_put_aside() {
    let aeon = Aeon::new().await;
    aeon.unfit(&["fish"]);
    let update = check(&aeon.engine).await;
    assert_eq!(update.version, "20260919");
    let gone = |kind| kind == ChangeKind::Removed;
    let changes = update.changes.as_ref().unwrap();
    assert!(changes.packages.iter().any(|p| p.name == "fish" && gone(p.kind)));
    let before = status(&aeon.engine).await.deployments;
    let planned = plan(&aeon.engine, Wish::update(), Some(&update)).await.unwrap();
    match run(&aeon.engine, &planned).await.unwrap_err() {
        Problem::PackageConflict { packages, detail } => {
            assert_eq!((packages, detail.is_empty()), (names(&["fish"]), false));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(status(&aeon.engine).await.deployments, before, "it was only tried");

    let planned = plan(&aeon.engine, aside(&["fish"]), Some(&update)).await.unwrap();
    assert!(planned.warnings.contains(&Warning::PutAside { packages: names(&["fish"]) }));
    run(&aeon.engine, &planned).await.unwrap();
    assert_eq!(status(&aeon.engine).await.next().unwrap().checksum, update.checksum);
    assert_eq!(states(&aeon.engine).await, [("fish".into(), PackageState::Going)]);
    let again = aeon.engine.check(&Context::default()).await.unwrap().unwrap();
    assert!(again.staged && again.checksum == update.checksum);

    aeon.played.restart();
    assert_eq!(status(&aeon.engine).await.running().unwrap().version, "20260919");
    assert_eq!(aeon.engine.check(&Context::default()).await, Ok(None));
    assert_eq!(states(&aeon.engine).await, []);
    aeon.played.nothing_unknown();
}

#[tokio::test]
async fn what_was_put_aside_fits_again() {
    let aeon = Aeon::new().await;
    aeon.unfit(&["fish"]);
    let update = check(&aeon.engine).await;
    fulfil(&aeon.engine, aside(&["fish"]), Some(&update)).await;
    aeon.unfit(&[]);
    assert_eq!(aeon.fitting(&["fish"]).await, Ok(vec![]), "what runs is not what it would be added to");
    aeon.unfit(&["fish"]);
    aeon.played.restart();
    assert_eq!(aeon.fitting(&["fish"]).await, Ok(vec![]));
    // Its makers build it anew.
    aeon.unfit(&[]);
    let before = status(&aeon.engine).await.deployments;
    assert_eq!(aeon.fitting(&["fish", "no-such-thing", "bash"]).await, Ok(names(&["fish"])));
    assert_eq!(status(&aeon.engine).await.deployments, before, "it was only tried");
    for (mood, code) in [
        (Mood::Garbled, "bad-answer"),
        (Mood::Failing { status: 7, error: String::new(), words: "no".into() }, "busy-elsewhere"),
        (Mood::Failing { status: 106, error: String::new(), words: "no".into() }, "network"),
    ] {
        aeon.played.mood("zypper", mood);
        assert_eq!(aeon.fitting(&["fish"]).await.unwrap_err().code(), code);
    }
    aeon.played.mood("zypper", Mood::Well);
    fulfil(&aeon.engine, Wish::ChangePackages { delta: delta(&["fish"], &[]) }, None).await;
    assert_eq!(states(&aeon.engine).await, [("fish".into(), PackageState::Next)]);
    aeon.played.nothing_unknown();
}

#[tokio::test]
async fn packages_that_are_in_the_way_together_are_all_named() {
    let aeon = Aeon::new().await;
    fulfil(&aeon.engine, Wish::ChangePackages { delta: delta(&["htop", "vim"], &[]) }, None).await;
    aeon.played.restart();
    aeon.unfit(&["fish", "htop"]);
    let update = check(&aeon.engine).await;
    let planned = plan(&aeon.engine, Wish::update(), Some(&update)).await.unwrap();
    let refused = run(&aeon.engine, &planned).await.unwrap_err();
    let Problem::PackageConflict { packages, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(packages, names(&["fish", "htop"]));

    let planned = plan(&aeon.engine, aside(&["fish"]), Some(&update)).await.unwrap();
    let refused = run(&aeon.engine, &planned).await.unwrap_err();
    let Problem::PackageConflict { packages, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(packages, names(&["htop"]), "the other one is gone from what starts next");
    fulfil(&aeon.engine, aside(&["htop"]), Some(&update)).await;
    aeon.played.restart();
    assert_eq!(states(&aeon.engine).await, [("vim".into(), PackageState::Running)]);
    assert_eq!(status(&aeon.engine).await.running().unwrap().checksum, update.checksum);
    aeon.played.nothing_unknown();
}

#[tokio::test]
async fn another_failure_is_no_conflict() {
    let aeon = Aeon::new().await;
    // Nobody added it.
    aeon.unfit(&["glibc"]);
    let refused = aeon.engine.check(&Context::default()).await.unwrap_err();
    assert!(
        matches!(&refused, Problem::ToolFailed { tool, status: 4, .. } if tool == "zypper"),
        "{refused:?}"
    );
    aeon.unfit(&[]);
    let update = check(&aeon.engine).await;
    let words = "Problem: nothing provides what is needed by the installed fish";
    for status in [1, 4] {
        aeon.played.mood(UPDATER, Mood::Failing { status, error: String::new(), words: words.into() });
        let refused = aeon.engine.run(&stage(&update), &Context::default()).await.unwrap_err();
        assert_eq!(refused, Problem::ToolFailed { tool: UPDATER.into(), status, detail: words.into() });
    }
    aeon.played.mood(UPDATER, Mood::Well);
    // It is only in what starts next, with which nothing can be tried.
    fulfil(&aeon.engine, Wish::ChangePackages { delta: delta(&["htop"], &[]) }, None).await;
    aeon.unfit(&["htop"]);
    let refused = aeon.engine.run(&stage(&update), &Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "tool-failed");
    aeon.played.nothing_unknown();
}

#[tokio::test]
async fn only_what_was_added_can_be_put_aside() {
    let aeon = Aeon::new().await;
    let update = check(&aeon.engine).await;
    let refused = plan(&aeon.engine, aside(&["glibc"]), Some(&update)).await.unwrap_err();
    assert_eq!(refused, Problem::PackageUnknown { name: "glibc".into() });
    aeon.played.stage.remove("/usr/bin/rpm").unwrap();
    let refused = plan(&aeon.engine, aside(&["fish"]), Some(&update)).await.unwrap_err();
    assert_eq!(refused.code(), "not-supported");
}
