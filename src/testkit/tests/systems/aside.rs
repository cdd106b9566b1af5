//! A package that blocks an update: found, put aside, remembered over restarts, told when it fits, added again; and the way
//! back to the system as its makers have it.

use cairn_client::Client;
use cairn_demo::systems;
use cairn_model::package::PackageState;
use cairn_model::system::HeldBack;
use cairn_model::{PackageDelta, PackageName, Problem, Step, Wish};
use cairn_testkit::world::{Test, missing};
use serde_json::{Value, json};

/// What the stand-in of rpm-ostree calls its state.
const STATE: &str = "rpm-ostree";

fn unfit(test: &Test, origin: &str, names: &[&str]) {
    let stage = test.world.stage().unwrap();
    stage.change(STATE, |state: &mut Value| state["offers"][origin]["unfit"] = json!(names)).unwrap();
}

async fn look(client: &Client) {
    let job = client.check().await.unwrap();
    client.follow(&job, |_| {}).await.unwrap();
}

async fn held(client: &Client) -> Vec<HeldBack> {
    client.status().await.unwrap().held_back
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_blocks_an_update_goes_aside_and_comes_back() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let mut test = Test::start_system(systems::find("silverblue").unwrap()).await.unwrap();
    let client = test.client().await.unwrap();
    let vim = vec![PackageName::new("vim-enhanced").unwrap()];
    look(&client).await;
    let update = client.update().await.unwrap().unwrap();
    unfit(&test, &update.origin, &["vim-enhanced"]);
    match client.wish(&Wish::update()).await.unwrap_err() {
        Problem::PackageConflict { packages, .. } => assert_eq!(packages, vim),
        other => panic!("{other:?}"),
    }
    let without = Wish::Update { allow_older: false, try_again: false, aside: vim.clone() };
    client.wish(&without).await.unwrap();
    assert_eq!(held(&client).await, [HeldBack::Aside { packages: vim.clone(), fits: false }]);
    drop(client);
    test.world.restart().await.unwrap();
    let client = test.client().await.unwrap();
    assert_eq!(client.status().await.unwrap().running().unwrap().checksum, update.checksum);
    look(&client).await;
    assert_eq!(held(&client).await, [HeldBack::Aside { packages: vim.clone(), fits: false }]);
    let aside = client.packages().await.unwrap().into_iter().find(|p| p.name == vim[0]);
    assert_eq!(aside.unwrap().state, PackageState::Aside);
    // Whoever no longer wants it has it forgotten; nothing else is run for that.
    let unwanted = PackageDelta { remove: vim.clone(), ..PackageDelta::default() };
    let plan = client.plan(&Wish::ChangePackages { delta: unwanted }).await.unwrap().0;
    assert_eq!((plan.steps, plan.restart_needed), (vec![Step::TakeBack { packages: vim.clone() }], false));
    // Its makers build it anew.
    unfit(&test, &update.origin, &[]);
    look(&client).await;
    assert_eq!(held(&client).await, [HeldBack::Aside { packages: vim.clone(), fits: true }]);
    let add = PackageDelta { add: vim.clone(), ..PackageDelta::default() };
    client.wish(&Wish::ChangePackages { delta: add }).await.unwrap();
    assert_eq!(held(&client).await, []);
    drop(client);
    test.world.restart().await.unwrap();
    to_base(&mut test).await;
    assert_eq!(test.world.unknown_calls(), Vec::<String>::new());
    test.world.stop().await.unwrap();
}

/// Everything that was added, left out and replaced goes, in one wish.
async fn to_base(test: &mut Test) {
    let client = test.client().await.unwrap();
    let delta = PackageDelta::to_base(&client.packages().await.unwrap()).unwrap();
    client.wish(&Wish::ChangePackages { delta }).await.unwrap();
    drop(client);
    test.world.restart().await.unwrap();
    let packages = test.client().await.unwrap().packages().await.unwrap();
    assert!(PackageDelta::to_base(&packages).is_none(), "{packages:#?}");
}
