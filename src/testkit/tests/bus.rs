//! The service on a private system bus with the real polkitd: what it promises to callers of every kind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cairn_api::{names, problem_of, proxy, to_dict};
use cairn_client::{Client, Snapshot, Watched};
use cairn_demo::logind::{Event, Inhibitor};
use cairn_model::restart::RestartWhen;
use cairn_model::{Problem, Wish};
use cairn_testkit::world::{ALLOWED, DENIED, Test, missing, version};
use futures_util::StreamExt;
use std::time::Duration;

macro_rules! world {
    () => {
        match missing() {
            None => Test::start().await.unwrap(),
            Some(reason) => {
                println!("skipped: {reason}");
                return;
            }
        }
    };
}

async fn connect(test: &Test) -> zbus::Connection {
    zbus::connection::Builder::address(test.world.bus_address().as_str()).unwrap().build().await.unwrap()
}

/// Interface XML without comments, blanks and the order of members.
fn members(xml: &str, interface: &str) -> Vec<String> {
    let block = xml.split(&format!("<interface name=\"{interface}\"")).nth(1).expect(interface);
    let block = block.split("</interface>").next().unwrap();
    let flat = block.replace(['\n', '\r'], " ").replace(" />", "/>").replace("  ", " ");
    let mut members: Vec<String> = Vec::new();
    for part in flat.split('<').map(str::trim).filter(|p| !p.is_empty() && !p.starts_with('/')) {
        let part = part.trim_end_matches(['>', '/', ' ']).to_owned();
        match part.starts_with("method") || part.starts_with("property") || part.starts_with("signal") {
            true => members.push(part),
            false => members.last_mut().map(|m| m.push_str(&format!(" [{part}]"))).unwrap_or_default(),
        }
    }
    members.sort();
    members
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn introspection_is_the_published_interface() {
    let test = world!();
    let job = test.client().await.unwrap().check().await.unwrap();
    test.client().await.unwrap().follow(&job, |_| {}).await.unwrap();
    let connection = connect(&test).await;
    for (interface, path) in [
        (names::SYSTEM, names::PATH.to_owned()),
        (names::SCHEDULE, names::PATH.to_owned()),
        (names::HISTORY, names::PATH.to_owned()),
        (names::JOB, names::job_path(1)),
    ] {
        let proxy = zbus::fdo::IntrospectableProxy::builder(&connection).destination(names::BUS).unwrap();
        let served = proxy.path(path).unwrap().build().await.unwrap().introspect().await.unwrap();
        let published =
            std::fs::read_to_string(cairn_testkit::world::data().join(format!("dbus/{interface}.xml")))
                .unwrap();
        assert_eq!(members(&served, interface), members(&published, interface), "{interface}");
        assert!(
            !served.contains("access=\"write\"") && !served.contains("readwrite"),
            "a property can be written"
        );
    }
    test.world.stop().await.unwrap();
}

/// Every command that changes something, as `cairnctl` says it.
const CHANGES: [&[&str]; 9] = [
    &["check"],
    &["go-back"],
    &["start-next", "43.4"],
    &["keep", "43.4"],
    &["name", "43.4", "Mine"],
    &["works"],
    &["remove", "43.4"],
    &["restart", "tonight"],
    &["restart", "now"],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_polkit_denies_changes_nothing() {
    let mut test = world!();
    let client = test.client().await.unwrap();
    let job = client.check().await.unwrap();
    client.follow(&job, |_| {}).await.unwrap();
    let (before, truth) = (test.status().await.unwrap(), test.truth().await.unwrap());
    for change in CHANGES.iter().chain([&["update"][..], &["drift"], &["restart", "cancel"]].iter()) {
        let output = test.cairnctl(DENIED, change).unwrap();
        assert_eq!(output.status.code(), Some(4), "{change:?}: {output:?}");
    }
    // Which kind of system this is, anybody may know.
    let told = test.cairnctl(DENIED, &["engines", "--explain"]).unwrap();
    let words = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.status.success() && words.contains("OSTree: chosen") && words.contains("NixOS: not here"),
        "{words}"
    );
    let after = test.status().await.unwrap();
    assert_eq!((after.deployments, after.last_check), (before.deployments, before.last_check));
    assert_eq!(test.truth().await.unwrap(), truth);
    assert!(client.history(10, 0).await.unwrap().is_empty());
    assert_eq!(client.scheduled().await.unwrap(), None);
    let silent = tokio::time::timeout(Duration::from_millis(300), test.world.event()).await;
    assert!(silent.is_err(), "logind was asked: {silent:?}");
    for read in [
        &["status"][..],
        &["versions"],
        &["history"],
        &["jobs"],
        &["diff", "previous", "running"],
        &["plan", "go-back"],
    ] {
        let output = test.cairnctl(DENIED, read).unwrap();
        assert_eq!(output.status.code(), Some(0), "reading is for everybody: {read:?} {output:?}");
    }
    test.world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_polkit_allows_changes_what_was_planned() {
    let mut test = world!();
    for change in
        [&["check"][..], &["keep", "43.4"], &["name", "43.4", "Before the trip"], &["update"], &["drift"]]
    {
        let output = test.cairnctl(ALLOWED, change).unwrap();
        assert!(output.status.success(), "{change:?}: {output:?}");
    }
    let status = test.status().await.unwrap();
    let old = version(&status, "43.4").unwrap();
    assert!(old.kept && old.name.as_deref() == Some("Before the trip"));
    assert_eq!(status.staged().unwrap().version, "44.2");
    let history = test.client().await.unwrap().history(10, 0).await.unwrap();
    assert!(history.iter().all(|r| r.uid == ALLOWED), "the history names who asked: {history:?}");
    assert!(test.cairnctl(ALLOWED, &["restart", "now"]).unwrap().status.success());
    assert!(matches!(test.world.event().await, Event::Reboot { .. }));
    test.world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_one_senders_and_works_once() {
    let test = world!();
    let (first, second) = (connect(&test).await, connect(&test).await);
    let (mine, other) =
        (proxy::SystemProxy::new(&first).await.unwrap(), proxy::SystemProxy::new(&second).await.unwrap());
    let status = test.status().await.unwrap();
    let wish = Wish::Keep { id: version(&status, "43.4").unwrap().id.clone() };
    let (_, token) = mine.plan(&to_dict(&wish).unwrap()).await.unwrap();
    assert_eq!(problem_of(&other.apply(&token).await.unwrap_err()), Problem::TokenInvalid);
    mine.apply(&token).await.unwrap();
    assert_eq!(problem_of(&mine.apply(&token).await.unwrap_err()), Problem::TokenInvalid);
    assert_eq!(problem_of(&mine.apply("made up").await.unwrap_err()), Problem::TokenInvalid);

    // A token ends with its sender: nobody who gets that name later could use it either.
    let (_, token) = mine.plan(&to_dict(&Wish::GoBack {}).unwrap()).await.unwrap();
    drop((mine, first));
    assert_eq!(problem_of(&other.apply(&token).await.unwrap_err()), Problem::TokenInvalid);

    // What was planned is no longer what would be done: refused, not adapted.
    let (_, token) = other.plan(&to_dict(&Wish::GoBack {}).unwrap()).await.unwrap();
    test.world.run("ostree", &["admin", "pin", "-u", "1"]).await.unwrap();
    test.world.run("ostree", &["admin", "undeploy", "1"]).await.unwrap();
    let refused = problem_of(&other.apply(&token).await.unwrap_err());
    assert!(matches!(refused, Problem::NothingPrevious | Problem::PlanOutdated), "{refused:?}");
    test.world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_arguments_are_refused_and_the_service_lives() {
    let test = world!();
    let connection = connect(&test).await;
    let system = proxy::SystemProxy::new(&connection).await.unwrap();
    let word = |w: &str| zbus::zvariant::Value::from(w.to_owned()).try_to_owned().unwrap();
    for (kind, key, value) in [
        ("run", "argv", "sh"),
        ("keep", "id", "../../etc/passwd"),
        ("keep", "id", "-rf"),
        ("keep", "path", "/etc"),
        ("name", "id", "os-a.0"),
        ("go-back", "url", "http://x"),
        ("unskip", "checksum", "$(reboot)"),
    ] {
        let dict = [("kind".to_owned(), word(kind)), (key.to_owned(), word(value))].into();
        let problem = problem_of(&system.plan(&dict).await.unwrap_err());
        assert!(
            matches!(problem, Problem::InvalidArgument { .. } | Problem::NotFound { .. }),
            "{kind}: {problem:?}"
        );
    }
    assert!(system.diff("a/b", "c").await.is_err() && system.drift("..").await.is_err());
    let long = "x".repeat(1 << 20);
    assert!(system.apply(&long).await.is_err());
    let set = connection
        .call_method(
            Some(names::BUS),
            names::PATH,
            Some("org.freedesktop.DBus.Properties"),
            "Set",
            &(names::SYSTEM, "Status", zbus::zvariant::Value::from(1_u32)),
        )
        .await;
    assert!(set.is_err(), "a property was written");
    assert!(test.status().await.is_ok());
    test.world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_polkit_only_root_gets_further() {
    let test = world!();
    test.status().await.unwrap();
    test.signal("polkitd", "KILL").unwrap();
    let output = test.cairnctl(ALLOWED, &["keep", "43.4"]).unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert!(!version(&test.status().await.unwrap(), "43.4").unwrap().kept);
    assert!(test.cairnctl(0, &["keep", "43.4"]).unwrap().status.success());
    assert!(version(&test.status().await.unwrap(), "43.4").unwrap().kept);
    test.world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_vanishes_while_polkit_thinks_holds_nothing_up() {
    let test = world!();
    test.status().await.unwrap();
    test.signal("polkitd", "STOP").unwrap();
    let user = ALLOWED.to_string();
    let mut waiting = std::process::Command::new("setpriv")
        .args(["--reuid", &user, "--regid", &user, "--clear-groups", "--"])
        .arg(cairn_testkit::world::binaries().join("cairnctl"))
        .args(["remove", "43.4"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", test.world.bus_address())
        .spawn()
        .unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(waiting.try_wait().unwrap().is_none(), "it did not wait for polkit");
    // The prompt is outside all locks: others are served meanwhile.
    assert!(test.cairnctl(0, &["keep", "43.4"]).unwrap().status.success());
    waiting.kill().unwrap();
    waiting.wait().unwrap();
    test.signal("polkitd", "CONT").unwrap();
    assert!(test.cairnctl(0, &["unkeep", "43.4"]).unwrap().status.success());
    assert!(
        version(&test.status().await.unwrap(), "43.4").is_ok(),
        "the vanished caller's wish was carried out"
    );
    test.world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_other_tools_change_is_told_at_once() {
    let test = world!();
    let (sender, mut watched) = tokio::sync::watch::channel(Watched::<Snapshot>::Loading);
    let client = Client::at(&test.world.bus_address()).await.unwrap();
    tokio::spawn(cairn_client::watch::run_with(client, sender));
    let ready = |w: &Watched<Snapshot>| w.ready().is_some();
    watched.wait_for(ready).await.unwrap();
    let start = std::time::Instant::now();
    test.world.run("ostree", &["admin", "pin", "1"]).await.unwrap();
    let kept = |w: &Watched<Snapshot>| w.ready().is_some_and(|s| s.status.deployments[1].kept);
    tokio::time::timeout(Duration::from_secs(20), watched.wait_for(kept))
        .await
        .expect("a pin was not told")
        .unwrap();
    println!("a pin by ostree was told after {} ms", start.elapsed().as_millis());
    test.world.run("ostree", &["admin", "upgrade", "--stage"]).await.unwrap();
    let start = std::time::Instant::now();
    let staged = |w: &Watched<Snapshot>| w.ready().is_some_and(|s| s.status.staged().is_some());
    tokio::time::timeout(Duration::from_secs(20), watched.wait_for(staged))
        .await
        .expect("a staged update was not told")
        .unwrap();
    println!("an update staged by ostree was told after {} ms", start.elapsed().as_millis());
    let output = test.cairnctl(0, &["status", "--json"]).unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"restart_pending\":true"), "{output:?}");
    test.world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarts_wait_for_who_asks_and_survive_the_service() {
    let mut test = world!();
    let client = test.client().await.unwrap();
    test.world.set_inhibitors(&[Inhibitor::block("Burner", "burning a disc")]).unwrap();
    let now = RestartWhen::Now { ignore_inhibitors: false, soft: false };
    let blocked = client.restart(&now).await.unwrap_err();
    assert_eq!(blocked, Problem::RestartBlocked { who: "Burner".into(), why: "burning a disc".into() });
    assert_eq!(client.inhibitors().await.unwrap().len(), 1);
    assert_eq!(client.restart(&RestartWhen::At { time: 1000 }).await.unwrap_err(), Problem::TimePast);

    client.restart(&RestartWhen::Tonight {}).await.unwrap();
    let set = client.scheduled().await.unwrap().expect("a restart is set");
    test.kill_service().await.unwrap();
    let after = test.client().await.unwrap();
    let mut again = None;
    // The bus may still hand a call to the dying service; the next one starts a new service.
    while again.is_none() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        again = after.scheduled().await.unwrap_or_default();
    }
    assert_eq!(again, Some(set), "the schedule did not survive the service");
    after.cancel_restart().await.unwrap();
    assert_eq!(after.scheduled().await.unwrap(), None);
    test.world.set_inhibitors(&[]).unwrap();

    // At its time, by the service's own clock, since there is something to restart into.
    assert!(test.cairnctl(0, &["update"]).unwrap().status.success());
    let soon =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64 + 2;
    after.restart(&RestartWhen::At { time: soon }).await.unwrap();
    let event =
        tokio::time::timeout(Duration::from_secs(60), test.world.event()).await.expect("no restart came");
    assert!(matches!(event, Event::Reboot { .. }));
    assert!(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64 >= soon
    );
    test.world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_carry_no_user_names() {
    let test = world!();
    let connection = connect(&test).await;
    let rule =
        zbus::MatchRule::builder().msg_type(zbus::message::Type::Signal).sender(names::BUS).unwrap().build();
    let mut signals = zbus::MessageStream::for_match_rule(rule, &connection, Some(256)).await.unwrap();
    assert!(test.cairnctl(ALLOWED, &["keep", "43.4"]).unwrap().status.success());
    let mut seen = 0;
    while let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_millis(400), signals.next()).await {
        let body = format!("{:?}", message.body().deserialize::<(String, cairn_api::Dict, Vec<String>)>());
        assert!(!body.contains("demo\"") && !body.contains("/home/"), "{body}");
        seen += 1;
    }
    assert!(seen > 0);
    test.world.stop().await.unwrap();
}
