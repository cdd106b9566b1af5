//! `com.endlessm.Updater`.

use super::SERVICE;
use super::disk::STATE;
use super::refusal::Refusal;
use super::state::{self, State};
use super::work;
use crate::systems::Stage;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, fdo};

pub const PATH: &str = "/com/endlessm/Updater";

#[derive(Debug)]
pub struct Updater {
    stage: Stage,
    cancelled: Arc<AtomicBool>,
}

impl Updater {
    pub fn new(stage: Stage) -> Self {
        Self { stage, cancelled: Arc::default() }
    }

    fn read<T>(&self, of: impl FnOnce(State) -> T) -> fdo::Result<T> {
        self.stage.state(STATE).map(of).map_err(|e| fdo::Error::Failed(e.to_string()))
    }

    /// Begins work that is possible in these states only.
    async fn begin(&self, from: &[u32], to: u32, bus: &Connection) -> Result<(), Refusal> {
        self.stage.enter(SERVICE).await?;
        let begun = self.stage.change(STATE, |state: &mut State| {
            let legal = from.contains(&state.state);
            if legal {
                state.go(to);
            }
            if legal { Ok(()) } else { Err(state.state) }
        })?;
        begun.map_err(|now| Refusal::WrongState(format!("Can't do that while in state {now}")))?;
        self.cancelled.store(false, Ordering::Relaxed);
        work::tell(bus, to).await;
        tokio::spawn(work::work(self.stage.clone(), bus.clone(), Arc::clone(&self.cancelled)));
        Ok(())
    }
}

#[zbus::interface(name = "com.endlessm.Updater")]
impl Updater {
    async fn poll(&self, #[zbus(connection)] bus: &Connection) -> Result<(), Refusal> {
        let from = [state::READY, state::ERROR, state::UPDATE_AVAILABLE, state::UPDATE_READY];
        self.begin(&from, state::POLLING, bus).await
    }

    async fn fetch_full(
        &self,
        options: HashMap<String, OwnedValue>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Refusal> {
        let known = ["force", "scheduling-timeout-seconds"];
        for option in options.keys().filter(|option| !known.contains(&option.as_str())) {
            self.stage.unknown(&format!("FetchFull {option}"));
        }
        self.begin(&[state::UPDATE_AVAILABLE], state::FETCHING, bus).await
    }

    async fn apply(&self, #[zbus(connection)] bus: &Connection) -> Result<(), Refusal> {
        self.begin(&[state::UPDATE_READY], state::APPLYING, bus).await
    }

    async fn cancel(&self) -> Result<(), Refusal> {
        self.stage.enter(SERVICE).await?;
        let now = self.read(|state| state.state)?;
        if ![state::POLLING, state::FETCHING, state::APPLYING].contains(&now) {
            return Err(Refusal::WrongState(format!("Can't cancel while in state {now}")));
        }
        self.cancelled.store(true, Ordering::Relaxed);
        Ok(())
    }

    #[zbus(signal, name = "StateChanged")]
    pub async fn changed(emitter: &SignalEmitter<'_>, state: u32) -> zbus::Result<()>;

    /// What a mood does to reading, it does here: all properties are read at once.
    #[zbus(property)]
    async fn state(&self) -> fdo::Result<u32> {
        self.stage.enter(SERVICE).await?;
        self.read(|state| state.state)
    }

    #[zbus(property, name = "CurrentID")]
    async fn current_id(&self) -> fdo::Result<String> {
        self.read(|state| state.current)
    }

    #[zbus(property, name = "UpdateID")]
    async fn update_id(&self) -> fdo::Result<String> {
        self.read(|state| state.update)
    }

    #[zbus(property)]
    async fn version(&self) -> fdo::Result<String> {
        self.read(|state| state.version)
    }

    #[zbus(property)]
    async fn download_size(&self) -> fdo::Result<i64> {
        self.read(|state| if state.update.is_empty() { 0 } else { state.download_size })
    }

    #[zbus(property)]
    async fn unpacked_size(&self) -> fdo::Result<i64> {
        self.read(|state| if state.update.is_empty() { 0 } else { state.unpacked_size })
    }

    #[zbus(property)]
    async fn downloaded_bytes(&self) -> fdo::Result<i64> {
        self.read(|state| state.downloaded)
    }

    #[zbus(property)]
    async fn error_name(&self) -> fdo::Result<String> {
        self.read(|state| state.error)
    }

    #[zbus(property)]
    async fn error_message(&self) -> fdo::Result<String> {
        self.read(|state| state.words)
    }
}
