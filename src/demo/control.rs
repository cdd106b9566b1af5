//! How a command steers the supervisor beside which it runs: one line of JSON each way over a socket in the work
//! folder.

mod apps;

use crate::error::At;
use crate::logind::Inhibitor;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::sync::{mpsc, oneshot};

pub use apps::AppsRequest;

/// Names the work folder in the environment of commands.
pub const WORK: &str = "CAIRN_DEMO_WORK";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Request {
    Status,
    Restart,
    /// The power goes away and comes back.
    PowerCut,
    Publish {
        version: String,
    },
    Rate {
        bytes: Option<u64>,
    },
    Network {
        up: bool,
    },
    /// Takes the signatures away, or brings them back.
    Unsign {
        on: bool,
    },
    /// Kills the service, as a crash would.
    KillService,
    /// Leaves so many bytes on the disk of the world; `None` frees them again.
    Fill {
        leave: Option<u64>,
    },
    Corrupt {
        on: bool,
    },
    /// Something about flatpak's remote.
    Apps {
        ask: AppsRequest,
    },
    Inhibit {
        list: Vec<Inhibitor>,
    },
    Sleep,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    Done(Status),
    Failed { why: String },
}

/// The state of the world after a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// Title of the boot entry that runs.
    pub title: String,
    /// The process that holds the namespace; 0 when nothing runs.
    pub pid: i32,
    pub url: String,
    pub bytes: u64,
    pub requests: u64,
    pub bus: String,
    /// The server of flatpak's remotes, and the bytes that it has sent.
    pub apps_url: String,
    pub apps_bytes: u64,
}

/// A request and where its answer goes.
pub(crate) type Asked = (Request, oneshot::Sender<Answer>);

fn socket(work: &Path) -> PathBuf {
    work.join("control")
}

/// Asks the supervisor whose work folder the environment names, and waits for the answer.
///
/// # Errors
/// When there is no supervisor, or it refuses.
pub fn ask(request: &Request) -> Result<Status> {
    let work = std::env::var_os(WORK).ok_or(Error::NoSupervisor)?;
    ask_at(Path::new(&work), request)
}

/// Asks the supervisor of that work folder.
///
/// # Errors
/// As [`ask`].
pub fn ask_at(work: &Path, request: &Request) -> Result<Status> {
    let path = socket(work);
    let mut stream = UnixStream::connect(&path).at(&path)?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).at(&path)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).at(&path)?;
    match serde_json::from_str(&answer)? {
        Answer::Done(status) => Ok(status),
        Answer::Failed { why } => Err(Error::Refused(why)),
    }
}

/// Passes requests on until the receiver is dropped.
pub(crate) fn listen(work: &Path, requests: mpsc::Sender<Asked>) -> Result<()> {
    let path = socket(work);
    let listener = UnixListener::bind(&path).at(&path)?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, requests.clone()));
        }
    });
    Ok(())
}

async fn serve(stream: tokio::net::UnixStream, requests: mpsc::Sender<Asked>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = tokio::io::BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match serde_json::from_str(&line) {
            Ok(request) => pass_on(request, &requests).await,
            Err(e) => Answer::Failed { why: e.to_string() },
        };
        let Ok(mut bytes) = serde_json::to_vec(&answer) else { return };
        bytes.push(b'\n');
        if writer.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn pass_on(request: Request, requests: &mpsc::Sender<Asked>) -> Answer {
    let (sender, answer) = oneshot::channel();
    let gone = Answer::Failed { why: "the supervisor is ending".into() };
    if requests.send((request, sender)).await.is_err() {
        return gone;
    }
    answer.await.unwrap_or(gone)
}
