//! What the origin offers.

use super::answer::{State, Told};
use super::updater::Work;
use super::{EosUpdater, alone, status};
use cairn_jobs::Context;
use cairn_model::{Problem, SystemStatus, Update, Verification};

pub(super) async fn run(engine: &EosUpdater, ctx: &Context) -> Result<Option<Update>, Problem> {
    let told = engine.updater.settled(ctx).await?;
    let told = match told.state {
        State::Ready | State::Error | State::UpdateAvailable => engine.updater.work(Work::Poll, ctx).await?,
        // Looking again would have to fetch again, or is refused.
        State::UpdateReady | State::UpdateApplied => told,
        State::None | State::Polling | State::Fetching | State::ApplyingUpdate => {
            return Err(Problem::BusyElsewhere);
        }
    };
    match told.state {
        State::UpdateAvailable | State::UpdateReady | State::UpdateApplied => {
            offered(told, &status::read(engine).await?)
        }
        _ => Ok(None),
    }
}

fn offered(told: Told, status: &SystemStatus) -> Result<Option<Update>, Problem> {
    let running = status.running().ok_or(Problem::NotAtomic)?;
    if told.update.is_empty() || told.update == running.checksum {
        return Ok(None);
    }
    Ok(Some(Update {
        version: if told.version.is_empty() { alone::short(&told.update) } else { told.version },
        origin: running.origin.clone().unwrap_or_default(),
        timestamp: None,
        download: told.download,
        installed: told.unpacked,
        changes: None,
        verification: Verification::Unknown,
        older: false,
        skipped: false,
        staged: status.next().is_some_and(|next| next.checksum == told.update),
        downloaded: false,
        checksum: told.update,
    }))
}
