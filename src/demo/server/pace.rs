//! One rate for all connections, adjustable while they send.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Each piece books its time on one shared time line and waits for it.
#[derive(Debug)]
pub(super) struct Pace {
    /// Bytes a second; 0 is unlimited.
    rate: AtomicU64,
    free_at: Mutex<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { rate: AtomicU64::new(0), free_at: Mutex::new(Instant::now()) }
    }
}

impl Pace {
    pub(super) fn set(&self, rate: Option<u64>) {
        self.rate.store(rate.unwrap_or(0), Ordering::Relaxed);
        *self.free_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits until so many bytes may be sent.
    pub(super) async fn wait(&self, bytes: usize) {
        let rate = self.rate.load(Ordering::Relaxed);
        if rate == 0 {
            return;
        }
        let until = {
            let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let start = (*free_at).max(Instant::now());
            *free_at = start + Duration::from_secs_f64(bytes as f64 / rate as f64);
            *free_at
        };
        tokio::time::sleep_until(until.into()).await;
    }
}
