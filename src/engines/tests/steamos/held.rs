//! Updates that are held, go on and are looked at.

use super::{Machine, SERVICE, state};
use crate::conformance;
use cairn_demo::systems::Mood;
use cairn_engines::Engine;
use cairn_jobs::{CancelReason, Context};
use cairn_model::plan::Warning;
use cairn_model::{Ability, Problem, Step, TargetId, Wish};
use std::time::Duration;
use tokio::task::JoinHandle;

const LOOK: Duration = Duration::from_millis(5);

/// An update that is under way, slowly.
async fn begun(machine: &Machine) -> (Context, JoinHandle<Result<(), Problem>>) {
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 20 });
    let ctx = Context::default();
    let (engine, own, mut progress) = (machine.engine.clone(), ctx.clone(), ctx.progress.subscribe());
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum };
    let running = tokio::spawn(async move { engine.run(&step, &own).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    (ctx, running)
}

async fn reaches(machine: &Machine, status: u32) {
    while machine.state().status != status {
        tokio::time::sleep(LOOK).await;
    }
}

#[tokio::test]
async fn is_held_and_goes_on() {
    let machine = Machine::new().await;
    assert!(conformance::can(&machine.engine, Ability::Pause));
    let (ctx, running) = begun(&machine).await;
    ctx.pause.set(true);
    reaches(&machine, state::PAUSED).await;
    let held = machine.state().percent;
    let mut progress = ctx.progress.subscribe();
    progress.wait_for(|p| p.seconds_left.is_none()).await.unwrap();
    assert!(!running.is_finished());
    assert!((machine.state().percent - held).abs() < f64::EPSILON, "nothing moves");
    assert_eq!(machine.status().await.held_back, [], "it is our own");
    ctx.pause.set(false);
    reaches(&machine, state::IN_PROGRESS).await;
    machine.played.mood(SERVICE, Mood::Well);
    running.await.unwrap().unwrap();
    assert!(machine.status().await.restart_pending());
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn what_is_held_can_be_stopped() {
    let machine = Machine::new().await;
    let (ctx, running) = begun(&machine).await;
    ctx.pause.set(true);
    reaches(&machine, state::PAUSED).await;
    ctx.cancel.cancel(CancelReason::Asked);
    assert_eq!(running.await.unwrap(), Err(Problem::Cancelled));
    assert_eq!(machine.state().status, state::CANCELLED);
}

#[tokio::test]
async fn what_steam_holds_is_no_failure_and_is_not_argued_with() {
    let machine = Machine::new().await;
    let (ctx, running) = begun(&machine).await;
    machine.steam("PauseUpdate", &()).await;
    reaches(&machine, state::PAUSED).await;
    let mut progress = ctx.progress.subscribe();
    progress.wait_for(|p| p.seconds_left.is_none()).await.unwrap();
    assert!(!running.is_finished() && !ctx.pause.is_paused());
    machine.steam("ResumeUpdate", &()).await;
    reaches(&machine, state::IN_PROGRESS).await;
    // The person joins a hold of Steam's, and ends it.
    machine.steam("PauseUpdate", &()).await;
    while machine.state().status == state::PAUSED {
        ctx.pause.set(!ctx.pause.is_paused());
        tokio::time::sleep(LOOK * 20).await;
    }
    ctx.pause.set(false);
    machine.played.mood(SERVICE, Mood::Well);
    running.await.unwrap().unwrap();
    assert!(machine.status().await.restart_pending());
}

#[tokio::test]
async fn a_time_left_is_what_the_service_expects() {
    let machine = Machine::new().await;
    let (ctx, running) = begun(&machine).await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 150 });
    let mut progress = ctx.progress.subscribe();
    progress.wait_for(|p| p.seconds_left.is_some()).await.unwrap();
    machine.played.mood(SERVICE, Mood::Well);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_steam_does_is_shown_until_it_ends() {
    let machine = Machine::new().await;
    machine.engine.follow(&Context::default()).await.expect("there is nothing to look at");
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 20 });
    machine.steam("StartUpdate", &update.checksum).await;
    // Who looks away changes nothing.
    let away = Context::default();
    away.cancel.cancel(CancelReason::Asked);
    assert_eq!(machine.engine.follow(&away).await, Err(Problem::Cancelled));
    assert_eq!(machine.state().status, state::IN_PROGRESS);

    let ctx = Context::default();
    let (engine, own, mut progress) = (machine.engine.clone(), ctx.clone(), ctx.progress.subscribe());
    let looking = tokio::spawn(async move { engine.follow(&own).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    machine.steam("PauseUpdate", &()).await;
    ctx.pause.set(true);
    ctx.pause.set(false);
    reaches(&machine, state::PAUSED).await;
    assert!(!looking.is_finished(), "held is not ended");
    machine.steam("ResumeUpdate", &()).await;
    machine.played.mood(SERVICE, Mood::Well);
    looking.await.unwrap().unwrap();
    assert_eq!(machine.state().status, state::SUCCESSFUL);
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn looking_on_ends_with_the_service() {
    let mut machine = Machine::new().await;
    let update = machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 20 });
    machine.steam("StartUpdate", &update.checksum).await;
    let ctx = Context::default();
    let (engine, own, mut progress) = (machine.engine.clone(), ctx.clone(), ctx.progress.subscribe());
    let looking = tokio::spawn(async move { engine.follow(&own).await });
    progress.wait_for(|p| p.fraction.is_some_and(|f| f > 0.0)).await.unwrap();
    machine.played.services_end().await;
    let lost = looking.await.unwrap().unwrap_err();
    assert!(matches!(lost.code(), "tool-missing" | "tool-hung"), "{lost:?}");
}

#[tokio::test]
async fn the_way_back_is_named_that_an_update_takes() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    let replaces = Warning::ReplacesNow { version: "3.8.3 (20260922.1)".into() };
    let rebase = Wish::Rebase { target: TargetId::new("steamdeck/beta").unwrap() };
    for (wish, update) in [(Wish::update(), Some(&update)), (rebase, None)] {
        let plan = machine.plan(wish.clone(), update).await.unwrap();
        assert!(plan.warnings.contains(&replaces), "{wish:?}: {:?}", plan.warnings);
    }
    let back = machine.plan(Wish::GoBack {}, None).await.unwrap();
    assert!(!back.warnings.contains(&replaces));
    // Where there is no way back, none is lost.
    let config = "/esp/SteamOS/conf/B.conf";
    let words = machine.played.stage.read(config).unwrap();
    let words = words.replace("image-invalid: 0", "image-invalid: 1");
    machine.played.stage.write(config, &words).unwrap();
    let plan = machine.plan(Wish::update(), Some(&update)).await.unwrap();
    assert!(!plan.warnings.iter().any(|w| matches!(w, Warning::ReplacesNow { .. })), "{:?}", plan.warnings);
}
