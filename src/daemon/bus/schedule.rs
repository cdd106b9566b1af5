//! `Schedule`: when the machine restarts.

use crate::caller::Caller;
use crate::restart::{self, login};
use crate::state::State;
use cairn_api::names::{self, action};
use cairn_api::{Dict, Failure, from_dict, to_dict, to_dicts};
use cairn_model::Problem;
use cairn_model::restart::RestartWhen;
use std::collections::HashMap;
use std::sync::Arc;
use zbus::message::Header;

#[derive(Debug)]
pub struct Schedule(pub Arc<State>);

impl Schedule {
    async fn allow(&self, header: &Header<'_>, action: &str) -> Result<Caller, Problem> {
        let caller = Caller::of(header, &self.0.connection).await?;
        self.0.clients.called(caller.name.as_str());
        let none = HashMap::new();
        self.0.authority.check(&self.0.connection, header, &caller, action, &none).await?;
        Ok(caller)
    }
}

#[zbus::interface(name = "io.github.cairndesktop.Cairn1.Schedule")]
impl Schedule {
    async fn restart(&self, when: Dict, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        let when: RestartWhen = from_dict(&when)?;
        let anyway = matches!(when, RestartWhen::Now { ignore_inhibitors: true, .. });
        let caller =
            self.allow(&header, if anyway { action::RESTART_ANYWAY } else { action::RESTART }).await?;
        // A change of our own is waited for; whether another program's is worth it is the person's to say.
        let running = self.0.jobs.running().filter(|job| !(anyway && job.is_elsewhere()));
        if let Some(running) = running {
            return Err(running.in_the_way().into());
        }
        Ok(restart::set(&self.0, when, caller).await?)
    }

    async fn cancel_restart(&self, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        // Who set it may take it back; whoever takes back another's must be allowed to stop what others do.
        let caller = Caller::of(&header, &self.0.connection).await?;
        let others = self.0.restart.borrow().as_ref().is_some_and(|s| s.uid != caller.uid);
        self.allow(&header, if others { action::CANCEL } else { action::RESTART }).await?;
        Ok(restart::cancel(&self.0)?)
    }

    async fn inhibitors(&self) -> Result<Vec<Dict>, Failure> {
        Ok(to_dicts(&login::inhibitors(&self.0.connection).await?)?)
    }

    #[zbus(property)]
    async fn scheduled(&self) -> Dict {
        self.0.restart.borrow().as_ref().and_then(|s| to_dict(s).ok()).unwrap_or_default()
    }
}

/// Tells each change of the schedule.
pub async fn follow(state: Arc<State>) {
    let mut schedule = state.restart.subscribe();
    let server = state.connection.object_server();
    let Ok(interface) = server.interface::<_, Schedule>(names::PATH).await else { return };
    while schedule.changed().await.is_ok() {
        let _ = interface.get().await.scheduled_changed(interface.signal_emitter()).await;
    }
}
