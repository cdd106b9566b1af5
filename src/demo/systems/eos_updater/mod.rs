//! Endless OS, whose updater goes from state to state on the bus.

mod disk;
mod refusal;
mod service;
mod state;
mod work;

pub use state::State;

use super::{Stage, System};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use zbus::Connection;

/// The service's name on the bus, which is also what its moods go by.
pub const SERVICE: &str = "com.endlessm.Updater";

pub const SYSTEMS: [System; 1] = [System {
    name: "endless",
    title: "Endless OS",
    engine: "eos-updater",
    btrfs: false,
    lay_out: disk::lay_out,
    restart: disk::restart,
    programs: &[],
    services: &[serve],
}];

fn serve(stage: Stage, connection: Connection) -> BoxFuture<'static, zbus::Result<()>> {
    async move {
        connection.object_server().at(service::PATH, service::Updater::new(stage)).await?;
        connection.request_name(SERVICE).await
    }
    .boxed()
}
