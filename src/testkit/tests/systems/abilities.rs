//! What some engines can do beyond versions: each ability once, through the bus, on every played system that has it.

use cairn_client::Client;
use cairn_model::argument::ArgumentState;
use cairn_model::{Ability, ArgumentDelta, KernelArgument, SystemStatus, Wish};
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
