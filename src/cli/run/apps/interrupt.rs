//! Ctrl+C. It is listened for from the beginning to the end: a listener that came and went with each wait would miss
//! what is pressed in between.

use cairn_model::Problem;
use std::future::{Future, pending};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How often it was pressed.
#[derive(Clone, Debug)]
pub struct Interrupt(watch::Receiver<u32>);

impl Interrupt {
    pub fn listen() -> Self {
        let (count, pressed) = watch::channel(0);
        if let Ok(mut presses) = signal(SignalKind::interrupt()) {
            tokio::spawn(async move {
                while presses.recv().await.is_some() {
                    count.send_modify(|n| *n += 1);
                }
            });
        }
        Self(pressed)
    }

    /// Waits until it is pressed once more than this value has seen.
    pub async fn pressed(&mut self) {
        if self.0.changed().await.is_err() {
            pending::<()>().await;
        }
    }

    /// Waits for what changes nothing; ctrl+C ends it at once, also one that was pressed before.
    pub async fn stops<T>(&self, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
        let mut unseen = self.clone();
        tokio::select! {
            biased;
            () = unseen.pressed() => Err(Problem::Cancelled),
            ended = work => ended,
        }
    }
}
