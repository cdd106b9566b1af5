//! `History`: what was done.

use crate::state::State;
use cairn_api::names;
use cairn_api::{Dict, Failure, to_dicts};
use std::sync::Arc;
use zbus::object_server::SignalEmitter;

/// Entries in one answer.
const MAX: u32 = 200;

#[derive(Debug)]
pub struct History(pub Arc<State>);

#[zbus::interface(name = "io.github.cairndesktop.Cairn1.History")]
impl History {
    async fn list(&self, limit: u32, offset: u32) -> Result<Vec<Dict>, Failure> {
        Ok(to_dicts(&self.0.store.history(limit.min(MAX), offset)?)?)
    }

    #[zbus(signal)]
    async fn changed(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// Tells that there is a new entry.
pub async fn changed(state: &State) {
    if let Ok(history) = state.connection.object_server().interface::<_, History>(names::PATH).await {
        let _ = History::changed(history.signal_emitter()).await;
    }
}
