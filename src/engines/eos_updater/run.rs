//! Doing one step. The updater does the update; everything else is libostree's.

use super::answer::{State, Told};
use super::updater::Work;
use super::{EosUpdater, status};
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{Problem, Step};

/// Fetching is nearly all of the time of an update.
const FETCH_WEIGHT: f64 = 0.9;

pub(super) async fn step(engine: &EosUpdater, step: &Step, ctx: &Context) -> Result<(), Problem> {
    match (step, &engine.below) {
        (Step::Stage { origin, checksum }, _) => stage(engine, origin, checksum, ctx).await,
        // Dropping it below would leave the updater with an update that it takes for applied.
        (Step::DropStaged, _) | (_, None) => Err(Problem::NotSupported { what: "step".into() }),
        (step, Some(below)) => {
            // An updater that does not answer does nothing either.
            if engine.updater.told().await.is_ok_and(|told| status::is_busy(engine, &told)) {
                return Err(Problem::BusyElsewhere);
            }
            below.run(step, ctx).await
        }
    }
}

async fn stage(engine: &EosUpdater, origin: &str, checksum: &str, ctx: &Context) -> Result<(), Problem> {
    let now = status::read(engine).await?;
    if now.running().and_then(|running| running.origin.as_deref()) != Some(origin) {
        return Err(Problem::PlanOutdated);
    }
    let told = found(engine, checksum, ctx).await?;
    match told.state {
        State::UpdateApplied => {}
        State::UpdateReady => apply(engine, ctx).await?,
        _ => {
            let _own = engine.at_work();
            ctx.progress.begin(Stage::Downloading, FETCH_WEIGHT);
            let fetched = engine.updater.work(Work::Fetch, ctx).await?;
            expect(&fetched, State::UpdateReady, checksum)?;
            apply(engine, ctx).await?;
        }
    }
    let after = status::read(engine).await?;
    if after.next().is_some_and(|next| next.checksum == checksum) {
        return Ok(());
    }
    // It was applied and dropped again by something else; until a restart the updater does nothing more.
    Err(Problem::RestartFirst)
}

async fn apply(engine: &EosUpdater, ctx: &Context) -> Result<(), Problem> {
    let _own = engine.at_work();
    ctx.progress.begin(Stage::Deploying, 1.0 - FETCH_WEIGHT);
    let told = engine.updater.work(Work::Apply, ctx).await?;
    expect(&told, State::UpdateApplied, &told.update)
}

/// The updater where it has found that very commit, looking for it again if need be.
async fn found(engine: &EosUpdater, checksum: &str, ctx: &Context) -> Result<Told, Problem> {
    let told = engine.updater.settled(ctx).await?;
    let told = match told.state {
        State::UpdateAvailable | State::UpdateReady if told.update == checksum => told,
        State::Ready | State::Error | State::UpdateAvailable | State::UpdateReady => {
            engine.updater.work(Work::Poll, ctx).await?
        }
        State::UpdateApplied if told.update == checksum => told,
        State::UpdateApplied => return Err(Problem::RestartFirst),
        State::None | State::Polling | State::Fetching | State::ApplyingUpdate => {
            return Err(Problem::BusyElsewhere);
        }
    };
    if told.update == checksum && told.state != State::Ready { Ok(told) } else { Err(Problem::PlanOutdated) }
}

/// An updater that was started anew in the middle knows nothing of what it did.
fn expect(told: &Told, state: State, checksum: &str) -> Result<(), Problem> {
    if told.state == state && told.update == checksum {
        return Ok(());
    }
    Err(Problem::EngineFailed { detail: format!("the updater is at {:?}", told.state) })
}
