//! A /usr that can be written, a start without the kernel, and updates that nobody asked for.

use super::conformance::{can, fulfil, plan, status};
use super::*;
use cairn_model::{Automatic, Policy};

const TIMER: &str = "bootc-fetch-apply-updates.timer";

async fn refused(machine: &Bluefin, wish: Wish, step: Step) {
    let unable = |what: &str| Problem::NotSupported { what: what.into() };
    assert_eq!(plan(&machine.engine, wish.clone(), None).await.unwrap_err(), unable(wish.word()));
    assert_eq!(machine.engine.run(&step, &Context::default()).await, Err(unable("step")));
}

#[tokio::test]
async fn usr_is_opened_until_the_restart() {
    let machine = Bluefin::new().await;
    assert!(!status(&machine.engine).await.running().unwrap().unlocked);
    fulfil(&machine.engine, Wish::Unlock {}, None).await;
    let open = status(&machine.engine).await;
    assert_eq!(open.deployments.iter().filter(|d| d.unlocked && d.running).count(), 1, "{open:?}");
    assert!(!can(&machine.engine, Ability::Unlock), "it is open");
    refused(&machine, Wish::Unlock {}, Step::Unlock).await;
    machine.played.restart();
    assert!(
        !status(&machine.engine).await.running().unwrap().unlocked && can(&machine.engine, Ability::Unlock)
    );
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn a_usr_that_stays_closed_is_no_success() {
    let machine = Bluefin::new().await;
    machine.set(|m| m.idle = true);
    status(&machine.engine).await;
    let done = machine.engine.run(&Step::Unlock, &Context::default()).await;
    assert_eq!(done, Err(Problem::EngineFailed { detail: "/usr".into() }));
    // Somebody else opens it in between.
    machine.set(|m| m.open = true);
    let done = machine.engine.run(&Step::Unlock, &Context::default()).await;
    assert_eq!(done, Err(Problem::NotSupported { what: "step".into() }));
}

/// Before 1.14 only the kernel says what lies on /usr.
#[tokio::test]
async fn older_versions_of_the_program_leave_it_to_the_kernel() {
    let machine = Bluefin::new().await;
    machine.set(|m| m.lacks = vec!["usrOverlay".into()]);
    fulfil(&machine.engine, Wish::Unlock {}, None).await;
    assert!(status(&machine.engine).await.running().unwrap().unlocked);
    assert!(!can(&machine.engine, Ability::Unlock));
    let table = "91 28 0:47 / /usr rw - overlay overlay rw,upperdir=.usr-ovl-upper\n";
    machine.played.stage.write("/proc/1/mountinfo", table).unwrap();
    assert!(!status(&machine.engine).await.running().unwrap().unlocked, "its changes last");
    assert!(!can(&machine.engine, Ability::Unlock), "there is one already");
    machine.played.stage.remove("/proc/1/mountinfo").unwrap();
    status(&machine.engine).await;
    refused(&machine, Wish::Unlock {}, Step::Unlock).await;
}

/// What is mounted where only this service sees it opens nothing.
#[tokio::test]
async fn a_service_with_mounts_of_its_own_opens_nothing() {
    let machine = Bluefin::new().await;
    machine.played.host().link("/proc/self/ns/mnt", "mnt:[4026532001]").unwrap();
    machine.played.host().link("/proc/1/ns/mnt", "mnt:[4026531841]").unwrap();
    status(&machine.engine).await;
    refused(&machine, Wish::Unlock {}, Step::Unlock).await;
}

async fn prepared() -> Bluefin {
    let machine = Bluefin::new().await;
    machine.set(|m| m.same_kernel = true);
    let update = check(&machine.engine).await;
    assert!(!can(&machine.engine, Ability::SoftRestart), "nothing else starts next");
    fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    let now = status(&machine.engine).await;
    assert!(now.next().unwrap().soft && !now.running().unwrap().soft, "{now:?}");
    machine
}

#[tokio::test]
async fn the_next_version_is_prepared_to_start_without_the_kernel() {
    let machine = prepared().await;
    // Nothing is fetched for it.
    machine.set(|m| m.lacks.push("--check".into()));
    let next = status(&machine.engine).await.next().cloned();
    machine.engine.prepare_soft_restart().await.unwrap();
    assert_eq!(status(&machine.engine).await.next().cloned(), next);
    assert!(machine.played.stage.read("/proc/1/mountinfo").unwrap().contains(" /run/nextroot "));
    machine.played.restart();
    assert_eq!(status(&machine.engine).await.running().map(|d| &d.id), next.as_ref().map(|d| &d.id));
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn what_was_not_prepared_is_not_restarted_into() {
    let machine = prepared().await;
    machine.set(|m| m.idle = true);
    let idle = machine.engine.prepare_soft_restart().await;
    assert_eq!(idle, Err(Problem::EngineFailed { detail: "/run/nextroot".into() }));
    // Another kernel came in between.
    machine.set(|m| m.idle = false);
    status(&machine.engine).await;
    let words = "error: no".to_owned();
    machine.set(|m| m.same_kernel = false);
    let other = machine.engine.prepare_soft_restart().await;
    assert_eq!(other, Err(Problem::NotSupported { what: "soft-restart".into() }));
    machine.set(|m| m.same_kernel = true);
    status(&machine.engine).await;
    machine.played.mood("bootc", Mood::Failing { status: 1, error: String::new(), words });
    assert_eq!(machine.engine.prepare_soft_restart().await.unwrap_err().code(), "tool-failed");
}

#[tokio::test]
async fn a_start_without_the_kernel_is_for_what_is_staged_and_starts_next() {
    let machine = prepared().await;
    machine.set(|m| m.staged.as_mut().unwrap().locked = true);
    status(&machine.engine).await;
    assert!(!can(&machine.engine, Ability::SoftRestart), "it is held");
    machine.set(|m| m.staged.as_mut().unwrap().locked = false);
    fulfil(&machine.engine, Wish::GoBack {}, None).await;
    let now = status(&machine.engine).await;
    assert!(now.next().unwrap().soft && !can(&machine.engine, Ability::SoftRestart), "{now:?}");
    let refused = machine.engine.prepare_soft_restart().await;
    assert_eq!(refused, Err(Problem::NotSupported { what: "soft-restart".into() }));
    // Before 1.12 it would fetch again.
    let machine = prepared().await;
    machine.set(|m| m.lacks.push("downloadOnly".into()));
    status(&machine.engine).await;
    assert!(!can(&machine.engine, Ability::SoftRestart));
}

async fn automatic(machine: &Bluefin) -> Option<Automatic> {
    status(&machine.engine).await.automatic
}

async fn policy(machine: &Bluefin) -> Policy {
    automatic(machine).await.unwrap().policy
}

#[tokio::test]
async fn the_timer_is_turned_on_and_off() {
    let machine = Bluefin::new().await;
    let by = "bootc-fetch-apply-updates".to_owned();
    let choices = vec![Policy::Off, Policy::Apply];
    assert_eq!(automatic(&machine).await, Some(Automatic { policy: Policy::Off, by, choices }));
    let set = |policy| Wish::SetAutomatic { policy };
    fulfil(&machine.engine, set(Policy::Apply), None).await;
    assert_eq!(policy(&machine).await, Policy::Apply);
    fulfil(&machine.engine, set(Policy::Off), None).await;
    assert_eq!(policy(&machine).await, Policy::Off);
    let unable = plan(&machine.engine, set(Policy::Check), None).await;
    assert_eq!(unable.unwrap_err(), Problem::NotSupported { what: "set-automatic".into() });
    machine.played.nothing_unknown();
}

/// What the image's makers turned on below /usr can only be masked.
#[tokio::test]
async fn a_timer_of_the_image_is_masked_and_unmasked() {
    let machine = Bluefin::new().await;
    let host = machine.played.host();
    let link = format!("/usr/lib/systemd/system/timers.target.wants/{TIMER}");
    host.link(&link, &format!("../{TIMER}")).unwrap();
    assert_eq!(policy(&machine).await, Policy::Apply);
    fulfil(&machine.engine, Wish::SetAutomatic { policy: Policy::Off }, None).await;
    assert_eq!(policy(&machine).await, Policy::Off);
    assert_eq!(host.read_link(&format!("/etc/systemd/system/{TIMER}")).unwrap(), "/dev/null");
    fulfil(&machine.engine, Wish::SetAutomatic { policy: Policy::Apply }, None).await;
    assert_eq!(policy(&machine).await, Policy::Apply);
    machine.played.nothing_unknown();
}

/// Systems change what the service runs by a drop-in.
#[tokio::test]
async fn a_service_that_only_prepares_is_told_as_that() {
    let machine = Bluefin::new().await;
    let stage = &machine.played.stage;
    let folder = "bootc-fetch-apply-updates.service.d";
    let prepares = "[Service]\nExecStart=\nExecStart=/usr/bin/bootc upgrade --quiet\n";
    stage.write(&format!("/usr/lib/systemd/system/{folder}/10-stage.conf"), prepares).unwrap();
    fulfil(&machine.engine, Wish::SetAutomatic { policy: Policy::Stage }, None).await;
    assert_eq!(policy(&machine).await, Policy::Stage);
    // The administrator's file of the same name goes before it.
    stage.write(&format!("/etc/systemd/system/{folder}/10-stage.conf"), "").unwrap();
    assert_eq!(policy(&machine).await, Policy::Apply);
    stage
        .write(&format!("/etc/systemd/system/{folder}/20.conf"), "ExecStart=\nExecStart=/bin/true\n")
        .unwrap();
    assert_eq!(automatic(&machine).await, None);
    assert!(!can(&machine.engine, Ability::Automatic));
}

#[tokio::test]
async fn a_systemctl_that_does_not_do_it_is_told() {
    let machine = Bluefin::new().await;
    status(&machine.engine).await;
    let step = Step::Automatic { policy: Policy::Apply };
    let words = "Failed to enable unit".to_owned();
    machine.played.mood("systemctl", Mood::Failing { status: 1, error: String::new(), words });
    let failed = machine.engine.run(&step, &Context::default()).await;
    assert_eq!(failed.unwrap_err().code(), "tool-failed");
    machine.played.mood("systemctl", Mood::Saying { answer: String::new() });
    let idle = machine.engine.run(&step, &Context::default()).await;
    assert_eq!(idle, Err(Problem::EngineFailed { detail: TIMER.into() }));
    std::fs::remove_file(machine.played.stage.path("/usr/bin/systemctl")).unwrap();
    let told = automatic(&machine).await.unwrap();
    assert_eq!((told.policy, told.choices), (Policy::Off, Vec::new()));
    refused(&machine, Wish::SetAutomatic { policy: Policy::Apply }, step).await;
}
