//! Holding an update for a while: what the person asks for is passed on to the service, and its answer is the next look.
//!
//! A hold that Steam made stays until Steam or the person ends it.

use super::Steamos;
use super::answer::State;
use super::proxy::{Atomupd1Proxy, SERVICE};
use crate::bus::within;
use cairn_jobs::{Context, PauseToken};
use std::future;
use tokio::sync::watch;

pub(super) struct Hold {
    token: PauseToken,
    wishes: watch::Receiver<bool>,
    /// What the service was told last, so that it is told once and never argues with Steam.
    told: bool,
}

impl Hold {
    pub(super) fn of(ctx: &Context) -> Self {
        Self { token: ctx.pause.clone(), wishes: ctx.pause.subscribe(), told: false }
    }

    /// Tells the service what is asked for and not told yet. What it refuses is tried again at the next look.
    pub(super) async fn carry_out(&mut self, engine: &Steamos, proxy: &Atomupd1Proxy<'_>, now: State) {
        let wanted = self.token.is_paused();
        if wanted == self.told {
            return;
        }
        let done = match (wanted, now) {
            (true, State::InProgress) => within(SERVICE, engine.patience, proxy.pause_update()).await.is_ok(),
            (false, State::Paused) => within(SERVICE, engine.patience, proxy.resume_update()).await.is_ok(),
            // It is so already.
            _ => true,
        };
        if done {
            self.told = wanted;
        }
    }

    /// Wakes when the person asks for something else.
    pub(super) async fn asked(&mut self) {
        if self.wishes.changed().await.is_err() {
            future::pending::<()>().await;
        }
    }
}
