//! Questions, each on a thread of its own: one remote that does not answer must not keep another answer back.

use cairn_model::Problem;
use libflatpak::gio::Cancellable;
use libflatpak::gio::prelude::*;
use tokio::sync::oneshot;

/// Runs blocking work; dropping the future cancels it.
pub(crate) async fn ask<T: Send + 'static>(
    work: impl FnOnce(&Cancellable) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let cancellable = Cancellable::new();
    let inside = cancellable.clone();
    let (answer, answered) = oneshot::channel();
    let thread = std::thread::Builder::new().name("cairn-apps-query".into());
    thread
        .spawn(move || {
            // Nobody waits any more if this cannot be sent.
            let _ = answer.send(work(&inside));
        })
        .map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    let guard = CancelOnDrop(cancellable);
    let result =
        answered.await.unwrap_or_else(|_| Err(Problem::EngineFailed { detail: "a query failed".into() }));
    drop(guard);
    result
}

struct CancelOnDrop(Cancellable);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[tokio::test]
    async fn dropping_the_question_cancels_it() {
        let (send, receive) = std::sync::mpsc::channel();
        let question = ask(move |cancellable| {
            while !cancellable.is_cancelled() {
                std::thread::yield_now();
            }
            send.send(()).unwrap();
            Ok(())
        });
        tokio::select! {
            biased;
            _ = question => panic!("it waits"),
            () = tokio::task::yield_now() => {}
        }
        receive.recv().unwrap();
        let broken: Result<(), Problem> = ask(|_| panic!("on purpose")).await;
        assert!(matches!(broken, Err(Problem::EngineFailed { .. })));
    }
}
