//! What some engines can do beyond versions: each ability once, through the bus, on every played system that has it.

use cairn_client::Client;
use cairn_model::argument::ArgumentState;
use cairn_model::{Ability, ArgumentDelta, Deployment, KernelArgument, SystemStatus, Wish};
use cairn_testkit::world::Test;

/// Everything that the system says it can.
pub async fn go_through(name: &str, test: &mut Test, status: &SystemStatus) {
    let client = test.client().await.unwrap();
    if status.can(Ability::Automatic) {
        automatic(name, &client, status).await;
    }
    if status.can(Ability::Extras) {
        extras(name, &client).await;
    }
    if status.can(Ability::Unlock) {
        unlocked(name, test, client).await;
    }
    if status.can(Ability::KernelArguments) {
        arguments(name, test).await;
    }
    versions(name, &test.client().await.unwrap()).await;
}

/// What can be done with versions and found out about them without a restart.
async fn versions(name: &str, client: &Client) {
    let status = client.status().await.unwrap();
    let (running, previous) = (status.running().unwrap(), status.previous());
    if let Some(previous) = previous.filter(|_| status.can(Ability::Diff)) {
        client.diff(&previous.id, &running.id).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
    }
    if let Some(previous) = previous.filter(|d| status.can(Ability::Pin) && !d.kept) {
        for (wish, kept) in [
            (Wish::Keep { id: previous.id.clone() }, true),
            (Wish::Unkeep { id: previous.id.clone() }, false),
        ] {
            client.wish(&wish).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
            assert_eq!(client.status().await.unwrap().find(&previous.id).unwrap().kept, kept, "{name}");
        }
    }
    if status.can(Ability::Snapshot) {
        client.wish(&Wish::Snapshot { name: "Before the trip".into() }).await.unwrap();
        let now = client.status().await.unwrap();
        assert_eq!(now.deployments.len(), status.deployments.len() + 1, "{name}: {now:#?}");
        let named = |d: &&Deployment| d.name.as_deref() == Some("Before the trip");
        let saved = now.deployments.iter().find(named).unwrap_or_else(|| panic!("{name}: {now:#?}"));
        client.wish(&Wish::Name { id: saved.id.clone(), name: "After it".into() }).await.unwrap();
        let renamed = client.status().await.unwrap();
        assert_eq!(renamed.find(&saved.id).unwrap().name.as_deref(), Some("After it"), "{name}");
    }
    if status.can(Ability::PackageSearch) {
        let found = client.find_packages("htop").await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
        assert!(found.iter().any(|package| package.name.as_str() == "htop"), "{name}: {found:?}");
    }
    if status.can(Ability::Rebase) {
        let targets = client.targets().await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
        assert_eq!(targets.iter().filter(|target| target.current).count(), 1, "{name}: {targets:?}");
    }
}

async fn automatic(name: &str, client: &Client, status: &SystemStatus) {
    let before = status.automatic.clone().unwrap();
    for policy in before.choices.iter().chain([&before.policy]) {
        if !before.choices.contains(policy) {
            continue;
        }
        client
            .wish(&Wish::SetAutomatic { policy: *policy })
            .await
            .unwrap_or_else(|p| panic!("{name}: {p:?}"));
        let now = client.status().await.unwrap().automatic.unwrap();
        assert_eq!(now.policy, *policy, "{name}");
    }
}

async fn extras(name: &str, client: &Client) {
    let extras = client.extras().await.unwrap();
    let Some(extra) = extras.iter().find(|extra| extra.changeable) else { return };
    let (id, enabled) = (extra.id.clone(), !extra.enabled);
    client
        .wish(&Wish::ChangeExtra { id: id.clone(), enabled })
        .await
        .unwrap_or_else(|p| panic!("{name}: {p:?}"));
    let now = client.extras().await.unwrap();
    assert!(now.iter().any(|extra| extra.id == id && extra.enabled == enabled), "{name}: {now:#?}");
}

/// The next start forgets it.
async fn unlocked(name: &str, test: &mut Test, client: Client) {
    client.wish(&Wish::Unlock {}).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
    assert!(client.status().await.unwrap().running().unwrap().unlocked, "{name}");
    drop(client);
    test.world.restart().await.unwrap();
    assert!(!test.status().await.unwrap().running().unwrap().unlocked, "{name}");
}

async fn arguments(name: &str, test: &mut Test) {
    let client = test.client().await.unwrap();
    let argument = KernelArgument::new("cairn.test=1").unwrap();
    let add = ArgumentDelta { add: vec![argument.clone()], ..ArgumentDelta::default() };
    client.wish(&Wish::ChangeArguments { delta: add }).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
    let state = |all: Vec<cairn_model::BootArgument>| {
        all.into_iter().find(|a| a.text == "cairn.test=1").map(|a| a.state)
    };
    assert_eq!(state(client.arguments().await.unwrap()), Some(ArgumentState::Next), "{name}");
    drop(client);
    test.world.restart().await.unwrap();
    let client = test.client().await.unwrap();
    assert_eq!(state(client.arguments().await.unwrap()), Some(ArgumentState::Running), "{name}");
}

/// What is fetched and nothing more does not start.
pub async fn downloaded(name: &str, client: &Client) {
    if !client.status().await.unwrap().can(Ability::DownloadOnly) {
        return;
    }
    client.wish(&Wish::Download {}).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
    let status = client.status().await.unwrap();
    assert!(!status.restart_pending(), "{name}: {status:#?}");
    assert!(client.update().await.unwrap().unwrap().downloaded, "{name}");
}
