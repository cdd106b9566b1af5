//! An update that is held and that nobody looks after: Steam left it so, or a service of Cairn was cut off. As long as it is
//! there nothing else can be prepared, so a new wish takes it over.

use super::answer::State;
use super::look::{self, Look};
use super::proxy::{Atomupd1Proxy, SERVICE};
use super::{Steamos, failure};
use crate::bus::{Refusal, within};
use cairn_model::Problem;

/// Lets it go on, if it is of that build; another one is given up. True if it goes on.
pub(super) async fn take_over(
    engine: &Steamos,
    proxy: &Atomupd1Proxy<'_>,
    build: &str,
) -> Result<bool, Refusal> {
    let now = look::service(engine).await?;
    if now.state != State::Paused {
        return Ok(false);
    }
    if now.update.is_some_and(|update| update.id == build) {
        within(SERVICE, engine.patience, proxy.resume_update()).await?;
        return Ok(true);
    }
    within(SERVICE, engine.patience, proxy.cancel_update()).await?;
    Ok(false)
}

/// Gives it up, where there is one.
pub(super) async fn end(engine: &Steamos, look: &Look) -> Result<(), Problem> {
    if !look.is_held() {
        return Ok(());
    }
    let connection = engine.bus.connect().await?;
    let cancel = async { Atomupd1Proxy::new(&connection).await?.cancel_update().await };
    within(SERVICE, engine.patience, cancel).await.map_err(failure::of)
}
