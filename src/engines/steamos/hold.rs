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

    /// Tells the service what is asked for and not told yet. What it refuses, and what Steam took back since, is taken
    /// back from the token as well.
    pub(super) async fn carry_out(&mut self, engine: &Steamos, proxy: &Atomupd1Proxy<'_>, now: State) {
        let wanted = self.token.is_paused();
        match (wanted, now) {
            // It was held at the last word, and somebody else let it go on.
            (true, State::InProgress) if self.told => self.turn(wanted, false),
            (true, State::InProgress) => {
                let held = within(SERVICE, engine.patience, proxy.pause_update()).await.is_ok();
                self.turn(wanted, held);
            }
            (false, State::Paused) if self.told => {
                let held = within(SERVICE, engine.patience, proxy.resume_update()).await.is_err();
                self.turn(wanted, held);
            }
            // It is so already.
            _ => self.told = wanted,
        }
    }

    fn turn(&mut self, wanted: bool, held: bool) {
        self.told = held;
        // Where it was done, the person may have asked for something else since.
        if held != wanted {
            self.token.set(held);
        }
    }

    /// Wakes when the person asks for something else.
    pub(super) async fn asked(&mut self) {
        if self.wishes.changed().await.is_err() {
            future::pending::<()>().await;
        }
    }
}
