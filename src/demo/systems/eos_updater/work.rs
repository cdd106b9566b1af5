//! What the updater does after a call has returned.

use super::SERVICE;
use super::disk::STATE;
use super::service::{PATH, Updater};
use super::state::{self, State};
use crate::systems::{Mood, Stage};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use zbus::Connection;
use zbus::object_server::SignalEmitter;

const CANCELLED: &str = "com.endlessm.Updater.Error.Cancelled";
/// Parts of one work.
const PARTS: i64 = 10;
/// How long a part takes where nobody asked for more.
const PART: Duration = Duration::from_millis(10);

/// Goes through the parts of the work that the state says, and then to the next state.
pub async fn work(stage: Stage, bus: Connection, cancelled: Arc<AtomicBool>) {
    let mut stopped = None;
    for part in 1..=PARTS {
        let time = match stage.mood(SERVICE) {
            Mood::Slow { millis } => Duration::from_millis(millis).max(PART),
            _ => PART,
        };
        tokio::time::sleep(time).await;
        if cancelled.load(Ordering::Relaxed) {
            stopped = Some(CANCELLED.to_owned());
            break;
        }
        let _ = stage.change(STATE, |state: &mut State| {
            if state.state == state::FETCHING && state.download_size > 0 {
                state.downloaded = state.download_size / PARTS * part;
            }
        });
    }
    let changed = stage.change(STATE, |state: &mut State| {
        let fails = std::mem::take(&mut state.fails);
        match stopped.or((!fails.is_empty()).then_some(fails)) {
            Some(error) => state.stop(&error),
            None => ended(state),
        }
        state.state
    });
    if let Ok(number) = changed {
        tell(&bus, number).await;
    }
}

fn ended(state: &mut State) {
    match state.state {
        state::POLLING if state.offered.is_empty() || state.offered == state.current => state.go(state::READY),
        state::POLLING => {
            state.update.clone_from(&state.offered);
            state.version.clone_from(&state.offered_version);
            state.downloaded = 0;
            state.go(state::UPDATE_AVAILABLE);
        }
        state::FETCHING => state.go(state::UPDATE_READY),
        state::APPLYING => state.go(state::UPDATE_APPLIED),
        _ => {}
    }
}

/// Tells everybody of a new state.
pub async fn tell(bus: &Connection, number: u32) {
    if let Ok(emitter) = SignalEmitter::new(bus, PATH) {
        let _ = Updater::changed(&emitter, number).await;
    }
}
