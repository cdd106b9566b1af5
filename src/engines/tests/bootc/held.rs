//! Updates that are fetched and do not start until somebody asks for them.

use super::conformance::{can, fulfil, plan, run, status};
use super::*;

async fn downloaded() -> (Bluefin, Update) {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    let plan = plan(&machine.engine, Wish::Download {}, Some(&update)).await.unwrap();
    assert_eq!((&plan.warnings[..], plan.restart_needed), (&[Warning::SizeUnknown][..], false));
    run(&machine.engine, &plan).await.unwrap();
    (machine, update)
}

async fn offered(machine: &Bluefin) -> Update {
    machine.engine.check(&Context::default()).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_was_downloaded_only_is_let_start() {
    let (machine, update) = downloaded().await;
    let held = status(&machine.engine).await;
    let staged = held.staged().unwrap();
    assert!(staged.held && !staged.next && staged.checksum == update.checksum, "{held:?}");
    assert!(!held.restart_pending(), "{held:?}");
    let update = offered(&machine).await;
    assert!(update.downloaded && !update.staged && update.download == Some(0), "{update:?}");
    let plan = plan(&machine.engine, Wish::update(), Some(&update)).await.unwrap();
    assert_eq!(plan.warnings, [], "what is staged is not dropped, and nothing is fetched");
    // Nothing is fetched for it, so nobody has to be reached.
    machine.set(|m| m.lacks.push("--check".into()));
    run(&machine.engine, &plan).await.unwrap();
    let now = status(&machine.engine).await;
    let next = now.next().unwrap();
    assert!(next.staged && !next.held && next.checksum == update.checksum, "{now:?}");
    machine.set(|m| m.lacks.clear());
    assert!(offered(&machine).await.staged);
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn it_does_not_start_by_itself() {
    let (machine, update) = downloaded().await;
    let again = plan(&machine.engine, Wish::Download {}, Some(&update)).await;
    assert_eq!(again.unwrap_err(), Problem::IsStaged { version: update.version.clone() });
    let before = status(&machine.engine).await.running().unwrap().checksum.clone();
    let (origin, checksum) = (update.origin.clone(), update.checksum.clone());
    let step = Step::Download { origin, checksum };
    machine.engine.run(&step, &Context::default()).await.unwrap();
    machine.played.restart();
    let now = status(&machine.engine).await;
    assert_eq!((now.running().unwrap().checksum.as_str(), now.staged()), (before.as_str(), None));
}

/// There is room for one prepared version only.
#[tokio::test]
async fn it_takes_the_place_of_what_was_prepared() {
    let machine = Bluefin::new().await;
    let first = check(&machine.engine).await;
    fulfil(&machine.engine, Wish::update(), Some(&first)).await;
    machine.set(|m| drop(m.published.insert(STABLE.into(), "stable-43.20261124".into())));
    let second = check(&machine.engine).await;
    let plan = plan(&machine.engine, Wish::Download {}, Some(&second)).await.unwrap();
    let dropped = Warning::StagedDropped { version: first.version };
    assert_eq!(plan.warnings, [dropped, Warning::SizeUnknown]);
    run(&machine.engine, &plan).await.unwrap();
    let now = status(&machine.engine).await;
    assert!(now.staged().unwrap().held && !now.restart_pending(), "{now:?}");
    // Going back drops it, as bootc does with whatever is staged.
    fulfil(&machine.engine, Wish::GoBack {}, None).await;
    assert_eq!(status(&machine.engine).await.staged(), None);
}

#[tokio::test]
async fn a_download_is_stopped_and_one_that_moved_is_refused() {
    let machine = Bluefin::new().await;
    let update = check(&machine.engine).await;
    let before = status(&machine.engine).await;
    let (origin, checksum) = (update.origin.clone(), update.checksum.clone());
    let step = Step::Download { origin: origin.clone(), checksum };
    machine.played.mood("bootc", Mood::Slow { millis: 60 });
    let ctx = Context::default();
    let (token, mut progress) = (ctx.cancel.clone(), ctx.progress.subscribe());
    tokio::spawn(async move {
        let _ = progress.wait_for(|p| p.bytes_done > 0).await;
        token.cancel(CancelReason::Asked);
    });
    assert_eq!(machine.engine.run(&step, &ctx).await, Err(Problem::Cancelled));
    machine.played.mood("bootc", Mood::Well);
    assert_eq!(status(&machine.engine).await.deployments, before.deployments);
    let other = Step::Download { origin, checksum: "sha256:99".into() };
    assert_eq!(machine.engine.run(&other, &Context::default()).await, Err(Problem::PlanOutdated));
    let elsewhere = Step::Download { origin: "elsewhere".into(), checksum: "sha256:99".into() };
    assert_eq!(machine.engine.run(&elsewhere, &Context::default()).await, Err(Problem::PlanOutdated));
    assert_eq!(status(&machine.engine).await.deployments, before.deployments);
}

/// Before 1.12 the key is not in the answer and the option is not known.
#[tokio::test]
async fn older_versions_of_the_program_do_not_claim_it() {
    let machine = Bluefin::new().await;
    machine
        .set(|m| m.lacks = ["downloadOnly", "--download-only", "--from-downloaded"].map(Into::into).into());
    let update = check(&machine.engine).await;
    assert!(!can(&machine.engine, Ability::DownloadOnly) && can(&machine.engine, Ability::Stage));
    let refused = plan(&machine.engine, Wish::Download {}, Some(&update)).await;
    assert_eq!(refused.unwrap_err(), Problem::NotSupported { what: "download".into() });
    let step = Step::Download { origin: update.origin.clone(), checksum: update.checksum.clone() };
    let refused = machine.engine.run(&step, &Context::default()).await;
    assert_eq!(refused, Err(Problem::NotSupported { what: "step".into() }));
    fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    machine.played.nothing_unknown();
}
