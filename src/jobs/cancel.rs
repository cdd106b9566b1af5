//! A token that says stop, and why.

use tokio::sync::watch;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// A person asked for it.
    Asked,
    /// The service is told to stop.
    Shutdown,
}

/// Shared by the one who may say stop and the work that must listen.
#[derive(Clone, Debug)]
pub struct CancelToken {
    state: watch::Sender<Option<CancelReason>>,
}

impl Default for CancelToken {
    fn default() -> Self {
        Self { state: watch::Sender::new(None) }
    }
}

impl CancelToken {
    /// Says stop; the first reason stays.
    pub fn cancel(&self, reason: CancelReason) {
        self.state.send_if_modified(|state| {
            let first = state.is_none();
            state.get_or_insert(reason);
            first
        });
    }

    pub fn reason(&self) -> Option<CancelReason> {
        *self.state.borrow()
    }

    pub fn is_cancelled(&self) -> bool {
        self.reason().is_some()
    }

    /// Waits until somebody says stop; never returns otherwise.
    pub async fn cancelled(&self) -> CancelReason {
        let mut receiver = self.state.subscribe();
        loop {
            if let Some(reason) = *receiver.borrow_and_update() {
                return reason;
            }
            if receiver.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn first_reason_stays_and_wakes() {
        let token = CancelToken::default();
        let other = token.clone();
        let wait = tokio::spawn(async move { other.cancelled().await });
        token.cancel(CancelReason::Shutdown);
        token.cancel(CancelReason::Asked);
        assert_eq!(wait.await.unwrap(), CancelReason::Shutdown);
        assert!(token.is_cancelled());
    }
}
