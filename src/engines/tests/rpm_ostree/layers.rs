//! Packages that were added, left out and replaced.

use crate::conformance::{check, fulfil, plan, run, status};
use crate::played::Played;
use crate::{engine, names, tell};
use cairn_engines::Engine;
use cairn_jobs::Context;
use cairn_model::package::{PackageRole, PackageState};
use cairn_model::plan::Warning;
use cairn_model::{Ability, Package, PackageDelta, Problem, Step, Wish};
use serde_json::json;

fn add(name: &str) -> PackageDelta {
    PackageDelta { add: names(&[name]), ..PackageDelta::default() }
}

fn state_of(packages: &[Package], name: &str) -> Option<(PackageRole, PackageState)> {
    packages.iter().find(|p| p.name.as_str() == name).map(|p| (p.role, p.state))
}

#[tokio::test]
async fn what_the_base_has_by_itself_is_inactive() {
    let played = Played::new("silverblue").await;
    let packages = engine(&played).packages().await.unwrap();
    let expected = [
        ("gnome-tour", PackageRole::Excluded, PackageState::Running),
        ("toolbox", PackageRole::Added, PackageState::Inactive),
        ("vim-enhanced", PackageRole::Added, PackageState::Running),
    ];
    assert_eq!(packages.len(), expected.len(), "{packages:?}");
    for (name, role, state) in expected {
        assert_eq!(state_of(&packages, name), Some((role, state)), "{name}");
    }
}

#[tokio::test]
async fn a_change_of_packages_brings_no_update_and_shows_where_it_is() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let delta = PackageDelta {
        add: names(&["htop"]),
        remove: names(&["vim-enhanced"]),
        exclude: names(&["firefox"]),
        reset: names(&["gnome-tour"]),
    };
    fulfil(&engine, Wish::ChangePackages { delta }, None).await;
    let packages = engine.packages().await.unwrap();
    assert_eq!(state_of(&packages, "htop"), Some((PackageRole::Added, PackageState::Next)));
    assert_eq!(state_of(&packages, "vim-enhanced"), Some((PackageRole::Added, PackageState::Going)));
    assert_eq!(state_of(&packages, "firefox"), Some((PackageRole::Excluded, PackageState::Next)));
    assert_eq!(state_of(&packages, "gnome-tour"), Some((PackageRole::Excluded, PackageState::Going)));
    let now = status(&engine).await;
    assert_eq!(now.next().unwrap().checksum, now.running().unwrap().checksum);
    played.restart();
    let packages = engine.packages().await.unwrap();
    assert_eq!(state_of(&packages, "htop"), Some((PackageRole::Added, PackageState::Running)));
    assert_eq!(state_of(&packages, "vim-enhanced"), None);
    played.nothing_unknown();
}

#[tokio::test]
async fn local_and_replaced_packages_are_listed_and_taken_out() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    tell(&played, |state| {
        let deployment = &mut state["deployments"][0];
        deployment["requested-local-packages"] = json!(["google-chrome-stable-152.0.1-1.x86_64"]);
        deployment["requested-base-local-replacements"] = json!(["podman-5:5.9.0-1.fc43.x86_64"]);
        deployment["base-local-replacements"] = json!([[
            ["podman-5:5.9.0-1.fc43.x86_64", "podman", 5, "5.9.0", "1.fc43", "x86_64"],
            ["podman-5:5.8.1-1.fc43.x86_64", "podman", 5, "5.8.1", "1.fc43", "x86_64"],
        ]]);
        deployment["requested-base-remote-replacements"] =
            json!([["repo=updates-testing", ["mutter", "yelp"]]]);
        deployment["base-remote-replacements"] = json!({});
    });
    let packages = engine.packages().await.unwrap();
    let chrome = packages.iter().find(|p| p.role == PackageRole::AddedFile).unwrap();
    assert_eq!(
        (chrome.name.as_str(), chrome.version.as_deref()),
        ("google-chrome-stable", Some("152.0.1-1"))
    );
    let podman = packages.iter().find(|p| p.name.as_str() == "podman").unwrap();
    assert_eq!((podman.role, podman.state), (PackageRole::Replaced, PackageState::Running));
    assert_eq!(podman.version.as_deref(), Some("5.9.0-1.fc43"));
    assert_eq!(podman.base_version.as_deref(), Some("5.8.1-1.fc43"));
    assert_eq!(state_of(&packages, "mutter"), Some((PackageRole::Replaced, PackageState::Inactive)));
    let delta = PackageDelta { remove: names(&["google-chrome-stable"]), ..PackageDelta::default() };
    fulfil(&engine, Wish::ChangePackages { delta }, None).await;
    let packages = engine.packages().await.unwrap();
    assert_eq!(
        state_of(&packages, "google-chrome-stable"),
        Some((PackageRole::AddedFile, PackageState::Going))
    );
}

#[tokio::test]
async fn what_cannot_be_added_or_taken_is_refused_by_name() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let refused = |delta: PackageDelta| {
        let engine = &engine;
        async move {
            let plan = plan(engine, Wish::ChangePackages { delta }, None).await?;
            run(engine, &plan).await
        }
    };
    let before = status(&engine).await;
    let present = |name: &str| Err(Problem::PackagePresent { name: name.into() });
    let unknown = |name: &str| Err(Problem::PackageUnknown { name: name.into() });
    assert_eq!(refused(add("vim-enhanced")).await, present("vim-enhanced"));
    assert_eq!(refused(add("yelp")).await, present("yelp"), "the base has it");
    assert_eq!(refused(add("vim-enhancd")).await, unknown("vim-enhancd"));
    let remove = PackageDelta { remove: names(&["yelp"]), ..PackageDelta::default() };
    assert_eq!(refused(remove).await, unknown("yelp"));
    let exclude = PackageDelta { exclude: names(&["gnome-tour"]), ..PackageDelta::default() };
    assert_eq!(refused(exclude).await, unknown("gnome-tour"));
    let reset = PackageDelta { reset: names(&["firefox"]), ..PackageDelta::default() };
    assert_eq!(refused(reset).await, unknown("firefox"));
    assert_eq!(status(&engine).await.deployments, before.deployments);
    played.nothing_unknown();
}

#[tokio::test]
async fn a_package_in_the_way_is_found_and_put_aside() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    fulfil(&engine, Wish::ChangePackages { delta: add("openrgb") }, None).await;
    played.restart();
    let update = check(&engine).await;
    tell(&played, |state| state["offers"][&update.origin]["unfit"] = json!(["openrgb"]));
    let before = status(&engine).await;
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    match run(&engine, &planned).await.unwrap_err() {
        Problem::PackageConflict { packages, detail } => {
            assert_eq!((packages, detail.is_empty()), (names(&["openrgb"]), false));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(status(&engine).await.deployments, before.deployments);
    let wish = Wish::Update { allow_older: false, try_again: false, aside: names(&["openrgb"]) };
    fulfil(&engine, wish, Some(&update)).await;
    let after = status(&engine).await;
    assert_eq!(after.deployments.iter().filter(|d| d.staged).count(), 1);
    assert_eq!(after.next().unwrap().checksum, update.checksum);
    let packages = engine.packages().await.unwrap();
    assert_eq!(state_of(&packages, "openrgb"), Some((PackageRole::Added, PackageState::Going)));
    let vim = state_of(&packages, "vim-enhanced");
    assert_eq!(vim, Some((PackageRole::Added, PackageState::Running)));
    let aside = names(&["openrgb"]);
    assert_eq!(engine.fitting(&aside, &Context::default()).await, Ok(Vec::new()));
    // Its makers build it anew.
    tell(&played, |state| state["offers"][&update.origin]["unfit"] = json!([]));
    let before = status(&engine).await;
    assert_eq!(engine.fitting(&aside, &Context::default()).await, Ok(aside.clone()));
    assert_eq!(status(&engine).await.deployments, before.deployments, "it was only tried");
    played.nothing_unknown();
}

#[tokio::test]
async fn packages_that_are_in_the_way_together_are_all_named() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    tell(&played, |state| state["offers"][&update.origin]["unfit"] = json!(["toolbox", "vim-enhanced"]));
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    let refused = run(&engine, &planned).await.unwrap_err();
    let Problem::PackageConflict { packages, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(packages, names(&["toolbox", "vim-enhanced"]));
}

#[tokio::test]
async fn another_failure_is_no_conflict() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    let words = "Could not depsolve transaction; 1 problem detected";
    tell(&played, |state| state["trouble"] = json!({ "kind": "fails", "words": words }));
    let planned = plan(&engine, Wish::update(), Some(&update)).await.unwrap();
    let refused = run(&engine, &planned).await.unwrap_err();
    assert_eq!(refused, Problem::EngineFailed { detail: words.into() });
}

#[tokio::test]
async fn a_change_on_a_prepared_update_keeps_it() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    let planned = plan(&engine, Wish::ChangePackages { delta: add("htop") }, None).await.unwrap();
    assert_eq!(planned.target, update.version);
    assert!(!planned.warnings.iter().any(|w| matches!(w, Warning::StagedDropped { .. })), "{planned:?}");
    run(&engine, &planned).await.unwrap();
    let after = status(&engine).await;
    assert_eq!(after.next().unwrap().checksum, update.checksum);
    assert!(state_of(&engine.packages().await.unwrap(), "htop").is_some());
}

#[tokio::test]
async fn a_search_finds_by_name_and_by_summary() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let find = async |words: &str| engine.find_packages(words, &Context::default()).await.unwrap();
    let found = find("vim").await;
    assert_eq!(found.len(), 2, "{found:?}");
    let vim = found.iter().find(|p| p.name.as_str() == "vim-enhanced").unwrap();
    assert!(vim.here && vim.version.as_deref() == Some("2:9.1.2120-1.fc43") && vim.repository.is_some());
    assert_eq!(find("interactive shell").await.len(), 2);
    for nothing in ["", "  ", "\u{202e}\n", "*", "nothing-of-that-name"] {
        assert!(find(nothing).await.is_empty(), "{nothing:?}");
    }
    played.nothing_unknown();
}

#[tokio::test]
async fn a_part_of_a_change_is_no_success() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    tell(&played, |state| state["trouble"] = json!({ "kind": "partly" }));
    let delta = PackageDelta { remove: names(&["vim-enhanced"]), ..add("htop") };
    let failed =
        engine.run(&Step::Packages { delta, checksum: None }, &Context::default()).await.unwrap_err();
    assert_eq!(failed.code(), "engine-failed");
}

#[tokio::test]
async fn what_an_administrator_forbids_is_not_claimed() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let file = played.stage.read("/etc/rpm-ostreed.conf").unwrap();
    let locked = file.replace("LockLayering=false", "LockLayering=true");
    played.stage.write("/etc/rpm-ostreed.conf", &locked).unwrap();
    let now = status(&engine).await;
    for ability in [Ability::Packages, Ability::PackageSearch, Ability::Override] {
        assert!(!now.can(ability), "{ability:?}");
    }
    assert!(now.can(Ability::Stage) && now.can(Ability::KernelArguments));
    let unable = |code: &str| assert_eq!(code, "not-supported");
    unable(plan(&engine, Wish::ChangePackages { delta: add("htop") }, None).await.unwrap_err().code());
    let update = check(&engine).await;
    let aside = Wish::Update { allow_older: false, try_again: false, aside: names(&["vim-enhanced"]) };
    unable(plan(&engine, aside, Some(&update)).await.unwrap_err().code());
    let listed = engine.packages().await.unwrap();
    assert!(state_of(&listed, "vim-enhanced").is_some(), "what is there can be seen");
    unable(engine.find_packages("vim", &Context::default()).await.unwrap_err().code());
    let step = Step::Packages { delta: add("htop"), checksum: None };
    unable(engine.run(&step, &Context::default()).await.unwrap_err().code());
    fulfil(&engine, Wish::update(), Some(&update)).await;
    played.stage.write("/etc/rpm-ostreed.conf", &file).unwrap();
    assert!(status(&engine).await.can(Ability::Packages), "it is allowed again");
    played.nothing_unknown();
}

#[tokio::test]
async fn steps_look_again_at_packages() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let step = Step::Packages { delta: add("vim-enhanced"), checksum: None };
    assert_eq!(engine.run(&step, &Context::default()).await.unwrap_err().code(), "package-present");
}

#[tokio::test]
async fn what_does_not_fit_the_present_version_is_named() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    played.restart();
    tell(&played, |state| state["offers"][&update.origin]["unfit"] = json!(["openrgb"]));
    let before = status(&engine).await;
    let delta = PackageDelta { add: names(&["htop", "openrgb"]), ..PackageDelta::default() };
    let plan = plan(&engine, Wish::ChangePackages { delta }, None).await.unwrap();
    match run(&engine, &plan).await.unwrap_err() {
        Problem::PackageUnfit { packages, .. } => assert_eq!(packages, names(&["openrgb"])),
        other => panic!("{other:?}"),
    }
    assert_eq!(status(&engine).await.deployments, before.deployments);
}

#[tokio::test]
async fn dropping_an_update_says_which_packages_go_with_it() {
    let played = Played::new("silverblue").await;
    let engine = engine(&played);
    let update = check(&engine).await;
    fulfil(&engine, Wish::update(), Some(&update)).await;
    let plain = plan(&engine, Wish::DropStaged {}, None).await.unwrap();
    assert_eq!(plain.warnings, []);
    let delta = PackageDelta { remove: names(&["vim-enhanced"]), ..add("htop") };
    fulfil(&engine, Wish::ChangePackages { delta }, None).await;
    let too = plan(&engine, Wish::DropStaged {}, None).await.unwrap();
    assert_eq!(too.warnings, [Warning::PackagesToo { packages: names(&["htop", "vim-enhanced"]) }]);
}
