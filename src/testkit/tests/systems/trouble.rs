//! An upstream that is stuck, is killed, or answers hugely or with nonsense: the service says what is wrong, lives, and does its
//! work as soon as the upstream does.

use cairn_demo::systems::{self, Mood};
use cairn_model::{Problem, Wish};
use cairn_testkit::world::{Test, missing};

/// A service of D-Bus and a program, one system each.
const UPSTREAMS: [(&str, &str); 2] = [("silverblue", "org.projectatomic.rpmostree1"), ("bluefin", "bootc")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_outlives_every_mood_of_its_upstream() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    for (name, upstream) in UPSTREAMS {
        let test = Test::start_system(systems::find(name).unwrap()).await.unwrap();
        let client = test.client().await.unwrap();
        // Asking starts it.
        client.status().await.unwrap();
        let service = test.process("cairnd").unwrap();
        let stage = test.world.stage().unwrap();
        for mood in [Mood::Killed, Mood::Huge, Mood::Garbled, Mood::Truncated] {
            stage.set_mood(upstream, mood.clone()).unwrap();
            let looked = async {
                let job = client.check().await?;
                client.follow(&job, |_| {}).await
            };
            let problem = looked.await.expect_err(name);
            assert_ne!(problem, Problem::Cancelled, "{name}: {mood:?}");
            println!("{name}: {mood:?}: {}", problem.code());
            stage.set_mood(upstream, Mood::Well).unwrap();
        }
        stuck(name, upstream, &test).await;
        let job = client.check().await.unwrap();
        client.follow(&job, |_| {}).await.unwrap();
        client.wish(&Wish::update()).await.unwrap_or_else(|p| panic!("{name}: {p:?}"));
        assert!(client.status().await.unwrap().restart_pending(), "{name}");
        assert_eq!(test.process("cairnd").unwrap(), service, "{name}: it was started anew");
        test.world.stop().await.unwrap();
    }
}

/// What never answers can be given up.
async fn stuck(name: &str, upstream: &str, test: &Test) {
    let client = test.client().await.unwrap();
    let stage = test.world.stage().unwrap();
    stage.set_mood(upstream, Mood::Stuck).unwrap();
    let job = client.check().await.unwrap();
    assert!(client.jobs().await.unwrap().contains(&job), "{name}: the service answers meanwhile");
    client.cancel(&job).await.unwrap();
    let ended = client.follow(&job, |_| {}).await;
    assert_eq!(ended.unwrap_err(), Problem::Cancelled, "{name}");
    stage.set_mood(upstream, Mood::Well).unwrap();
}
