//! How far an update is. One that Steam began is only looked at.

use super::Steamos;
use super::answer::{Atomupd, State};
use super::look;
use super::proxy;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{Problem, Seconds};
use futures_util::StreamExt;
use std::time::Duration;

/// More than the slowest line takes for a whole system.
pub(super) const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// Signals tell of changes; this is for those that got lost.
pub(super) const GLANCE: Duration = Duration::from_secs(1);

/// Shows the update of the service. While it is held nothing moves, and no time is left.
pub(super) fn show(now: &Atomupd, clock: Seconds, ctx: &Context) {
    ctx.progress.part(now.done);
    let left = now.ends.filter(|_| now.state == State::InProgress).map(|ends| ends.saturating_sub(clock));
    // A moment that has passed, or that is further away than any update takes, is no estimate.
    let left = left.and_then(|left| u64::try_from(left).ok()).filter(|left| *left <= LONGEST.as_secs());
    ctx.progress.time_left(left);
}

/// Shows an update that somebody else began until it has ended, in whatever way: that tells the status.
pub(super) async fn elsewhere(engine: &Steamos, ctx: &Context) -> Result<(), Problem> {
    let mut changes = engine.bus.signals(proxy::changes()?);
    let mut now = look::service(engine).await?;
    if !now.state.is_busy() || engine.works() {
        return Ok(());
    }
    ctx.progress.begin(Stage::Downloading, 1.0);
    let mut listening = true;
    while now.state.is_busy() {
        show(&now, engine.host.clock.now(), ctx);
        tokio::select! {
            change = changes.next(), if listening => listening = change.is_some(),
            () = tokio::time::sleep(GLANCE) => {}
            _ = ctx.cancel.cancelled() => return Err(Problem::Cancelled),
        }
        now = look::service(engine).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::answer::properties;
    use super::*;
    use zbus::zvariant::Value;

    fn shown(status: u32, ends: u64) -> Option<u64> {
        let entries = [
            ("UpdateStatus", Value::from(status)),
            ("Variant", Value::from("steamdeck")),
            ("EstimatedCompletionTime", Value::from(ends)),
        ];
        let entries = entries.map(|(key, value)| (key.to_owned(), value.try_to_owned().unwrap())).into();
        let ctx = Context::default();
        show(&properties(&entries).unwrap(), 1_000, &ctx);
        ctx.progress.now().seconds_left
    }

    #[test]
    fn a_time_left_is_told_only_where_it_is_one() {
        assert_eq!(shown(1, 1_600), Some(600));
        assert_eq!(shown(1, 1_000), Some(0));
        for (status, ends) in [(1, 0), (1, 999), (1, 10_000_000), (1, u64::MAX), (2, 1_600), (4, 1_600)] {
            assert_eq!(shown(status, ends), None, "{status} {ends}");
        }
    }
}
