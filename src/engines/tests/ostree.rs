//! The ostree engine on a real, booted OSTree system with a real update on offer over HTTP.
//!
//! The test enters the demo world by running itself again in there, where libostree sees a booted deployment.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;

use cairn_demo::{Config, World, build};
use cairn_engines::ostree::Ostree;
use cairn_engines::{Engine, detect};
use cairn_host::Host;
use cairn_jobs::Context;
use cairn_model::change::ChangeKind;
use cairn_model::{Problem, Step, Verification, Wish};
use std::io::BufRead;
use std::path::Path;

/// Set where the test runs inside.
const INSIDE: &str = "CAIRN_TEST_INSIDE";

/// Runs one of the tests below inside a fresh world.
async fn inside(test: &str) {
    if !std::path::Path::new("/usr/bin/ostree").exists() {
        println!("skipped: needs ostree and root (./dev test)");
        return;
    }
    let parts = build::build(&build::default_folder(), &mut |what| println!("{what}")).unwrap();
    let place = tempfile::Builder::new().prefix("cairn-test-").tempdir_in("/var/tmp").unwrap();
    let own = std::env::current_exe().unwrap();
    let binaries = own.parent().and_then(Path::parent).unwrap();
    let config = Config { binaries: Some(binaries.into()), ..Config::default() };
    let mut world = World::create(&parts, &place.path().join("world"), config).await.unwrap();
    // libostree tells its progress once a second, so a download of 42 MB must take several for something to happen in its
    // middle on a busy machine, too.
    world.server().limit(Some(8_000_000));
    world.boot().await.unwrap();
    let program =
        format!("{}/deps/{}", cairn_demo::world::BINARIES, own.file_name().unwrap().to_string_lossy());
    let mut command = world.command("env").unwrap();
    command.args([&format!("{INSIDE}=1"), &program, "--exact", test, "--ignored", "--nocapture"]);
    let status = command.status().await.unwrap();
    world.stop().await.unwrap();
    assert!(status.success(), "{test} failed inside");
}

/// The machine that the test runs on.
struct Inside(Ostree);

#[async_trait::async_trait]
impl conformance::Machine for Inside {
    fn engine(&self) -> &dyn Engine {
        &self.0
    }

    async fn changed_by_another(&self) {
        let id = conformance::status(&self.0).await.running().unwrap().id.clone();
        self.0.run(&Step::Pin { id: id.clone() }, &Context::default()).await.unwrap();
        self.0.run(&Step::Unpin { id }, &Context::default()).await.unwrap();
    }

    /// The world's server is slow enough.
    async fn slow(&self, _slow: bool) -> bool {
        true
    }
}

fn engine() -> Ostree {
    assert!(std::env::var_os(INSIDE).is_some(), "this runs inside the world only");
    Ostree::new(Host::real())
}

#[tokio::test]
async fn conforms() {
    inside("conforms_inside").await;
}

#[tokio::test]
#[ignore = "runs inside the world"]
async fn conforms_inside() {
    assert_eq!(detect(&Host::real()).unwrap().id(), "ostree");
    conformance::suite(&Inside(engine())).await;
}

#[tokio::test]
async fn tells_what_differs() {
    inside("tells_what_differs_inside").await;
}

#[tokio::test]
#[ignore = "runs inside the world"]
async fn tells_what_differs_inside() {
    let engine = engine();
    let status = conformance::status(&engine).await;
    let (running, previous) = (status.running().unwrap(), status.previous().unwrap());
    assert_eq!((running.version.as_str(), previous.version.as_str()), ("44.1", "43.4"));
    assert!(
        matches!(&running.verification, Verification::Signed { signer, .. } if signer.contains("Cairn OS demo"))
    );
    let changes = engine.diff(&previous.id, &running.id).await.unwrap();
    assert!(changes.by_package && changes.packages.iter().any(|p| p.kind == ChangeKind::Upgraded));
    assert!(
        changes.file_count > 0 && changes.files.iter().any(|f| f.path == "/usr/lib/os-release"),
        "{changes:?}"
    );
    let back = engine.diff(&running.id, &previous.id).await.unwrap();
    assert!(back.packages.iter().any(|p| p.kind == ChangeKind::Downgraded));
    assert_eq!(back.file_count, changes.file_count);
    assert!(engine.diff(&running.id, &running.id).await.unwrap().is_empty());

    let before = engine.drift(&running.id).await.unwrap();
    std::fs::write("/etc/cairn-test", "mine").unwrap();
    let after = engine.drift(&running.id).await.unwrap();
    let new: Vec<_> =
        after.iter().filter(|f| !before.contains(f)).map(|f| (f.path.as_str(), f.kind)).collect();
    assert_eq!(new, [("/etc/cairn-test", ChangeKind::Added)]);

    let usage = engine.usage(&Context::default()).await.unwrap();
    assert!(usage.total > usage.unique[&running.id] + usage.unique[&previous.id]);
    assert!(usage.unique[&running.id] > 0);

    let update = engine.check(&Context::default()).await.unwrap().unwrap();
    assert_eq!(update.version, "44.2");
    assert!(
        update.download.unwrap() > 30_000_000 && update.installed.unwrap() > update.download.unwrap() / 2
    );
    let changes = update.changes.clone().unwrap();
    assert!(changes.packages_of(ChangeKind::Upgraded) > 5);

    conformance::fulfil(&engine, Wish::update(), Some(&update)).await;
    conformance::fulfil(&engine, Wish::DropStaged {}, None).await;
    let again = engine.check(&Context::default()).await.unwrap().unwrap();
    assert_eq!((again.downloaded, again.staged, again.download), (true, false, None), "it is here still");
    let plan = conformance::plan(&engine, Wish::update(), Some(&again)).await.unwrap();
    assert_eq!(plan.warnings, []);
}

#[tokio::test]
async fn refuses_what_it_must() {
    inside("refuses_what_it_must_inside").await;
}

#[tokio::test]
#[ignore = "runs inside the world"]
async fn refuses_what_it_must_inside() {
    let engine = engine();
    let status = conformance::status(&engine).await;
    let update = engine.check(&Context::default()).await.unwrap().unwrap();

    let older = cairn_model::Update { older: true, ..update.clone() };
    let refused = engine.plan(&Wish::update(), &status, Some(&older)).await.unwrap_err();
    assert_eq!(refused, Problem::Older { version: "44.2".into(), running: "44.1".into() });
    let wish = Wish::Update { allow_older: true, try_again: false, aside: Vec::new() };
    assert!(engine.plan(&wish, &status, Some(&older)).await.is_ok());

    let huge = cairn_model::Update { installed: Some(1 << 60), ..update.clone() };
    let Problem::NoSpace { missing, free, .. } =
        engine.plan(&Wish::update(), &status, Some(&huge)).await.unwrap_err()
    else {
        panic!("an update of an exabyte fits?")
    };
    assert!(missing > 1 << 59 && free > 0);

    let skipped = cairn_model::Update { skipped: true, ..update.clone() };
    assert_eq!(engine.plan(&Wish::update(), &status, Some(&skipped)).await.unwrap_err().code(), "skipped");

    // Another tool holds the sysroot's lock. A record lock goes when its process closes the file once, so it takes
    // another process to hold it.
    let own = std::env::current_exe().unwrap();
    let mut other = std::process::Command::new(own)
        .args(["--exact", "holds_the_lock", "--ignored", "--nocapture"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("held")));
    let step = Step::Pin { id: status.running().unwrap().id.clone() };
    assert_eq!(engine.run(&step, &Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
    assert_eq!(engine.check(&Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
    let read = conformance::status(&engine).await;
    assert_eq!(read.deployments, status.deployments, "reading needs no lock");
    other.kill().unwrap();
    other.wait().unwrap();
    engine.run(&step, &Context::default()).await.unwrap();
}

#[test]
#[ignore = "plays another tool"]
fn holds_the_lock() {
    let lock =
        std::fs::File::options().create(true).truncate(false).write(true).open("/ostree/lock").unwrap();
    rustix::fs::fcntl_lock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
    println!("held");
    std::io::stdin().lines().next();
}
