//! The service's side of the contract: one thin interface a file.

pub mod history;
pub mod job;
pub mod schedule;
pub mod system;

use crate::state::State;
use cairn_api::names;
use std::sync::Arc;

/// Puts the interfaces in place and keeps their properties told.
pub async fn serve(state: &Arc<State>) -> zbus::Result<()> {
    let server = state.connection.object_server();
    server.at(names::PATH, system::System(Arc::clone(state))).await?;
    server.at(names::PATH, schedule::Schedule(Arc::clone(state))).await?;
    server.at(names::PATH, history::History(Arc::clone(state))).await?;
    tokio::spawn(system::follow(Arc::clone(state)));
    tokio::spawn(schedule::follow(Arc::clone(state)));
    Ok(())
}
