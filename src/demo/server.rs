//! A static file server over HTTP/1.1 that can be slowed down and made to fail.
//!
//! It serves files from layered folders: the first that has the path answers. Only GET and HEAD are known. Each server
//! fails and is slow by itself.

mod answer;
mod pace;

use crate::Result;
use crate::error::At;
use pace::Pace;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpSocket};
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

/// How long a server that leaves waits for clients that keep their connection without a question.
const LEAVE: std::time::Duration = std::time::Duration::from_secs(2);

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
    /// Paths that answer 404.
    lacking: Mutex<BTreeSet<String>>,
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
        Self::start_at(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), layers)
    }

    /// Starts at an address that several servers may share; each connection goes to one of them.
    ///
    /// # Errors
    /// When somebody has it who does not share.
    pub fn start_at(address: SocketAddrV4, layers: Vec<PathBuf>) -> Result<Self> {
        let listener = listen(address).at(address.to_string())?;
        let port = listener.local_addr().at("127.0.0.1")?.port();
        let (failure, state) = watch::channel(Failure::None);
        let shared = Arc::new(Shared {
            layers: Mutex::new(layers),
            pace: Pace::default(),
            bytes: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            victim: Mutex::new(None),
            lacking: Mutex::default(),
            failure: state,
        });
        let task = tokio::spawn(accept(listener, SocketAddrV4::new(*address.ip(), port), shared.clone()));
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

    /// Lacks exactly these paths, whatever else it does.
    pub fn lack(&self, paths: impl IntoIterator<Item = String>) {
        *self.shared.lacking.lock().unwrap_or_else(PoisonError::into_inner) = paths.into_iter().collect();
    }

    pub fn failure(&self) -> Failure {
        *self.failure.borrow()
    }

    /// Accepts nobody any more, lets those who are there have what they asked for, and ends.
    pub(crate) async fn retire(mut self) {
        self.failure = watch::channel(Failure::None).0;
        let _ = tokio::time::timeout(LEAVE, &mut self.task).await;
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

/// A port of one's own (0) is nobody else's; a named one may be shared.
fn listen(address: SocketAddrV4) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(address.port() != 0)?;
    socket.bind(address.into())?;
    socket.listen(1024)
}

async fn accept(listener: TcpListener, address: SocketAddrV4, shared: Arc<Shared>) {
    let mut failure = shared.failure.clone();
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        let gone = *failure.borrow_and_update() == Failure::Gone;
        if gone {
            listener = None;
            connections.abort_all();
        } else if listener.is_none() {
            listener = listen(address).ok();
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
            changed = failure.changed() => if changed.is_err() {
                drop(listener);
                while connections.join_next().await.is_some() {}
                return;
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
