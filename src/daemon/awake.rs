//! Keeping the machine from sleeping and going down while a version is written, and no longer: neither through a long
//! download nor while the person holds the change.

use crate::jobs::Handle;
use crate::restart::login;
use cairn_model::Problem;
use cairn_model::job::{JobState, Stage};
use std::convert::Infallible;
use std::future::pending;
use zbus::zvariant::OwnedFd;

/// Does the work of a step that writes.
pub async fn during(
    connection: &zbus::Connection,
    job: &Handle,
    work: impl Future<Output = Result<(), Problem>>,
) -> Result<(), Problem> {
    let mut awake = Awake::default();
    awake.fit(connection, job).await;
    tokio::select! {
        result = work => result,
        never = awake.keep(connection, job) => match never {},
    }
}

#[derive(Default)]
struct Awake {
    hold: Option<OwnedFd>,
}

impl Awake {
    /// Holds or lets go as the job is now.
    async fn fit(&mut self, connection: &zbus::Connection, job: &Handle) {
        let wanted = is_wanted(job.ctx.progress.now().stage, job.state.borrow().0);
        match (wanted, self.hold.is_some()) {
            (true, false) => self.hold = login::hold(connection).await,
            (false, true) => self.hold = None,
            _ => {}
        }
    }

    async fn keep(&mut self, connection: &zbus::Connection, job: &Handle) -> Infallible {
        let (mut progress, mut state) = (job.ctx.progress.subscribe(), job.state.subscribe());
        loop {
            let changed = tokio::select! {
                changed = progress.changed() => changed,
                changed = state.changed() => changed,
            };
            if changed.is_err() {
                return pending().await;
            }
            self.fit(connection, job).await;
        }
    }
}

/// An engine that says nothing of how far it is may be writing.
fn is_wanted(stage: Stage, state: JobState) -> bool {
    state != JobState::Paused && !matches!(stage, Stage::Checking | Stage::Downloading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_download_nor_a_held_change_keeps_the_machine_awake() {
        assert!(!is_wanted(Stage::Downloading, JobState::Running));
        assert!(!is_wanted(Stage::Writing, JobState::Paused));
        assert!(is_wanted(Stage::Writing, JobState::Running));
        assert!(is_wanted(Stage::Waiting, JobState::Running));
        assert!(is_wanted(Stage::Deploying, JobState::Cancelling));
    }
}
