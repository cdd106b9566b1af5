//! A stand-in for logind: says yes to a restart, keeps inhibitors, tells of shutdown and sleep.
//!
//! Block inhibitors stop a restart as systemd 257 does it: for root only when the caller asks for the check.

mod inhibitors;
mod manager;

use crate::Result;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;
use zbus::Connection;

use inhibitors::Held;
pub use inhibitors::{Inhibitor, read, write};
use manager::{Demo, Manager, ManagerSignals};

pub const PATH: &str = "/org/freedesktop/login1";
pub const NAME: &str = "org.freedesktop.login1";

/// What somebody asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Restart now, with these flags.
    Reboot { flags: u64 },
    /// Switch off now.
    PowerOff { flags: u64 },
}

/// The running stand-in. It leaves the bus when this is dropped.
#[derive(Debug)]
pub struct Logind {
    connection: Connection,
}

impl Logind {
    /// Takes logind's name on the bus at `address`. `file` has inhibitors that are there without a holder.
    ///
    /// # Errors
    /// When the bus cannot be reached or the name is taken.
    pub async fn start(address: &str, file: PathBuf, events: mpsc::UnboundedSender<Event>) -> Result<Self> {
        let held = Arc::new(Held::new(file));
        let connection = zbus::connection::Builder::address(address)?
            .serve_at(PATH, Manager::new(held, events))?
            .serve_at(PATH, Demo)?
            .name(NAME)?
            .build()
            .await?;
        Ok(Self { connection })
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Tells everybody that the machine is about to go down.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn prepare_for_shutdown(&self) -> Result<()> {
        let manager = self.connection.object_server().interface::<_, Manager>(PATH).await?;
        Ok(manager.prepare_for_shutdown(true).await?)
    }

    /// Tells everybody that the machine is about to sleep, or woke up.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn prepare_for_sleep(&self, start: bool) -> Result<()> {
        let manager = self.connection.object_server().interface::<_, Manager>(PATH).await?;
        Ok(manager.prepare_for_sleep(start).await?)
    }
}
