//! Updates that are held, go on and are looked at.

use super::{Machine, SERVICE, SteamOs, state};
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
    ctx.pause.set(true);
    ctx.pause.set(false);
    machine.steam("PauseUpdate", &()).await;
    looking.await.unwrap().expect("there is nothing to look at while it is held");
    assert_eq!(machine.state().status, state::PAUSED);
    machine.steam("ResumeUpdate", &()).await;
    machine.played.mood(SERVICE, Mood::Well);
    machine.engine.follow(&Context::default()).await.unwrap();
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

#[tokio::test]
async fn a_hold_that_is_refused_is_taken_back() {
    let machine = Machine::new().await;
    let (ctx, running) = begun(&machine).await;
    machine.change(|state| state.stubborn = true);
    let mut hears = ctx.pause.subscribe();
    ctx.pause.set(true);
    hears.wait_for(|paused| *paused).await.unwrap();
    hears.wait_for(|paused| !paused).await.unwrap();
    assert_eq!(machine.state().status, state::IN_PROGRESS, "it goes on, and is said to");
    // Once it is held, going on may be refused as well.
    machine.change(|state| state.stubborn = false);
    ctx.pause.set(true);
    reaches(&machine, state::PAUSED).await;
    machine.change(|state| state.stubborn = true);
    ctx.pause.set(false);
    hears.wait_for(|paused| *paused).await.unwrap();
    assert_eq!(machine.state().status, state::PAUSED);
    machine.change(|state| state.stubborn = false);
    // Steam lets it go on by itself.
    machine.steam("ResumeUpdate", &()).await;
    hears.wait_for(|paused| !paused).await.unwrap();
    machine.played.mood(SERVICE, Mood::Well);
    running.await.unwrap().unwrap();
    assert!(machine.status().await.restart_pending() && !ctx.pause.is_paused());
}

#[tokio::test]
async fn held_time_does_not_count_and_what_takes_too_long_is_given_up() {
    let mut machine = Machine::new().await;
    let longest = Duration::from_millis(1500);
    machine.engine = machine.engine.clone().longest(longest);
    let (ctx, running) = begun(&machine).await;
    ctx.pause.set(true);
    reaches(&machine, state::PAUSED).await;
    tokio::time::sleep(longest * 2).await;
    assert!(!running.is_finished());
    ctx.pause.set(false);
    machine.played.mood(SERVICE, Mood::Well);
    running.await.unwrap().unwrap();

    let mut machine = Machine::new().await;
    machine.engine = machine.engine.clone().longest(longest);
    let (_ctx, running) = begun(&machine).await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 700 });
    assert_eq!(running.await.unwrap().unwrap_err().code(), "tool-hung");
    assert_eq!(machine.state().status, state::CANCELLED, "nobody would look after it any more");
}

#[tokio::test]
async fn what_cannot_be_read_any_more_is_given_up() {
    let machine = Machine::new().await;
    let (_ctx, running) = begun(&machine).await;
    machine.change(|state| state.offers = Some([("a b".to_owned(), Default::default())].into()));
    machine.change(SteamOs::check);
    assert_eq!(running.await.unwrap().unwrap_err().code(), "bad-answer");
    assert_eq!(machine.state().status, state::CANCELLED);
}

/// An update of that build that Steam began and holds.
async fn left(machine: &Machine, build: &str) {
    machine.update().await;
    machine.played.mood(SERVICE, Mood::Slow { millis: 20 });
    machine.steam("StartUpdate", &build).await;
    machine.steam("PauseUpdate", &()).await;
    reaches(machine, state::PAUSED).await;
}

#[tokio::test]
async fn what_was_left_held_goes_on_with_the_next_wish() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    left(&machine, &update.checksum).await;
    machine.engine.follow(&Context::default()).await.expect("nothing moves");
    let status = machine.status().await;
    assert!(status.held_back.is_empty() && status.previous().is_none(), "{status:?}");
    let step = Step::SetDefault { id: status.running().unwrap().id.clone() };
    assert_eq!(machine.engine.run(&step, &Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
    let begun = machine.state().begun;
    machine.played.mood(SERVICE, Mood::Well);
    conformance::fulfil(&machine.engine, Wish::update(), Some(&update)).await;
    assert_eq!((machine.state().begun, machine.state().status), (begun, state::SUCCESSFUL));
    machine.played.nothing_unknown();
}

#[tokio::test]
async fn what_was_left_held_gives_way_to_another_build() {
    for rebase in [false, true] {
        let machine = Machine::new().await;
        left(&machine, "20261101.1").await;
        let update = machine.update().await;
        machine.played.mood(SERVICE, Mood::Well);
        let target = TargetId::new("steamdeck/beta").unwrap();
        let (wish, version) = match rebase {
            true => (Wish::Rebase { target }, "20261119.100"),
            false => (Wish::update(), "20261117.1"),
        };
        conformance::fulfil(&machine.engine, wish, Some(&update)).await;
        assert_eq!(machine.status().await.next().unwrap().checksum, version);
        assert_eq!(machine.state().begun, 2);
        machine.played.nothing_unknown();
    }
}

#[tokio::test]
async fn what_is_left_held_and_will_not_move_is_in_the_way() {
    let machine = Machine::new().await;
    let update = machine.update().await;
    left(&machine, &update.checksum).await;
    machine.change(|state| state.stubborn = true);
    let step = Step::Stage { origin: update.origin.clone(), checksum: update.checksum.clone() };
    assert_eq!(machine.engine.run(&step, &Context::default()).await.unwrap_err(), Problem::BusyElsewhere);
    assert_eq!(machine.state().status, state::PAUSED);
}
