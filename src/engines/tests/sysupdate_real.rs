//! The sysupdate engine on the real systemd-sysupdate: transfers of files below a root of their own, from a folder and over
//! HTTP. Debian has the program and not the service.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod origin;

use cairn_engines::Engine;
use cairn_engines::sysupdate::Sysupdate;
use cairn_host::Host;
use cairn_jobs::{CancelReason, Context};
use cairn_model::{Problem, Step, Update, Verification, Wish};
use origin::Origin;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

const PROGRAM: &str = "/usr/lib/systemd/systemd-sysupdate";
/// Large enough that something can happen in the middle.
const SIZE: usize = 400_000;

/// A system of two parts below a root; version 2 runs, version 3 is on offer.
struct Real {
    root: tempfile::TempDir,
    engine: Sysupdate,
}

impl Real {
    /// Nothing is the current version yet: below a root, systemd 257 follows a link that is there and puts the new one in the
    /// place of what it points to.
    ///
    /// `source` is where versions come from, as the transfer files say it. `None` where the program is missing.
    fn new(source: &str, kind: &str, most: u32) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            println!("skipped: {PROGRAM} is missing");
            return None;
        }
        let root = tempfile::tempdir().unwrap();
        let path = |path: &str| root.path().join(path);
        for folder in ["usr/lib/systemd", "usr/lib/sysupdate.d", "etc", "src", "img", "ext", "var/tmp"] {
            std::fs::create_dir_all(path(folder)).unwrap();
        }
        symlink(PROGRAM, path("usr/lib/systemd/systemd-sysupdate")).unwrap();
        std::fs::write(path("etc/os-release"), "ID=x\nPRETTY_NAME=\"X OS\"\nIMAGE_VERSION=2\n").unwrap();
        for part in ["img", "ext"] {
            let transfer = format!(
                "[Transfer]\nVerify=no\nProtectVersion=%A\n[Source]\nType={kind}\nPath={source}\nMatchPattern={part}_@v.raw\n\
                 [Target]\nType=regular-file\nPath=/{part}\nMatchPattern={part}_@v.raw\nInstancesMax={most}\nCurrentSymlink=/{part}/current\n"
            );
            std::fs::write(path(&format!("usr/lib/sysupdate.d/50-{part}.transfer")), transfer).unwrap();
            for version in ["1", "2", "3"] {
                let bytes = version.repeat(if part == "img" { SIZE } else { 1000 });
                std::fs::write(path(&format!("src/{part}_{version}.raw")), &bytes).unwrap();
                if version != "3" {
                    std::fs::write(path(&format!("{part}/{part}_{version}.raw")), &bytes).unwrap();
                }
            }
        }
        let engine = Sysupdate::new(Host::at(root.path().canonicalize().unwrap()));
        Some(Self { root, engine })
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    async fn versions(&self) -> Vec<String> {
        let status = conformance::status(&self.engine).await;
        status.deployments.into_iter().map(|d| d.version).collect()
    }

    async fn check(&self) -> Update {
        conformance::check(&self.engine).await
    }

    async fn run(&self, update: &Update, ctx: &Context) -> Result<(), Problem> {
        let plan = conformance::plan(&self.engine, Wish::update(), Some(update)).await.unwrap();
        self.engine.run(&plan.steps[0], ctx).await
    }
}

#[tokio::test]
async fn updates_from_a_folder_and_cleans_up() {
    let Some(real) = Real::new("/src", "regular-file", 3) else { return };
    let status = conformance::status(&real.engine).await;
    let running = status.running().unwrap();
    assert_eq!((running.version.as_str(), running.next, running.kept), ("2", true, true), "{status:?}");
    assert_eq!((status.os_name.as_str(), real.versions().await), ("X OS", vec!["2".into(), "1".into()]));
    assert_eq!(running.origin.as_deref(), Some("/src"));

    let update = real.check().await;
    assert_eq!((update.version.as_str(), update.origin.as_str()), ("3", "/src"));
    let ctx = Context::default();
    real.run(&update, &ctx).await.unwrap();
    assert!(ctx.progress.now().fraction.is_some_and(|f| f > 0.0), "the program tells how far it is");
    assert_eq!(std::fs::read(real.path("img/img_3.raw")).unwrap(), "3".repeat(SIZE).into_bytes());
    assert_eq!(std::fs::read_link(real.path("img/current")).unwrap(), Path::new("img_3.raw"));
    let status = conformance::status(&real.engine).await;
    assert!(status.restart_pending() && status.next().unwrap().checksum == update.checksum, "{status:?}");
    assert_eq!(real.versions().await, ["3", "2", "1"]);
    assert!(real.engine.check(&ctx).await.unwrap().unwrap().staged, "nothing newer");

    for part in ["img", "ext"] {
        std::fs::write(real.path(&format!("{part}/{part}_0.raw")), "0").unwrap();
    }
    assert_eq!(real.versions().await, ["3", "2", "1", "0"]);
    conformance::fulfil(&real.engine, Wish::Cleanup {}, None).await;
    assert_eq!(real.versions().await, ["3", "2", "1"], "the oldest has gone");
}

#[tokio::test]
async fn the_oldest_makes_room_for_an_update_and_what_runs_does_not() {
    let Some(real) = Real::new("/src", "regular-file", 2) else { return };
    std::fs::write(real.path("etc/os-release"), "ID=x\nIMAGE_VERSION=1\n").unwrap();
    assert_eq!(real.versions().await, ["2", "1"]);
    let update = real.check().await;
    real.run(&update, &Context::default()).await.unwrap();
    assert_eq!(real.versions().await, ["3", "1"]);
}

#[tokio::test]
async fn a_part_that_is_missing_is_told() {
    let Some(real) = Real::new("/src", "regular-file", 3) else { return };
    std::fs::remove_file(real.path("ext/ext_1.raw")).unwrap();
    let status = conformance::status(&real.engine).await;
    let old = status.deployments.iter().find(|d| d.version == "1").unwrap();
    assert_eq!(old.defect, Some(cairn_model::Defect::Incomplete));
    let unknown = Step::Stage { origin: "/src".into(), checksum: "9".into() };
    assert_eq!(real.engine.run(&unknown, &Context::default()).await.unwrap_err(), Problem::PlanOutdated);
}

#[tokio::test]
async fn what_was_damaged_on_its_way_is_not_taken() {
    let origin = Origin::start();
    let Some(real) = Real::new(&origin.address(), "url-file", 3) else { return };
    origin.serve(&real.path("src"));
    let update = real.check().await;
    assert_eq!(update.verification, Verification::NotRequired);
    let before = conformance::status(&real.engine).await;
    origin.damage(true);
    let ended = real.run(&update, &Context::default()).await;
    assert!(matches!(ended, Err(Problem::ToolFailed { status: 1, .. })), "{ended:?}");
    assert_eq!(conformance::status(&real.engine).await.deployments, before.deployments);
    assert!(!real.path("img/img_3.raw").exists());
    assert!(std::fs::read_link(real.path("img/current")).is_err(), "no part points to what did not arrive");
    origin.damage(false);
    real.run(&update, &Context::default()).await.unwrap();
    assert_eq!(real.versions().await, ["3", "2", "1"]);
}

#[tokio::test]
async fn stopped_or_killed_in_the_middle_nothing_has_changed() {
    let origin = Origin::start();
    let Some(real) = Real::new(&origin.address(), "url-file", 3) else { return };
    origin.serve(&real.path("src"));
    let update = real.check().await;
    let before = conformance::status(&real.engine).await;
    origin.hold(true);
    let ctx = Context::default();
    let stop = async {
        origin.held().await;
        ctx.cancel.cancel(CancelReason::Asked);
    };
    assert_eq!(tokio::join!(real.run(&update, &ctx), stop).0, Err(Problem::Cancelled));
    assert_eq!(conformance::status(&real.engine).await.deployments, before.deployments);
    // Whoever waits goes away, and with it everything that runs for it is killed.
    origin.hold(true);
    let ctx = Context::default();
    tokio::select! {
        ended = real.run(&update, &ctx) => panic!("{ended:?}"),
        () = origin.held() => {}
    }
    assert_eq!(conformance::status(&real.engine).await.deployments, before.deployments);
    origin.hold(false);
    real.run(&update, &Context::default()).await.unwrap();
    assert_eq!(real.versions().await, ["3", "2", "1"]);
}

#[tokio::test]
async fn without_its_origin_it_says_so_and_still_tells_what_there_is() {
    let Some(real) = Real::new("http://127.0.0.1:9/", "url-file", 3) else { return };
    let checked = real.engine.check(&Context::default()).await;
    assert!(matches!(checked, Err(Problem::ToolFailed { .. })), "{checked:?}");
    assert_eq!(real.versions().await, ["2", "1"]);
}
