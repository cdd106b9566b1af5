//! `Job`: one change under way. Properties tell all, so that a late client misses nothing.

use crate::caller::Caller;
use crate::jobs::Handle;
use crate::state::State;
use cairn_api::names::{self, action};
use cairn_api::{Dict, Failure, to_dict};
use cairn_jobs::CancelReason;
use cairn_model::Problem;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use zbus::message::Header;

/// At most ten updates a second.
const PACE: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub struct Job {
    state: Arc<State>,
    handle: Arc<Handle>,
}

impl Job {
    /// Who started it may stop and hold it, also from another window of theirs.
    async fn allow(&self, header: &Header<'_>, caller: &Caller) -> Result<(), Problem> {
        if caller.uid == self.handle.caller.uid {
            return Ok(());
        }
        let details = HashMap::from([("cairn.wish", self.handle.about.kind.as_str())]);
        let authority = &self.state.authority;
        authority.check(&self.state.connection, header, caller, action::CANCEL, &details).await
    }

    async fn hold(&self, paused: bool, header: &Header<'_>) -> Result<(), Problem> {
        let caller = Caller::of(header, &self.state.connection).await?;
        if !self.handle.about.pausable {
            return Err(Problem::NotSupported { what: "pause".into() });
        }
        self.allow(header, &caller).await?;
        self.handle.pause(paused);
        Ok(())
    }
}

#[zbus::interface(name = "io.github.cairndesktop.Cairn1.Job")]
impl Job {
    async fn cancel(&self, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        let caller = Caller::of(&header, &self.state.connection).await?;
        if !self.handle.about.cancellable {
            return Err(Problem::NotSupported { what: "cancel".into() }.into());
        }
        self.allow(&header, &caller).await?;
        self.handle.cancel(CancelReason::Asked);
        Ok(())
    }

    async fn pause(&self, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        Ok(self.hold(true, &header).await?)
    }

    async fn resume(&self, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        Ok(self.hold(false, &header).await?)
    }

    #[zbus(property)]
    async fn info(&self) -> Dict {
        to_dict(&self.handle.info()).unwrap_or_default()
    }

    #[zbus(property)]
    async fn state(&self) -> &str {
        self.handle.state.borrow().0.as_str()
    }
}

/// Puts a job on the bus and tells its progress until it is over.
pub async fn publish(state: &Arc<State>, handle: &Arc<Handle>) {
    let server = state.connection.object_server();
    let job = Job { state: Arc::clone(state), handle: Arc::clone(handle) };
    if let Err(error) = server.at(names::job_path(handle.id), job).await {
        tracing::error!("job cannot be shown: {error}");
        return;
    }
    state.jobs.show();
    forget_old(state).await;
    tokio::spawn(follow(Arc::clone(state), Arc::clone(handle)));
}

/// Takes away the objects of jobs that are no longer listed.
async fn forget_old(state: &State) {
    let first = state.jobs.ids().borrow().first().copied().unwrap_or_default();
    if let Some(old) = first.checked_sub(1).filter(|id| *id > 0) {
        let _ = state.connection.object_server().remove::<Job, _>(names::job_path(old)).await;
    }
}

async fn follow(state: Arc<State>, handle: Arc<Handle>) {
    let server = state.connection.object_server();
    let Ok(job) = server.interface::<_, Job>(names::job_path(handle.id)).await else { return };
    let (mut progress, mut stage) = (handle.ctx.progress.subscribe(), handle.state.subscribe());
    let mut pause = handle.ctx.pause.subscribe();
    loop {
        let over = stage.borrow_and_update().0.is_final();
        let _ = job.get().await.info_changed(job.signal_emitter()).await;
        let _ = job.get().await.state_changed(job.signal_emitter()).await;
        if over {
            return;
        }
        tokio::select! {
            _ = progress.changed() => {}
            _ = stage.changed() => continue,
            _ = pause.changed() => {
                handle.hear_pause();
                continue;
            }
        }
        tokio::time::sleep(PACE).await;
    }
}
