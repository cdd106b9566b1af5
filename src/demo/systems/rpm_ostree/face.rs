//! What is spoken on the socket of a transaction.

// One of its signals has that many.
#![allow(clippy::too_many_arguments)]

use super::transaction::{Phase, Transaction};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use zbus::object_server::SignalEmitter;

/// In how many parts it fetches.
pub const PARTS: u32 = 10;
const BYTES: u64 = 412_000_000;

/// Bytes and files while it fetches, percents when it writes.
pub async fn tell(emitter: &SignalEmitter<'_>, part: u32, fetches: bool) -> zbus::Result<()> {
    const FILES: u32 = 3_820;
    if part == 0 {
        return Face::message(emitter, "Resolving").await;
    }
    if fetches && part < PARTS {
        let (files, bytes) = (FILES * part / (PARTS - 1), BYTES * u64::from(part) / u64::from(PARTS - 1));
        let (left, second) = (FILES - files, u64::from(part));
        let rate = bytes / second;
        return Face::download_progress(
            emitter,
            (1_795_000_000, second),
            (left, 0),
            (1_204, 1_204, 0),
            (0, 0, 0, 0),
            (files, FILES),
            (bytes, rate),
        )
        .await;
    }
    if part < PARTS {
        return Ok(());
    }
    Face::progress_end(emitter).await?;
    Face::task_begin(emitter, "Staging deployment").await?;
    for percent in [0, 50, 100] {
        Face::percent_progress(emitter, "Writing OSTree commit", percent).await?;
    }
    Face::progress_end(emitter).await?;
    Face::task_end(emitter, "done").await
}

/// What is spoken on the socket.
pub struct Face(pub Arc<Transaction>);

#[zbus::interface(name = "org.projectatomic.rpmostree1.Transaction")]
impl Face {
    async fn start(&self, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) -> bool {
        if let Phase::Done(success, words) = self.0.phase.borrow().clone() {
            // Whoever comes late is still told how it ended.
            let emitter = emitter.to_owned();
            tokio::spawn(async move { Self::finished(&emitter, success, &words).await });
            return false;
        }
        let first = self.0.phase.send_if_modified(|phase| {
            let waiting = *phase == Phase::Waiting;
            if waiting {
                *phase = Phase::Running;
            }
            waiting
        });
        if first {
            tokio::spawn(self.0.clone().work());
        }
        first
    }

    async fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
    }

    #[zbus(property)]
    fn title(&self) -> String {
        self.0.method.clone()
    }

    #[zbus(property)]
    fn initiating_client_description(&self) -> String {
        self.0.sender.clone()
    }

    #[zbus(signal)]
    async fn message(emitter: &SignalEmitter<'_>, text: &str) -> zbus::Result<()>;
    #[zbus(signal)]
    async fn task_begin(emitter: &SignalEmitter<'_>, text: &str) -> zbus::Result<()>;
    #[zbus(signal)]
    async fn task_end(emitter: &SignalEmitter<'_>, text: &str) -> zbus::Result<()>;
    #[zbus(signal)]
    async fn percent_progress(emitter: &SignalEmitter<'_>, text: &str, percentage: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    async fn progress_end(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
    #[zbus(signal)]
    async fn download_progress(
        emitter: &SignalEmitter<'_>,
        time: (u64, u64),
        outstanding: (u32, u32),
        metadata: (u32, u32, u32),
        delta: (u32, u32, u32, u64),
        content: (u32, u32),
        transfer: (u64, u64),
    ) -> zbus::Result<()>;
    #[zbus(signal)]
    pub async fn finished(emitter: &SignalEmitter<'_>, success: bool, error_message: &str) -> zbus::Result<()>;
}
