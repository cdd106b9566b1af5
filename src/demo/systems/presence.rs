//! A played service on the bus: there until it is dropped, and there again after its mood had it killed, as the bus starts
//! a service anew that somebody asks.

use super::front::Front;
use super::{Service, Stage};
use crate::{Error, Result};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use zbus::Connection;

const MOMENT: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub struct Presence {
    /// Whoever stands there now.
    front: Arc<Mutex<Front>>,
    again: JoinHandle<()>,
}

impl Presence {
    /// Starts it on the bus at that socket; it has claimed its names afterwards.
    ///
    /// # Errors
    /// What the bus says.
    pub async fn start(service: Service, stage: Stage, socket: PathBuf) -> Result<Self> {
        let (front, connection) = appear(service, &stage, &socket).await?;
        let kept = Arc::new(Mutex::new(front.clone()));
        let now = kept.clone();
        let again = tokio::spawn(async move {
            let (mut front, mut connection) = (front, connection);
            loop {
                front.killed().await;
                drop(connection);
                (front, connection) = loop {
                    match appear(service, &stage, &socket).await {
                        Ok(next) => break next,
                        // The bus has not noticed yet that the one before is gone.
                        Err(Error::Bus(zbus::Error::NameTaken)) => tokio::time::sleep(MOMENT).await,
                        // The bus itself is gone.
                        Err(_) => return,
                    }
                };
                *now.lock().unwrap_or_else(PoisonError::into_inner) = front.clone();
            }
        });
        Ok(Self { front: kept, again })
    }

    /// What it is called on the bus.
    pub fn name(&self) -> String {
        self.front.lock().unwrap_or_else(PoisonError::into_inner).name()
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.again.abort();
        // Its objects may keep the connection among themselves.
        self.front.lock().unwrap_or_else(PoisonError::into_inner).cut();
    }
}

async fn appear(service: Service, stage: &Stage, socket: &Path) -> Result<(Front, Connection)> {
    let stream = UnixStream::connect(socket).map_err(zbus::Error::from)?;
    let (front, split) = Front::before(stream, stage, "").map_err(zbus::Error::from)?;
    let connection = zbus::connection::Builder::socket(split).build().await?;
    service(stage.clone(), connection.clone()).await?;
    Ok((front, connection))
}
