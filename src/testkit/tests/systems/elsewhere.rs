//! A change that another program makes is shown by the service for as long as it lasts, and keeps ours out.

use cairn_client::Client;
use cairn_demo::systems::{self, Mood};
use cairn_model::job::Job;
use cairn_model::{Problem, Wish};
use cairn_testkit::world::{Test, missing};
use std::time::Duration;

const NAME: &str = "com.steampowered.Atomupd1";
const PATH: &str = "/com/steampowered/Atomupd1";

async fn newest(client: &Client) -> Option<Job> {
    let jobs = client.jobs().await.unwrap();
    client.job(jobs.last()?).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_steam_does_is_shown_and_not_fought() {
    if let Some(reason) = missing() {
        println!("skipped: {reason}");
        return;
    }
    let test = Test::start_system(systems::find("steamos").unwrap()).await.unwrap();
    let client = test.client().await.unwrap();
    let job = client.check().await.unwrap();
    client.follow(&job, |_| {}).await.unwrap();
    let update = client.update().await.unwrap().unwrap();
    test.world.stage().unwrap().set_mood(NAME, Mood::Slow { millis: 100 }).unwrap();
    let bus = zbus::connection::Builder::address(test.world.bus_address().as_str()).unwrap();
    let steam = zbus::Proxy::new(&bus.build().await.unwrap(), NAME, PATH, NAME).await.unwrap();
    steam.call_method("StartUpdate", &(update.checksum.as_str(),)).await.unwrap();
    let shown = loop {
        // Asking is what makes the service look, where nothing tells it.
        client.status().await.unwrap();
        match newest(&client).await.filter(|job| job.kind == "elsewhere") {
            Some(job) => break job,
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert!(!shown.state.is_final() && !shown.cancellable, "{shown:?}");
    assert_eq!(client.wish(&Wish::update()).await.unwrap_err(), Problem::BusyElsewhere);
    test.world.stage().unwrap().set_mood(NAME, Mood::Well).unwrap();
    while newest(&client).await.is_some_and(|job| !job.state.is_final()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let status = client.status().await.unwrap();
    assert!(status.held_back.is_empty() && status.restart_pending(), "{status:#?}");
    assert_eq!(status.next().unwrap().checksum, update.checksum);
    test.world.stop().await.unwrap();
}
