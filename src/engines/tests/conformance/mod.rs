//! What every engine must hold, whatever system it drives. An engine's own test brings a real system with an update
//! on offer and calls [`suite`]; it is left with the update staged.

use cairn_engines::Engine;
use cairn_jobs::{CancelReason, Context};
use cairn_model::{Ability, DeploymentId, Plan, Problem, Step, SystemStatus, Update, Wish};
use std::time::Duration;

pub async fn suite(engine: &dyn Engine) {
    let before = status(engine).await;
    abilities_and_plans_agree(engine, &before).await;
    refusals_are_typed(engine, &before).await;
    let update = check(engine).await;
    checking_changed_nothing(engine, &before).await;
    cancelled_in_the_middle(engine, &before, &update).await;
    kept_and_let_go(engine, &before).await;
    staged_dropped_and_staged_again(engine, &update).await;
    told_of_changes_by_others(engine).await;
}

/// Reads the status and holds it to the invariants.
pub async fn status(engine: &dyn Engine) -> SystemStatus {
    let status = engine.status().await.unwrap();
    let count = |f: fn(&cairn_model::Deployment) -> bool| status.deployments.iter().filter(|d| f(d)).count();
    assert_eq!(status.engine, engine.id());
    assert_eq!(count(|d| d.running), 1, "exactly one runs: {status:?}");
    assert_eq!(count(|d| d.next), 1, "exactly one starts next: {status:?}");
    assert!(count(|d| d.staged) <= 1 && count(|d| d.previous) <= 1, "{status:?}");
    assert!(!status.deployments.iter().any(|d| d.previous && d.running), "{status:?}");
    let mut ids: Vec<_> = status.deployments.iter().map(|d| &d.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), status.deployments.len(), "ids are unique");
    assert_eq!(status.abilities, engine.abilities());
    status
}

async fn plan(engine: &dyn Engine, wish: Wish, update: Option<&Update>) -> Result<Plan, Problem> {
    engine.plan(&wish, &status(engine).await, update).await
}

async fn run(engine: &dyn Engine, plan: &Plan) -> Result<(), Problem> {
    for step in plan.steps.iter().filter(|s| belongs_to_engine(s)) {
        engine.run(step, &Context::default()).await?;
    }
    Ok(())
}

fn belongs_to_engine(step: &Step) -> bool {
    !matches!(step, Step::Name { .. } | Step::MarkGood { .. } | Step::Skip { .. } | Step::Unskip { .. })
}

async fn check(engine: &dyn Engine) -> Update {
    let update = engine.check(&Context::default()).await.unwrap().expect("an update is on offer");
    assert!(!update.version.is_empty() && !update.staged && !update.older, "{update:?}");
    update
}

/// What an engine says it can do gets a plan or a reason; what it does not say is "not supported".
async fn abilities_and_plans_agree(engine: &dyn Engine, status: &SystemStatus) {
    let id = status.running().unwrap().id.clone();
    let wishes = [
        (Ability::Stage, Wish::update()),
        (Ability::Rollback, Wish::GoBack {}),
        (Ability::StartNext, Wish::StartNext { id: id.clone() }),
        (Ability::Pin, Wish::Keep { id: id.clone() }),
        (Ability::Delete, Wish::Remove { id }),
    ];
    for (ability, wish) in wishes {
        let refused = matches!(plan(engine, wish.clone(), None).await, Err(Problem::NotSupported { .. }));
        assert_eq!(refused, !engine.abilities().contains(&ability), "{ability:?} {wish:?}");
    }
}

async fn refusals_are_typed(engine: &dyn Engine, status: &SystemStatus) {
    let running = status.running().unwrap();
    let remove = plan(engine, Wish::Remove { id: running.id.clone() }, None).await;
    assert_eq!(remove.unwrap_err(), Problem::IsRunning { version: running.version.clone() });
    let unknown = DeploymentId::new("nothing-0.0").unwrap();
    assert_eq!(plan(engine, Wish::Keep { id: unknown.clone() }, None).await.unwrap_err().code(), "not-found");
    assert_eq!(plan(engine, Wish::update(), None).await.unwrap_err(), Problem::NoUpdate);
    assert_eq!(plan(engine, Wish::DropStaged {}, None).await.unwrap_err(), Problem::NothingStaged);
    // The step itself looks again, since another tool may have changed the system since the plan.
    let step = Step::Remove { id: running.id.clone() };
    assert_eq!(engine.run(&step, &Context::default()).await.unwrap_err().code(), "is-running");
    assert_eq!(
        engine.run(&Step::Pin { id: unknown }, &Context::default()).await.unwrap_err().code(),
        "not-found"
    );
    let mut known_good = status.clone();
    let other = known_good.deployments.iter_mut().find(|d| !d.running && !d.next).unwrap();
    other.last_known_good = true;
    let wish = Wish::Remove { id: other.id.clone() };
    assert_eq!(engine.plan(&wish, &known_good, None).await.unwrap_err().code(), "is-last-known-good");
}

async fn checking_changed_nothing(engine: &dyn Engine, before: &SystemStatus) {
    assert_eq!(status(engine).await.deployments, before.deployments);
}

async fn cancelled_in_the_middle(engine: &dyn Engine, before: &SystemStatus, update: &Update) {
    let plan = plan(engine, Wish::update(), Some(update)).await.unwrap();
    let ctx = Context::default();
    let token = ctx.cancel.clone();
    let mut progress = ctx.progress.subscribe();
    tokio::spawn(async move {
        let _ = progress.wait_for(|p| p.bytes_done > 0).await;
        token.cancel(CancelReason::Asked);
    });
    assert_eq!(engine.run(&plan.steps[0], &ctx).await.unwrap_err(), Problem::Cancelled);
    assert!(ctx.progress.now().fraction.unwrap_or(0.0) < 1.0);
    assert_eq!(status(engine).await.deployments, before.deployments);
}

async fn kept_and_let_go(engine: &dyn Engine, before: &SystemStatus) {
    let other = before.deployments.iter().find(|d| !d.running).unwrap();
    let keep = plan(engine, Wish::Keep { id: other.id.clone() }, None).await.unwrap();
    run(engine, &keep).await.unwrap();
    assert!(status(engine).await.find(&other.id).unwrap().kept);
    let again = plan(engine, Wish::Keep { id: other.id.clone() }, None).await;
    assert_eq!(again.unwrap_err().code(), "is-kept");
    let remove = Step::Remove { id: other.id.clone() };
    assert_eq!(engine.run(&remove, &Context::default()).await.unwrap_err().code(), "is-kept");
    run(engine, &plan(engine, Wish::Unkeep { id: other.id.clone() }, None).await.unwrap()).await.unwrap();
    assert_eq!(status(engine).await.deployments, before.deployments);
}

async fn staged_dropped_and_staged_again(engine: &dyn Engine, update: &Update) {
    let before = status(engine).await;
    let stage = plan(engine, Wish::update(), Some(update)).await.unwrap();
    run(engine, &stage).await.unwrap();
    let staged = status(engine).await;
    assert_eq!(staged.staged().unwrap().version, update.version);
    assert!(staged.restart_pending() && staged.next().unwrap().staged);
    let pin = Step::Pin { id: staged.staged().unwrap().id.clone() };
    assert_eq!(engine.run(&pin, &Context::default()).await.unwrap_err().code(), "is-staged");
    run(engine, &plan(engine, Wish::DropStaged {}, None).await.unwrap()).await.unwrap();
    assert_eq!(status(engine).await.deployments, before.deployments, "as if nothing had been");
    let update = check(engine).await;
    run(engine, &plan(engine, Wish::update(), Some(&update)).await.unwrap()).await.unwrap();
    assert!(status(engine).await.restart_pending());
}

async fn told_of_changes_by_others(engine: &dyn Engine) {
    use futures_util::StreamExt;
    let mut changes = engine.watch().unwrap();
    let id = status(engine).await.running().unwrap().id.clone();
    engine.run(&Step::Pin { id: id.clone() }, &Context::default()).await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(20), changes.next()).await;
    assert!(told.is_ok(), "a change was not noticed");
    engine.run(&Step::Unpin { id }, &Context::default()).await.unwrap();
}
