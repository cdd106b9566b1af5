//! A static file server over HTTP/1.1 that can be slowed down and made to fail.
//!
//! It serves files from layered folders: the first that has the path answers. Only GET and HEAD are known.

mod answer;
mod pace;

use crate::Result;
use crate::error::At;
use pace::Pace;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How the server misbehaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    #[default]
    None,
    /// Connections are refused, and open ones cut.
    Gone,
    /// Refs and summary are there, every object answers 404.
    Missing,
    /// The first file object asked for has wrong bytes from then on.
    Corrupt,
    /// Signatures answer 404.
    Unsigned,
}

/// The server. It ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    port: u16,
    shared: Arc<Shared>,
    failure: watch::Sender<Failure>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    layers: Mutex<Vec<PathBuf>>,
    pace: Pace,
    bytes: AtomicU64,
    requests: AtomicU64,
    victim: Mutex<Option<String>>,
    failure: watch::Receiver<Failure>,
}

impl Shared {
    fn layers(&self) -> Vec<PathBuf> {
        self.layers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Server {
    /// Starts on a free port of the loopback address.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(layers: Vec<PathBuf>) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.at("127.0.0.1")?;
        let port = listener.local_addr().at("127.0.0.1")?.port();
        let (failure, state) = watch::channel(Failure::None);
        let shared = Arc::new(Shared {
            layers: Mutex::new(layers),
            pace: Pace::default(),
            bytes: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            victim: Mutex::new(None),
            failure: state,
        });
        let task = tokio::spawn(accept(listener, port, shared.clone()));
        Ok(Self { port, shared, failure, task })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Replaces the folders that are served.
    pub fn serve(&self, layers: Vec<PathBuf>) {
        *self.shared.layers.lock().unwrap_or_else(PoisonError::into_inner) = layers;
    }

    /// At most so many bytes a second, over all connections, from the next few kilobytes on.
    pub fn limit(&self, rate: Option<u64>) {
        self.shared.pace.set(rate);
    }

    pub fn fail(&self, failure: Failure) {
        *self.shared.victim.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.failure.send_replace(failure);
    }

    pub fn failure(&self) -> Failure {
        *self.failure.borrow()
    }

    /// Bytes of bodies sent so far.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Requests answered so far.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, port: u16, shared: Arc<Shared>) {
    let mut failure = shared.failure.clone();
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        let gone = *failure.borrow_and_update() == Failure::Gone;
        if gone {
            listener = None;
            connections.abort_all();
        } else if listener.is_none() {
            listener = TcpListener::bind(("127.0.0.1", port)).await.ok();
        }
        let next = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = next => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(answer::connection(stream, shared.clone()));
                }
            }
            changed = failure.changed() => if changed.is_err() { return },
            Some(_) = connections.join_next() => {}
        }
    }
}
