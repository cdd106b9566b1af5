//! The world as a whole: built, booted, updated, gone back, damaged and ended. Needs root and the tools of `./dev`.

// What cannot be prepared fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cairn_demo::build::{self, Parts};
use cairn_demo::logind::Inhibitor;
use cairn_demo::{Config, Failure, World};
use std::path::Path;
use std::time::{Duration, Instant};
use zbus::zvariant::{OwnedFd, OwnedValue};

/// The parts, or the reason why this cannot be tested here.
fn parts() -> Option<Parts> {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: needs root (./dev test)");
        return None;
    }
    Some(build::build(&build::default_folder(), &mut |what| println!("{what}")).unwrap())
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("cairn-test-").tempdir_in("/var/tmp").unwrap())
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("world")
    }
}

async fn world(place: &Place) -> Option<World> {
    let mut world = World::create(&parts()?, &place.path(), Config::default()).await.unwrap();
    world.boot().await.unwrap();
    Some(world)
}

/// The version that libostree marks as booted.
async fn booted(world: &World) -> String {
    let status = world.run("ostree", &["admin", "status"]).await.unwrap();
    let mut lines = status.lines().skip_while(|l| !l.starts_with("* "));
    lines.find_map(|l| l.trim().strip_prefix("Version: ")).expect(&status).to_owned()
}

async fn upgrade(world: &World) -> cairn_demo::Result<String> {
    world.run("ostree", &["admin", "upgrade", "--stage"]).await
}

async fn bus(world: &World) -> zbus::Connection {
    zbus::connection::Builder::address(world.bus_address().as_str()).unwrap().build().await.unwrap()
}

/// Processes and mounts that mention the place.
fn left_over(place: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let mounts = std::fs::read_to_string(entry.path().join("mounts")).unwrap_or_default();
        if entry.file_name().to_string_lossy().parse::<u32>().is_ok()
            && mounts.contains(&*place.to_string_lossy())
        {
            found.push(std::fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default());
        }
    }
    found
}

#[tokio::test]
async fn a_second_build_does_nothing() {
    let Some(first) = parts() else { return };
    let start = Instant::now();
    let second = build::build(&first.folder, &mut |what| panic!("built again: {what}")).unwrap();
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(first.versions, second.versions);
    assert_eq!(second.versions.keys().collect::<Vec<_>>(), ["43.4", "44.1", "44.2", "44.3", "44.4"]);
}

#[tokio::test]
async fn update_restart_and_way_back() {
    let place = Place::new();
    let Some(mut world) = world(&place).await else { return };
    assert_eq!(booted(&world).await, "44.1");
    let first_boot = world.run("cat", &["/proc/sys/kernel/random/boot_id"]).await.unwrap();

    let before = world.server().bytes();
    upgrade(&world).await.unwrap();
    let megabytes = (world.server().bytes() - before) >> 20;
    assert!((35..50).contains(&megabytes), "{megabytes} MiB");
    assert_eq!(booted(&world).await, "44.1");
    world.restart().await.unwrap();
    assert_eq!(booted(&world).await, "44.2");
    assert!(world.run("cat", &["/etc/os-release"]).await.unwrap().contains("PRETTY_NAME=\"Cairn OS 44.2\""));
    assert!(world.run("cat", &["/etc/motd"]).await.unwrap().contains("belongs to the demo"));
    assert_ne!(world.run("cat", &["/proc/sys/kernel/random/boot_id"]).await.unwrap(), first_boot);

    world.run("ostree", &["admin", "set-default", "1"]).await.unwrap();
    world.restart().await.unwrap();
    assert_eq!(booted(&world).await, "44.1");

    world.publish(build::BAD).unwrap();
    upgrade(&world).await.unwrap();
    world.restart().await.unwrap();
    assert_eq!(booted(&world).await, "44.3");
    let check = world.run("/usr/lib/cairn/health.d/50-login-screen", &[]).await;
    assert!(check.unwrap_err().to_string().contains("The login screen did not start"));
    world.stop().await.unwrap();
    assert_eq!(left_over(&place.path()), Vec::<String>::new());
    assert!(!place.path().exists());
}

#[tokio::test]
async fn a_power_cut_loses_what_was_staged() {
    let place = Place::new();
    let Some(mut world) = world(&place).await else { return };
    upgrade(&world).await.unwrap();
    world.halt().await;
    world.boot().await.unwrap();
    assert_eq!(booted(&world).await, "44.1");
    world.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_fails_fails_the_update() {
    let place = Place::new();
    let Some(world) = world(&place).await else { return };
    for failure in [Failure::Gone, Failure::Missing, Failure::Corrupt] {
        world.server().fail(failure);
        let error = upgrade(&world).await.unwrap_err().to_string();
        println!("{failure:?}: {error}");
    }
    world.server().fail(Failure::None);
    world.server().limit(Some(64 << 20));
    upgrade(&world).await.unwrap();
    world.stop().await.unwrap();
}

#[tokio::test]
async fn an_unsigned_version_is_refused() {
    let place = Place::new();
    let Some(world) = world(&place).await else { return };
    let repo = place.path().join("foreign");
    let ostree = |arguments: &[&str]| {
        let done = std::process::Command::new("ostree")
            .arg(format!("--repo={}", repo.display()))
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    ostree(&["init", "--mode=archive"]);
    let empty = place.path().join("log");
    ostree(&["commit", "-b", build::BRANCH, &format!("--tree=dir={}", empty.display())]);
    ostree(&["summary", "-u"]);
    world.server().serve(vec![repo]);
    let error = upgrade(&world).await.unwrap_err().to_string();
    assert!(error.contains("signature"), "{error}");
    world.stop().await.unwrap();
}

#[tokio::test]
async fn polkit_answers_and_knows_the_demo_rule() {
    let place = Place::new();
    let data = place.0.path().join("data");
    std::fs::create_dir_all(data.join("polkit")).unwrap();
    let policy = "<?xml version=\"1.0\"?><policyconfig><action id=\"io.github.cairndesktop.cairn.update\">\
        <description>d</description><message>m</message><defaults><allow_any>no</allow_any>\
        <allow_inactive>no</allow_inactive><allow_active>no</allow_active></defaults></action></policyconfig>";
    std::fs::write(data.join("polkit/cairn.policy"), policy).unwrap();
    let Some(parts) = parts() else { return };
    let config = Config { data: Some(data), ..Config::default() };
    let mut world = World::create(&parts, &place.path(), config).await.unwrap();
    world.boot().await.unwrap();
    let connection = bus(&world).await;
    let name = OwnedValue::try_from(zbus::zvariant::Value::from(connection.unique_name().unwrap().as_str()))
        .unwrap();
    let subject = ("system-bus-name", std::collections::HashMap::from([("name", name)]));
    let details = std::collections::HashMap::<&str, &str>::new();
    let call = async |action: &str| {
        let body = (&subject, action, &details, 0_u32, "");
        let path = "/org/freedesktop/PolicyKit1/Authority";
        let name = "org.freedesktop.PolicyKit1";
        let interface = "org.freedesktop.PolicyKit1.Authority";
        let reply =
            connection.call_method(Some(name), path, Some(interface), "CheckAuthorization", &body).await?;
        let (yes, _, _) =
            reply.body().deserialize::<(bool, bool, std::collections::HashMap<String, String>)>()?;
        Ok::<bool, zbus::Error>(yes)
    };
    assert!(call("io.github.cairndesktop.cairn.update").await.unwrap());
    assert!(call("io.github.cairndesktop.cairn.unknown").await.is_err());
    world.stop().await.unwrap();
}

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Manager {
    fn list_inhibitors(&self) -> zbus::Result<Vec<(String, String, String, String, u32, u32)>>;
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
    fn reboot_with_flags(&self, flags: u64) -> zbus::Result<()>;
    fn can_reboot(&self) -> zbus::Result<String>;
    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
    #[zbus(signal)]
    fn prepare_for_shutdown(&self, start: bool) -> zbus::Result<()>;
}

#[tokio::test]
async fn inhibitors_are_listed_and_stop_a_restart_that_asks() {
    use futures_util::StreamExt;
    let place = Place::new();
    let Some(mut world) = world(&place).await else { return };
    let connection = bus(&world).await;
    let logind = ManagerProxy::new(&connection).await.unwrap();
    assert_eq!(logind.can_reboot().await.unwrap(), "yes");
    assert!(logind.list_inhibitors().await.unwrap().is_empty());
    let fd = logind.inhibit("sleep:shutdown", "Writer", "unsaved", "block").await.unwrap();
    world.set_inhibitors(&[Inhibitor::block("Disc burner", "a disc is being written")]).unwrap();
    let who: Vec<_> = logind.list_inhibitors().await.unwrap().into_iter().map(|i| i.1).collect();
    assert_eq!(who, ["Disc burner", "Writer"]);
    drop(fd);
    world.set_inhibitors(&[]).unwrap();
    while !logind.list_inhibitors().await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let held = logind.inhibit("shutdown", "Writer", "unsaved", "block").await.unwrap();
    let denied = logind.reboot_with_flags(1).await.unwrap_err().to_string();
    assert!(denied.contains("AccessDenied"), "{denied}");
    let mut sleeps = logind.receive_prepare_for_sleep().await.unwrap();
    world.logind().unwrap().prepare_for_sleep(true).await.unwrap();
    assert!(sleeps.next().await.unwrap().args().unwrap().start);
    logind.reboot_with_flags(17).await.unwrap();
    assert!(matches!(world.event().await, cairn_demo::logind::Event::Reboot { flags: 17 }));
    let twice = logind.reboot_with_flags(16).await.unwrap_err().to_string();
    assert!(twice.contains("OperationInProgress"), "{twice}");
    drop(held);
    let mut shutdowns = logind.receive_prepare_for_shutdown().await.unwrap();
    world.restart().await.unwrap();
    assert!(shutdowns.next().await.unwrap().args().unwrap().start);
    world.stop().await.unwrap();
}
