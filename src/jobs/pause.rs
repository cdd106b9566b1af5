//! Holding a job for a while: asked for from outside, carried out by whoever runs it.
//!
//! Whoever runs the job takes the asking back where it could not be held, or goes on all the same: then the token says so,
//! and whoever asked hears it as a change.

use tokio::sync::watch;

/// Cloned freely; all clones speak of the same job.
#[derive(Clone, Debug, Default)]
pub struct PauseToken(watch::Sender<bool>);

impl PauseToken {
    /// Asks to hold (`true`) or to go on; from the one who runs the job, tells which of them it is.
    pub fn set(&self, paused: bool) {
        self.0.send_if_modified(|now| std::mem::replace(now, paused) != paused);
    }

    pub fn is_paused(&self) -> bool {
        *self.0.borrow()
    }

    /// Tells each change from now on.
    pub fn subscribe(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_clones_hear_it() {
        let token = PauseToken::default();
        let mut hears = token.clone().subscribe();
        token.set(true);
        hears.changed().await.unwrap();
        assert!(token.is_paused() && *hears.borrow_and_update());
        token.set(true);
        assert!(!hears.has_changed().unwrap(), "nothing changed");
    }
}
