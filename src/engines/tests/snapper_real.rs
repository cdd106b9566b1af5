//! The snapper engine on a real Btrfs file system with the real snapperd and the real `snapper`.
//!
//! A file becomes a disk whose root is snapshot 1, as openSUSE installs it. The test runs itself again in a mount
//! namespace of its own, and there again with that disk as its root; a restart mounts what the default subvolume is then.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;

use cairn_engines::snapper::Snapper;
use cairn_engines::snapper::proxy::SnapperProxy;
use cairn_engines::{Engine, detect};
use cairn_host::Host;
use cairn_jobs::Context;
use cairn_model::change::ChangeKind;
use cairn_model::plan::Warning;
use cairn_model::{Ability, Deployment, DeploymentId, Problem, Step, Wish};
use conformance::{fulfil, plan, status};
use futures_util::StreamExt;
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The folder with the disk, where the test runs in a mount namespace of its own.
const FOLDER: &str = "CAIRN_TEST_FOLDER";
/// What the version that is to run is known by, where the test runs in the system.
const WANTED: &str = "CAIRN_TEST_WANTED";
/// Where the test finds itself in the system.
const PROGRAM: &str = "/run/test";
const NEEDED: [&str; 6] = [
    "/usr/sbin/snapperd",
    "/usr/bin/snapper",
    "/usr/sbin/mkfs.btrfs",
    "/usr/bin/btrfs",
    "/usr/bin/unshare",
    "/usr/bin/dbus-daemon",
];

fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output =
        Command::new(program).args(arguments).stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(said) } else { Err(format!("{program} {arguments:?}: {words}")) }
}

/// Runs one of the tests below in a program that starts others in another place.
fn again(starter: &mut Command, test: &str) {
    starter.args(["--exact", test, "--ignored", "--nocapture"]);
    assert!(starter.stdin(Stdio::null()).status().unwrap().success(), "{test} failed");
}

#[test]
fn a_real_disk() {
    let missing = NEEDED.iter().find(|program| !Path::new(program).exists());
    if let Some(program) = missing {
        println!("skipped: {program} is missing (./dev test)");
        return;
    }
    if !rustix::process::geteuid().is_root() {
        println!("skipped: needs root (./dev test)");
        return;
    }
    let folder = tempfile::Builder::new().prefix("cairn-btrfs-").tempdir_in("/var/tmp").unwrap();
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--propagation", "private"]).arg(std::env::current_exe().unwrap());
    again(unshare.env(FOLDER, folder.path()), "mounts_the_disk");
}

/// The disk and where it is mounted.
struct Disk {
    device: String,
    top: String,
    root: String,
}

impl Disk {
    /// # Errors
    /// Why this machine cannot have such a disk.
    fn make(folder: &str) -> Result<Self, String> {
        let (image, top, root) =
            (format!("{folder}/disk"), format!("{folder}/top"), format!("{folder}/root"));
        fs::File::create(&image).and_then(|file| file.set_len(600 << 20)).map_err(|e| e.to_string())?;
        fs::create_dir_all(&top).and_then(|()| fs::create_dir_all(&root)).map_err(|e| e.to_string())?;
        run("mkfs.btrfs", &["--quiet", &image])?;
        // The device goes with the last mount of it.
        run("mount", &["-t", "btrfs", "-o", "loop", &image, &top])?;
        let device = run("losetup", &["--associated", &image, "--noheadings", "--output", "NAME"])?;
        Ok(Self { device, top, root })
    }

    fn install(&self) {
        let snapshots = format!("{}/@/.snapshots", self.top);
        let system = format!("{snapshots}/1/snapshot");
        for subvolume in [&format!("{}/@", self.top), &snapshots, &system] {
            fs::create_dir_all(Path::new(subvolume).parent().unwrap()).unwrap();
            run("btrfs", &["subvolume", "create", subvolume]).unwrap();
        }
        let info = "<?xml version=\"1.0\"?>\n<snapshot>\n  <type>single</type>\n  <num>1</num>\n  \
                    <date>2026-09-01 10:00:00</date>\n  <description>first root filesystem</description>\n</snapshot>\n";
        fs::write(format!("{snapshots}/1/info.xml"), info).unwrap();
        run("btrfs", &["subvolume", "set-default", &system]).unwrap();
        for folder in [
            "etc/snapper/configs",
            "etc/default",
            "var/log",
            "usr",
            "proc",
            "sys",
            "dev",
            "run",
            "tmp",
            ".snapshots",
        ] {
            fs::create_dir_all(format!("{system}/{folder}")).unwrap();
        }
        for link in ["bin", "sbin", "lib", "lib64"] {
            symlink(format!("usr/{link}"), format!("{system}/{link}")).unwrap();
        }
        symlink("/run", format!("{system}/var/run")).unwrap();
        let files = [
            ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
            ("etc/group", "root:x:0:\n"),
            ("etc/os-release", "ID=test\nPRETTY_NAME=\"A real disk\"\nVERSION_ID=\"1\"\n"),
            ("etc/default/snapper", "SNAPPER_CONFIGS=\"root\"\n"),
            (
                "etc/snapper/configs/root",
                "SUBVOLUME=\"/\"\nFSTYPE=\"btrfs\"\nQGROUP=\"\"\nNUMBER_CLEANUP=\"yes\"\nNUMBER_MIN_AGE=\"0\"\nNUMBER_LIMIT=\"1\"\n",
            ),
            ("etc/state", "one\n"),
        ];
        for (path, text) in files {
            fs::write(format!("{system}/{path}"), text).unwrap();
        }
    }

    /// Mounts what the default subvolume is, and beside it what a system needs.
    fn start(&self) {
        let root = &self.root;
        run("mount", &["-t", "btrfs", &self.device, root]).unwrap();
        run(
            "mount",
            &["-t", "btrfs", "-o", "subvol=@/.snapshots", &self.device, &format!("{root}/.snapshots")],
        )
        .unwrap();
        run("mount", &["--rbind", "/usr", &format!("{root}/usr")]).unwrap();
        run("mount", &["--rbind", "/dev", &format!("{root}/dev")]).unwrap();
        run("mount", &["-t", "proc", "proc", &format!("{root}/proc")]).unwrap();
        for place in ["run", "tmp"] {
            run("mount", &["-t", "tmpfs", "tmpfs", &format!("{root}/{place}")]).unwrap();
        }
        fs::create_dir_all(format!("{root}/run/dbus")).unwrap();
        let program = format!("{root}{PROGRAM}");
        fs::write(&program, "").unwrap();
        let own = std::env::current_exe().unwrap();
        run("mount", &["--bind", own.to_str().unwrap(), &program]).unwrap();
    }

    /// Runs a test in the system; the version that it wants to run next is what it leaves in a file.
    fn enter(&self, test: &str, wanted: &str) -> String {
        let mut chroot = Command::new("chroot");
        again(chroot.args([&self.root, PROGRAM]).env(WANTED, wanted), test);
        fs::read_to_string(format!("{}/run/wanted", self.root)).unwrap_or_default()
    }

    fn stop(&self) {
        run("umount", &["--recursive", &self.root]).unwrap();
    }
}

#[test]
#[ignore = "runs in a mount namespace of its own"]
fn mounts_the_disk() {
    let disk = match Disk::make(&std::env::var(FOLDER).unwrap()) {
        Ok(disk) => disk,
        Err(reason) => {
            println!("skipped: no Btrfs here: {reason}");
            return;
        }
    };
    disk.install();
    disk.start();
    let wanted = disk.enter("keeps_deletes_and_goes_back", "");
    disk.stop();
    disk.start();
    disk.enter("runs_what_was_gone_back_to", &wanted);
    disk.stop();
    run("umount", &[&disk.top]).unwrap();
}

/// The daemons of the system, which end with the test.
struct Daemons(Vec<Child>);

impl Daemons {
    async fn start() -> Self {
        let socket = "/run/dbus/system_bus_socket";
        let address = format!("unix:path={socket}");
        let bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--address", &address])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        // The file is there a moment before anybody listens.
        while std::os::unix::net::UnixStream::connect(socket).is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let snapperd = Command::new("/usr/sbin/snapperd").stdin(Stdio::null()).spawn().unwrap();
        let started = Self(vec![snapperd, bus]);
        let connection = zbus::Connection::system().await.unwrap();
        let names = zbus::fdo::DBusProxy::new(&connection).await.unwrap();
        while !names.name_has_owner("org.opensuse.Snapper".try_into().unwrap()).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        started
    }
}

impl Drop for Daemons {
    fn drop(&mut self) {
        for daemon in &mut self.0 {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

async fn snapperd() -> SnapperProxy<'static> {
    SnapperProxy::new(&zbus::Connection::system().await.unwrap()).await.unwrap()
}

/// Makes a snapshot and gives its id.
async fn snapshot(description: &str) -> DeploymentId {
    let userdata = HashMap::from([("important".to_owned(), "yes".to_owned())]);
    let made =
        snapperd().await.create_single_snapshot("root", description, "number", &userdata).await.unwrap();
    DeploymentId::new(made.to_string()).unwrap()
}

async fn version(engine: &Snapper, id: &DeploymentId) -> Deployment {
    status(engine).await.find(id).unwrap().clone()
}

#[tokio::test]
#[ignore = "runs in the system"]
async fn keeps_deletes_and_goes_back() {
    let _daemons = Daemons::start().await;
    let engine = Snapper::new(Host::real());
    assert_eq!(detect(&Host::real()).unwrap().id(), "snapper");
    assert!(engine.abilities().contains(&Ability::Rollback));
    let fresh = status(&engine).await;
    assert_eq!((fresh.os_name.as_str(), fresh.deployments.len()), ("A real disk", 1));
    assert_eq!(fresh.running().unwrap().id.as_str(), "1");
    assert!(fresh.space.total > 0);

    let mut changes = engine.watch().unwrap();
    let early = tokio::time::timeout(Duration::from_millis(300), changes.next()).await;
    assert!(early.is_err(), "nothing has changed yet");
    let one = snapshot(r"R\xc3\xbcckweg \\ 1").await;
    assert_eq!(tokio::time::timeout(Duration::from_secs(30), changes.next()).await, Ok(Some(())));
    let made = version(&engine, &one).await;
    assert_eq!(made.description.as_deref(), Some("Rückweg \\ 1"));
    assert!(!made.kept && made.timestamp.is_some() && made.checksum.starts_with("2-"));

    keeps(&engine, &one).await;
    compares(&engine, &one).await;
    deletes(&engine).await;
    costs(&engine).await;
    saves_and_cleans_up(&engine).await;
    agrees_with_what_it_says_of_itself().await;

    // What an interrupted comparison keeps busy is free again once its connection is gone.
    let other = zbus::connection::Builder::system().unwrap().build().await.unwrap();
    let theirs = SnapperProxy::new(&other).await.unwrap();
    theirs.create_comparison("root", 1, one.as_str().parse().unwrap()).await.unwrap();
    let spare = Step::Remove { id: snapshot("spare").await };
    assert_eq!(engine.run(&spare, &Context::default()).await, Err(Problem::BusyElsewhere));
    drop((theirs, other));
    while let Err(problem) = engine.run(&spare, &Context::default()).await {
        assert_eq!(problem, Problem::BusyElsewhere);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    // Gone back to by the real program: a copy starts next, and the running system is backed up.
    let before = status(&engine).await;
    let wanted = before.previous().unwrap().clone();
    assert_eq!(wanted.id, one);
    let warnings = plan(&engine, Wish::GoBack {}, None).await.unwrap().warnings;
    assert!(warnings.iter().any(|w| matches!(w, Warning::EtcChangesStay { count: 2.. })), "{warnings:?}");
    fulfil(&engine, Wish::GoBack {}, None).await;
    let after = status(&engine).await;
    let next = after.next().unwrap();
    assert!(after.restart_pending() && next.id != one && next.checksum == wanted.checksum, "{after:#?}");
    let default = run("btrfs", &["subvolume", "get-default", "/"]).unwrap();
    assert!(default.ends_with(&format!("@/.snapshots/{}/snapshot", next.id)), "{default}");
    let backup =
        after.deployments.iter().find(|d| d.checksum == before.running().unwrap().checksum && !d.running);
    assert!(backup.is_some(), "{after:#?}");

    // Undone, and done again.
    let running = after.running().unwrap().id.clone();
    fulfil(&engine, Wish::StartNext { id: running.clone() }, None).await;
    let undone = status(&engine).await;
    assert!(!undone.restart_pending() && undone.next().unwrap().id == running);
    fulfil(&engine, Wish::StartNext { id: one }, None).await;
    fs::write("/run/wanted", wanted.checksum).unwrap();
}

/// A snapshot of the person's stays, of two others the rules keep one.
async fn saves_and_cleans_up(engine: &Snapper) {
    let known = status(engine).await;
    fulfil(engine, Wish::Snapshot { name: "Vor der Reise \\ größer".into() }, None).await;
    let of = |words: &str| {
        let words = Some(words.to_owned());
        async move {
            let all = status(engine).await.deployments;
            all.into_iter().find(|d| d.name == words || d.description == words)
        }
    };
    let saved = of("Vor der Reise \\ größer").await.unwrap();
    assert!(saved.kept && saved.name.is_some() && known.find(&saved.id).is_none(), "{saved:?}");
    for description in ["old", "new"] {
        let made =
            snapperd().await.create_single_snapshot("root", description, "number", &HashMap::new()).await;
        made.unwrap();
    }
    fulfil(engine, Wish::Cleanup {}, None).await;
    assert!(of("old").await.is_none() && of("new").await.is_some());
    assert_eq!(of("Vor der Reise \\ größer").await.unwrap().id, saved.id);
    fulfil(engine, Wish::Unkeep { id: saved.id.clone() }, None).await;
    for id in [saved.id, of("new").await.unwrap().id] {
        fulfil(engine, Wish::Remove { id }, None).await;
    }
}

async fn keeps(engine: &Snapper, id: &DeploymentId) {
    let row = async || {
        let all = snapperd().await.list_snapshots("root").await.unwrap();
        all.into_iter().find(|row| row.0.to_string() == id.as_str()).unwrap()
    };
    let before = row().await;
    fulfil(engine, Wish::Keep { id: id.clone() }, None).await;
    assert!(version(engine, id).await.kept && row().await.6.is_empty());
    let refused = engine.run(&Step::Remove { id: id.clone() }, &Context::default()).await.unwrap_err();
    assert_eq!(refused.code(), "is-kept");
    fulfil(engine, Wish::Unkeep { id: id.clone() }, None).await;
    assert_eq!(row().await, before);
}

async fn compares(engine: &Snapper, id: &DeploymentId) {
    fs::write("/etc/state", "two\n").unwrap();
    fs::write("/etc/new ü", "").unwrap();
    let running = DeploymentId::new("1").unwrap();
    let changes = engine.diff(id, &running).await.unwrap();
    let found = |path: &str| changes.files.iter().find(|f| f.path == path).map(|f| f.kind);
    assert_eq!(found("/etc/state"), Some(ChangeKind::Modified), "{changes:?}");
    assert_eq!(found("/etc/new ü"), Some(ChangeKind::Added), "{changes:?}");
    let back = engine.diff(&running, id).await.unwrap();
    assert!(back.files.iter().any(|f| f.path == "/etc/new ü" && f.kind == ChangeKind::Removed));
}

async fn deletes(engine: &Snapper) {
    let pre = run(
        "snapper",
        &["--config", "root", "create", "--type", "pre", "--print-number", "--cleanup", "number"],
    )
    .unwrap();
    let post = [
        "--config",
        "root",
        "create",
        "--type",
        "post",
        "--pre-number",
        &pre,
        "--print-number",
        "--cleanup",
        "number",
    ];
    let post = run("snapper", &post).unwrap();
    let listed = status(engine).await;
    let ids: Vec<_> = listed.deployments.iter().map(|d| d.id.as_str()).collect();
    assert!(ids.contains(&pre.as_str()) && !ids.contains(&post.as_str()), "{ids:?}");
    // snapperd compares the two in the background at first and deletes nothing meanwhile.
    let remove = Step::Remove { id: DeploymentId::new(pre.clone()).unwrap() };
    while let Err(problem) = engine.run(&remove, &Context::default()).await {
        assert_eq!(problem, Problem::BusyElsewhere);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let left = run("snapper", &["--jsonout", "list", "--columns", "number"]).unwrap();
    assert!(!left.contains(&format!(": {pre}")) && !left.contains(&format!(": {post}")), "{left}");
    let running = DeploymentId::new("1").unwrap();
    let refused = plan(engine, Wish::Remove { id: running.clone() }, None).await.unwrap_err();
    assert_eq!(refused.code(), "is-running");
    // snapperd itself refuses it, too.
    let said = snapperd().await.delete_snapshots("root", &[1]).await.unwrap_err();
    assert!(said.to_string().contains("error.illegal_snapshot"), "{said}");
}

async fn costs(engine: &Snapper) {
    let without = engine.usage(&Context::default()).await.unwrap_err();
    assert_eq!(without.code(), "not-supported", "{without:?}");
    run("snapper", &["--config", "root", "setup-quota"]).unwrap();
    let usage = engine.usage(&Context::default()).await.unwrap();
    assert!(!usage.unique.is_empty() && usage.unique.values().all(|bytes| *bytes < 600 << 20), "{usage:?}");
}

/// Every method and signal that Cairn uses is there. The real description has mistakes in its types, so only names
/// count, and lacks one method that was called above.
async fn agrees_with_what_it_says_of_itself() {
    let real = snapperd().await.inner().introspect().await.unwrap();
    let described = include_str!("../snapper/org.opensuse.Snapper.xml");
    let names = described.split('<').filter(|tag| tag.starts_with("method ") || tag.starts_with("signal "));
    let names: Vec<_> = names.map(|tag| tag.split('"').nth(1).unwrap()).collect();
    assert_eq!(names.len(), 16);
    for name in names.into_iter().filter(|name| *name != "QueryQuota") {
        assert!(real.contains(&format!("name='{name}'")), "{name} is not in {real}");
    }
}

#[tokio::test]
#[ignore = "runs in the system"]
async fn runs_what_was_gone_back_to() {
    let _daemons = Daemons::start().await;
    let engine = Snapper::new(Host::real());
    let now = status(&engine).await;
    assert_eq!(now.running().unwrap().checksum, std::env::var(WANTED).unwrap());
    assert!(!now.restart_pending() && now.running().unwrap().id.as_str() != "1", "{now:#?}");
    assert_eq!(fs::read_to_string("/etc/state").unwrap(), "one\n");
    fs::write("/etc/state", "the root can be written\n").unwrap();
    assert!(engine.abilities().contains(&Ability::Rollback));
}
