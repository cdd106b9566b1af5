//! A repository and deployments that libostree really has, below the played program.

use super::conformance::{can, plan, status};
use super::*;
use std::os::unix::fs::symlink;

/// Checksums of two deployments, the one that starts next first. `None` without the tool or without root.
fn deploy(root: &Path) -> Option<[String; 2]> {
    let run = |arguments: &[&str]| {
        let mut command = Command::new("ostree");
        // Deployments are not locked against the end of the test.
        command.env("OSTREE_SYSROOT_DEBUG", "mutable-deployments,no-xattrs").current_dir(root);
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    if !Path::new("/usr/bin/ostree").exists() || !rustix::process::geteuid().is_root() {
        println!("skipped: needs ostree and root (./dev test)");
        return None;
    }
    std::fs::remove_dir_all(root.join("ostree")).unwrap();
    run(&["admin", "init-fs", "."]);
    run(&["admin", "stateroot-init", "--sysroot=.", "default"]);
    let checksums = ["1", "2"].map(|version| {
        let tree = root.join("tree");
        std::fs::create_dir_all(tree.join("usr/etc")).unwrap();
        std::fs::create_dir_all(tree.join("usr/lib/modules/6.0")).unwrap();
        std::fs::write(tree.join("usr/lib/os-release"), format!("PRETTY_NAME=\"Tree {version}\"\n")).unwrap();
        std::fs::write(tree.join("usr/lib/modules/6.0/vmlinuz"), version).unwrap();
        let _ = symlink("usr/lib/os-release", tree.join("release"));
        let commit = run(&["commit", "--repo=ostree/repo", "--branch=image", "--tree=dir=tree"]);
        run(&["admin", "deploy", "--sysroot=.", "--os=default", "image"]);
        commit
    });
    let [older, newer] = checksums;
    Some([newer, older])
}

fn answer([booted, rollback]: &[String; 2]) -> String {
    let entry = |checksum: &str, version: &str| {
        format!(
            r#"{{"image":{{"image":{{"image":"{STABLE}","transport":"registry"}},"version":"{version}",
            "imageDigest":"sha256:{version}0"}},"incompatible":false,"pinned":false,
            "ostree":{{"stateroot":"default","checksum":"{checksum}","deploySerial":0}}}}"#
        )
    };
    format!(
        r#"{{"apiVersion":"org.containers.bootc/v1","kind":"BootcHost","status":{{"booted":{},"rollback":{}}}}}"#,
        entry(booted, "2"),
        entry(rollback, "1")
    )
}

async fn machine() -> Option<(Bluefin, [String; 2])> {
    let machine = Bluefin::new().await;
    let checksums = deploy(machine.played.stage.root())?;
    machine.played.mood("bootc", Mood::Saying { answer: answer(&checksums) });
    Some((machine, checksums))
}

#[tokio::test]
async fn what_the_program_cannot_do_is_done_there() {
    let Some((machine, [_, older])) = machine().await else { return };
    let engine = &machine.engine;
    let now = status(engine).await;
    for ability in [Ability::Pin, Ability::Delete, Ability::StartNext, Ability::DropStaged] {
        assert!(can(engine, ability), "{ability:?}");
    }
    let previous = now.previous().unwrap();
    assert_eq!(previous.title.as_deref(), Some("Tree 1"));
    let folder = machine.played.stage.path("/ostree/deploy/default/deploy");
    let origin = || std::fs::read_to_string(folder.join(format!("{older}.0.origin"))).unwrap();
    let usage = engine.usage(&Context::default()).await.unwrap();
    assert!(usage.total > 0 && usage.unique[&previous.id] > 0, "{usage:?}");
    let run = |step: Step| async move { engine.run(&step, &Context::default()).await };
    run(Step::Pin { id: previous.id.clone() }).await.unwrap();
    assert!(origin().contains("pinned=true"));
    assert_eq!(run(Step::Remove { id: previous.id.clone() }).await.unwrap_err().code(), "is-kept");
    run(Step::Unpin { id: previous.id.clone() }).await.unwrap();
    assert!(!origin().contains("pinned=true"));
    run(Step::Remove { id: previous.id.clone() }).await.unwrap();
    assert!(!folder.join(format!("{older}.0")).exists());
    assert_eq!(run(Step::DropStaged).await, Err(Problem::NothingStaged));
}

/// What was only downloaded is dropped like anything that is staged.
#[tokio::test]
async fn what_is_held_is_dropped_there() {
    let Some((machine, checksums)) = machine().await else { return };
    let known = answer(&checksums);
    let held = format!(
        r#""status":{{"staged":{{"image":null,"incompatible":false,"downloadOnly":true,"ostree":
        {{"stateroot":"default","checksum":"{}","deploySerial":7}}}},"#,
        checksums[0]
    );
    let answer = known.replacen(r#""status":{"#, &held, 1);
    machine.played.mood("bootc", Mood::Saying { answer });
    let now = status(&machine.engine).await;
    assert!(now.staged().is_some_and(|staged| staged.held && !staged.next), "{now:?}");
    let plan = plan(&machine.engine, Wish::DropStaged {}, None).await.unwrap();
    assert_eq!(plan.steps, [Step::DropStaged]);
    // libostree looks for itself; here it has none.
    let run = machine.engine.run(&Step::DropStaged, &Context::default()).await;
    assert_eq!(run, Err(Problem::NothingStaged));
}

#[tokio::test]
async fn a_lock_that_another_tool_holds_is_seen() {
    let Some((machine, checksums)) = machine().await else { return };
    let answer = answer(&checksums);
    let fresh = Bootc::new(machine.played.host());
    let before = status(&machine.engine).await;
    let other = ostree::Sysroot::new(Some(&ostree::gio::File::for_path(machine.played.stage.root())));
    other.load(ostree::gio::Cancellable::NONE).unwrap();
    assert!(other.try_lock().unwrap());
    // bootc would wait for as long as the other tool works.
    machine.played.mood("bootc", Mood::Stuck);
    let now = status(&machine.engine).await;
    assert_eq!((now.held_back, now.deployments), (vec![HeldBack::BusyElsewhere], before.deployments.clone()));
    assert_eq!(fresh.status().await.unwrap_err(), Problem::BusyElsewhere);
    assert_eq!(machine.engine.check(&Context::default()).await, Err(Problem::BusyElsewhere));
    let id = before.previous().unwrap().id.clone();
    assert_eq!(plan(&machine.engine, Wish::Keep { id: id.clone() }, None).await, Err(Problem::BusyElsewhere));
    let changed = machine.engine.run(&Step::SetDefault { id }, &Context::default()).await;
    assert_eq!(changed, Err(Problem::BusyElsewhere));
    other.unlock();
    machine.played.mood("bootc", Mood::Saying { answer });
    assert_eq!(status(&machine.engine).await.held_back, []);
}

#[tokio::test]
async fn edits_that_stay_behind_are_told_of() {
    let Some((machine, [newer, _])) = machine().await else { return };
    let warnings = || async { plan(&machine.engine, Wish::GoBack {}, None).await.unwrap().warnings };
    assert_eq!(warnings().await, []);
    let etc = machine.played.stage.path(&format!("/ostree/deploy/default/deploy/{newer}.0/etc"));
    std::fs::write(etc.join("edited"), "here").unwrap();
    assert_eq!(warnings().await, [Warning::EtcChangesStay { count: 1 }]);
}
