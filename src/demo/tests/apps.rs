//! What flatpak has in a world: everything installable, the special cases, the catalogue to look at, and how the remote
//! misbehaves. Needs root and the tools of `./dev`.

// What cannot be prepared fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use cairn_demo::build::apps::{self, APPS, DEBIAN};
use cairn_demo::build::{self, Parts};
use cairn_demo::{Config, Failure, World};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

/// The parts, or the reason why this cannot be tested here.
fn parts() -> Option<Parts> {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: needs root (./dev test)");
        return None;
    }
    Some(build::build(&build::default_folder(), &mut |what| println!("{what}")).unwrap())
}

/// A world that need not be booted: flatpak runs beside it.
async fn world() -> Option<(World, tempfile::TempDir)> {
    let parts = parts()?;
    let place = tempfile::Builder::new().prefix("cairn-test-").tempdir_in("/var/tmp").unwrap();
    let start = Instant::now();
    let world = World::create(&parts, &place.path().join("world"), Config::default()).await.unwrap();
    println!("a world is made in {} ms", start.elapsed().as_millis());
    Some((world, place))
}

async fn flatpak(world: &World, words: &str) -> cairn_demo::Result<String> {
    let words: Vec<&str> = words.split_whitespace().collect();
    world.apps().flatpak(&words).await
}

/// One column of one app in the list of what is installed; empty if it is not.
async fn installed(world: &World, id: &str, column: &str) -> String {
    let all = flatpak(world, &format!("list --columns=application,{column}")).await.unwrap();
    let row = all.lines().find_map(|l| l.strip_prefix(id)?.strip_prefix('\t'));
    row.unwrap_or_default().trim().to_owned()
}

fn deployed(world: &World, remote: &str) -> PathBuf {
    world.work().join("flatpak/system/appstream").join(remote).join("x86_64/active")
}

async fn lines(world: &World, words: &str) -> BTreeSet<String> {
    flatpak(world, words).await.unwrap().lines().map(|l| l.trim().to_owned()).collect()
}

#[tokio::test]
async fn every_app_of_the_remote_can_be_installed() {
    let Some((world, _place)) = world().await else { return };
    let there = lines(&world, &format!("remote-ls --system --app --columns=application {APPS}")).await;
    let shop: BTreeSet<_> = apps::all().unwrap().into_iter().map(|a| a.id).collect();
    let hidden: BTreeSet<_> = shop.difference(&there).cloned().collect();
    // Flatpak's list leaves out what is at its end; it is there all the same.
    assert_eq!(hidden, ["net.pixelgrove.Minefield", "net.swarmling.Driftnet"].map(str::to_owned).into());
    assert!(there.len() >= 40, "{}", there.len());
    flatpak(&world, "uninstall --system --noninteractive --all").await.unwrap();
    world.apps().lack(false);
    let names: Vec<_> = there.iter().map(String::as_str).collect();
    let done =
        flatpak(&world, &format!("install --system --noninteractive {APPS} {}", names.join(" "))).await;
    done.unwrap();
    let now = lines(&world, "list --system --app --columns=application").await;
    assert_eq!(now, there);
    let said = flatpak(&world, "run org.cairn.apps.Attic --version").await.unwrap();
    assert_eq!(said, "Attic 1.6");
    world.stop().await.unwrap();
}

#[tokio::test]
async fn a_new_world_has_what_its_pages_show() {
    let Some((world, _place)) = world().await else { return };
    let apps = lines(&world, "list --app --columns=application").await;
    assert!(apps.len() >= 9, "{apps:?}");
    let updates = lines(&world, "remote-ls --updates --columns=application").await;
    for id in ["Daybook", "Ember", "Folio", "Marquee", "Vinyl"] {
        assert!(updates.contains(&format!("org.cairn.apps.{id}")), "{updates:?}");
    }
    assert!(updates.contains(apps::RUNTIME) && !updates.contains("org.cairn.apps.Tidepool"), "{updates:?}");
    assert_eq!(installed(&world, "org.cairn.apps.Vinyl", "installation").await, "user");
    assert!(installed(&world, "net.pixelgrove.Minefield", "options").await.contains("eol="));
    assert!(!installed(&world, "org.cairn.apps.Ember.Plugin.FilmLooks", "origin").await.is_empty());
    let data = world.work().join("home/.var/app/org.cairn.apps.Folio/data/library.db");
    assert_eq!(data.metadata().unwrap().len(), 2 << 20);
    let unused = flatpak(&world, "uninstall --system --noninteractive --unused").await.unwrap();
    assert!(unused.contains("org.cairn.Platform/x86_64/0"), "{unused}");
    world.stop().await.unwrap();
}

#[tokio::test]
async fn the_broken_update_fails_and_the_others_do_not() {
    let Some((world, _place)) = world().await else { return };
    let before = flatpak(&world, "info --system --show-permissions org.cairn.apps.Daybook").await.unwrap();
    assert!(!before.contains("network") && !before.contains("home"), "{before}");
    for _ in 0..2 {
        let error = flatpak(&world, "update --noninteractive").await.unwrap_err().to_string();
        assert!(error.contains("org.cairn.apps.Marquee") && error.contains("404"), "{error}");
    }
    assert_eq!(installed(&world, "org.cairn.apps.Marquee", "version").await, "4.1");
    assert_eq!(installed(&world, "org.cairn.apps.Ember", "version").await, "2.4");
    assert_eq!(installed(&world, "org.cairn.apps.Folio", "version").await, "5.1");
    let after = flatpak(&world, "info --system --show-permissions org.cairn.apps.Daybook").await.unwrap();
    assert!(after.contains("network") && after.contains("home"), "{after}");
    // Its developers renamed it.
    assert_eq!(installed(&world, "net.swarmling.Driftnet", "version").await, "");
    assert_eq!(installed(&world, "net.swarmling.Shoal", "version").await, "4.0");
    world.apps().lack(false);
    flatpak(&world, "update --noninteractive").await.unwrap();
    assert_eq!(installed(&world, "org.cairn.apps.Marquee", "version").await, "4.2");
    world.stop().await.unwrap();
}

#[tokio::test]
async fn a_remote_that_fails_fails_the_installation() {
    let Some((world, _place)) = world().await else { return };
    // Otherwise the runtime's update would be the first to fail.
    flatpak(&world, &format!("update --system --noninteractive {}", apps::RUNTIME)).await.unwrap();
    let install = format!("install --system --noninteractive {APPS} com.hollowfox.Nightmarch");
    let os = world.server().failure();
    for (failure, word) in [
        (Failure::Gone, "connect"),
        (Failure::Missing, "404"),
        (Failure::Unsigned, "signatures"),
        // Last, since what is whole of it stays.
        (Failure::Corrupt, "orrupt"),
    ] {
        world.apps().fail(failure);
        let error = flatpak(&world, &install).await.unwrap_err().to_string();
        assert!(error.contains(word), "{failure:?}: {error}");
    }
    assert_eq!(world.server().failure(), os);
    world.apps().fail(Failure::None);
    let before = world.apps().server().bytes();
    flatpak(&world, &install).await.unwrap();
    let fetched = world.apps().server().bytes() - before;
    assert!(fetched > 8 << 20, "{fetched}");
    world.stop().await.unwrap();
}

#[tokio::test]
async fn another_release_can_be_published() {
    let Some((mut world, _place)) = world().await else { return };
    let id = "org.cairn.apps.Tidepool";
    assert_eq!(world.apps_mut().publish(id, false).await.unwrap(), "1.5");
    assert_eq!(world.apps_mut().publish(id, true).await.unwrap(), "1.6");
    assert!(world.apps_mut().publish("org.cairn.apps.Nothing", false).await.is_err());
    let log = flatpak(&world, &format!("remote-info --system --log {APPS} {id}")).await.unwrap();
    for subject in ["Tidepool 1.4", "Tidepool 1.5", "Tidepool 1.6"] {
        assert!(log.contains(subject), "{log}");
    }
    flatpak(&world, &format!("update --noninteractive {id}")).await.unwrap();
    assert_eq!(installed(&world, id, "version").await, "1.6");
    let permissions = flatpak(&world, &format!("info --show-permissions {id}")).await.unwrap();
    assert!(permissions.contains("network") && permissions.contains("home"), "{permissions}");
    flatpak(&world, "update --appstream --system").await.unwrap();
    let xml = std::fs::read_to_string(deployed(&world, APPS).join("appstream.xml")).unwrap();
    assert!(xml.contains("version=\"1.6\""));
    world.stop().await.unwrap();
}

#[tokio::test]
async fn the_catalogues_are_deployed_and_tell_all() {
    let Some((world, _place)) = world().await else { return };
    let xml = std::fs::read_to_string(deployed(&world, APPS).join("appstream.xml")).unwrap();
    for part in [
        "<summary xml:lang=\"de\">",
        "<description xml:lang=\"fr\">",
        "flathub::verification::verified",
        "scheme_preference=\"dark\"",
        "<component type=\"addon\">",
        "<extends>org.cairn.apps.Ember</extends>",
        "<content_attribute id=\"violence-fantasy\">intense",
        "runtime=\"org.cairn.Platform/x86_64/1\"",
    ] {
        assert!(xml.contains(part), "{part}");
    }
    for size in ["64x64", "128x128"] {
        assert!(deployed(&world, APPS).join(format!("icons/{size}/org.cairn.apps.Ember.png")).exists());
    }
    let file = deployed(&world, DEBIAN).join("appstream.xml");
    let debian = std::fs::read_to_string(&file).unwrap();
    assert_eq!(debian, std::fs::read_to_string(world.parts().apps.debian().join("appstream.xml")).unwrap());
    let ids: Vec<_> =
        debian.lines().filter_map(|l| l.strip_prefix("    <id>")?.strip_suffix("</id>")).collect();
    println!("{} components of Debian, {} bytes", ids.len(), debian.len());
    assert!(ids.len() > 2500);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    let word = |p: &str| p.starts_with(|c: char| !c.is_ascii_digit()) && p.len() < 255;
    assert!(ids.iter().all(|i| i.split('.').count() >= 3 && i.split('.').all(word)));
    let icons = std::fs::read_dir(deployed(&world, DEBIAN).join("icons/64x64")).unwrap().count();
    assert!(icons > 1500, "{icons}");
    assert!(
        lines(&world, &format!("remote-ls --system {DEBIAN} --columns=application"))
            .await
            .iter()
            .all(String::is_empty)
    );
    world.stop().await.unwrap();
}

#[tokio::test]
async fn screenshots_are_where_the_catalogue_says() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let Some((world, _place)) = world().await else { return };
    let xml = std::fs::read_to_string(deployed(&world, APPS).join("appstream.xml")).unwrap();
    let urls: Vec<_> = xml.split("http://127.0.0.1:").skip(1).filter_map(|t| t.split('<').next()).collect();
    assert!(urls.len() >= 2 * 3 * 12, "{}", urls.len());
    for url in urls {
        let (port, path) = url.split_once('/').unwrap();
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port.parse().unwrap())).await.unwrap();
        stream.write_all(format!("GET /{path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200") && answer.windows(4).any(|w| w == b"\x89PNG"), "{url}");
    }
    world.stop().await.unwrap();
}
