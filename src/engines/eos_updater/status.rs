//! What there is right now.

use super::answer::Told;
use super::{EosUpdater, alone};
use cairn_model::system::HeldBack;
use cairn_model::{Problem, SystemStatus};
use std::sync::atomic::Ordering;

pub(super) async fn read(engine: &EosUpdater) -> Result<SystemStatus, Problem> {
    let told = engine.updater.told().await;
    let (mut status, told) = match &engine.below {
        // What libostree has can be read and started also where the updater does not answer.
        Some(below) => (below.status().await?, told.ok()),
        None => {
            let told = told?;
            (alone::status(&engine.host, &told)?, Some(told))
        }
    };
    status.engine = "eos-updater".into();
    status.abilities = engine.abilities_here();
    if told.is_some_and(|told| is_busy(engine, &told)) && !status.held_back.contains(&HeldBack::BusyElsewhere) {
        status.held_back.push(HeldBack::BusyElsewhere);
    }
    Ok(status)
}

/// Whether it changes something for somebody else.
pub(super) fn is_busy(engine: &EosUpdater, told: &Told) -> bool {
    told.state.is_changing() && !engine.at_work.load(Ordering::Relaxed)
}
