//! One transaction, on a socket of its own without a bus.

use super::change::Outcome;
use super::face::{self, Face, PARTS};
use super::state::{NAME, State, Trouble};
use super::{BUS_NAME, SOCKET};
use crate::systems::front::Front;
use crate::systems::{Mood, Stage};
use futures_util::StreamExt;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::UnixListener;
use tokio::sync::watch;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, Guid, MessageStream};

/// How long a transaction that is done waits for those who still listen.
const LEAVE: Duration = Duration::from_secs(30);

/// What it does to what is known.
pub type Effect = Box<dyn Fn(&Stage, &mut State) -> Outcome + Send + Sync>;

/// When it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// Before it says that it is done.
    AtOnce,
    /// When the last one who listens has gone, as `CachedUpdate` does.
    Late,
}

/// How it is going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    Waiting,
    Running,
    Done(bool, String),
    /// The daemon is gone.
    Gone,
}

/// What all that listen share.
pub struct Transaction {
    stage: Stage,
    /// What was called with which arguments: who calls the same joins.
    pub call: String,
    pub method: String,
    pub sender: String,
    fetches: bool,
    shows: Shows,
    effect: Effect,
    pub cancelled: AtomicBool,
    peers: Mutex<Vec<Connection>>,
    /// How many listen.
    listeners: watch::Sender<usize>,
    pub phase: watch::Sender<Phase>,
}

impl Transaction {
    pub fn new(
        stage: Stage,
        call: (String, String),
        sender: String,
        (fetches, shows): (bool, Shows),
        effect: Effect,
    ) -> Arc<Self> {
        let (method, arguments) = call;
        Arc::new(Self {
            stage,
            call: format!("{method} {arguments}"),
            method,
            sender,
            fetches,
            shows,
            effect,
            cancelled: AtomicBool::new(false),
            peers: Mutex::default(),
            listeners: watch::Sender::new(0),
            phase: watch::Sender::new(Phase::Waiting),
        })
    }

    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Who began it is gone before it was started.
    pub fn give_up(&self) {
        if *self.phase.borrow() == Phase::Waiting {
            self.phase.send_replace(Phase::Gone);
        }
    }

    /// Waits until it is done and nobody listens any more.
    pub async fn closed(&self) {
        let mut phase = self.phase();
        let _ = phase.wait_for(|p| matches!(p, Phase::Done(..) | Phase::Gone)).await;
        if *phase.borrow() == Phase::Gone {
            return;
        }
        let mut listeners = self.listeners.subscribe();
        let _ = tokio::time::timeout(LEAVE, listeners.wait_for(|count| *count == 0)).await;
        // The daemon has other things to do before it looks at that.
        tokio::time::sleep(Duration::from_millis(30)).await;
        if self.shows == Shows::Late && matches!(*self.phase.borrow(), Phase::Done(true, _)) {
            let _ = self.stage.change(NAME, |state: &mut State| (self.effect)(&self.stage, state));
        }
    }

    /// Listens on the socket until it is closed.
    pub fn serve(self: &Arc<Self>) -> std::io::Result<String> {
        let path = self.stage.path(SOCKET);
        let _ = std::fs::remove_file(&path);
        std::fs::create_dir_all(path.parent().unwrap_or(self.stage.root()))?;
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666))?;
        let (own, mut phase) = (self.clone(), self.phase());
        tokio::spawn(async move {
            let ended = async {
                let _ = phase.wait_for(|p| matches!(p, Phase::Done(..) | Phase::Gone)).await;
                let mut listeners = own.listeners.subscribe();
                let _ = tokio::time::timeout(LEAVE, listeners.wait_for(|count| *count == 0)).await;
            };
            tokio::select! {
                () = ended => {}
                () = own.accept(&listener) => {}
            }
            own.part().await;
        });
        Ok(format!("unix:path={}", path.display()))
    }

    /// Leaves all that listen.
    async fn part(&self) {
        let peers = std::mem::take(&mut *self.peers.lock().unwrap_or_else(PoisonError::into_inner));
        for peer in peers {
            let _ = peer.close().await;
        }
    }

    /// Notes when a listener has gone.
    async fn count(self: Arc<Self>, peer: Connection) {
        let mut messages = MessageStream::from(&peer);
        while messages.next().await.is_some_and(|message| message.is_ok()) {}
        self.listeners.send_modify(|count| *count = count.saturating_sub(1));
    }

    async fn accept(self: &Arc<Self>, listener: &UnixListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let peer = async {
                let (_, split) = Front::before(stream.into_std()?, &self.stage, "")?;
                let builder = zbus::connection::Builder::socket(split);
                let builder = builder.server(Guid::generate())?.p2p().serve_at("/", Face(self.clone()))?;
                builder.build().await
            };
            let Ok(peer) = peer.await else { continue };
            self.listeners.send_modify(|count| *count += 1);
            tokio::spawn(self.clone().count(peer.clone()));
            self.peers.lock().unwrap_or_else(PoisonError::into_inner).push(peer);
        }
    }

    fn emitters(&self) -> Vec<SignalEmitter<'static>> {
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        peers.iter().filter_map(|peer| SignalEmitter::new(peer, "/").ok().map(|e| e.to_owned())).collect()
    }

    /// Does it, from its start to its end.
    pub async fn work(self: Arc<Self>) {
        let trouble = self.stage.state::<State>(NAME).unwrap_or_default().trouble;
        let mut outcome = self.fetch(&trouble).await;
        match trouble {
            Trouble::Silent => return std::future::pending().await,
            Trouble::Vanishes => {
                self.phase.send_replace(Phase::Gone);
                self.part().await;
                return;
            }
            Trouble::Fails { words } => outcome = Err(words),
            Trouble::None | Trouble::Partly => {}
        }
        if outcome.is_ok() {
            let done = self.stage.change(NAME, |state: &mut State| {
                let mut new = state.clone();
                (self.effect)(&self.stage, &mut new)?;
                if self.shows == Shows::AtOnce {
                    *state = new;
                }
                Ok(())
            });
            outcome = done.unwrap_or_else(|error| Err(error.to_string()));
        }
        let (success, words) = (outcome.is_ok(), outcome.err().unwrap_or_default());
        self.phase.send_replace(Phase::Done(success, words.clone()));
        for emitter in self.emitters() {
            let _ = Face::finished(&emitter, success, &words).await;
        }
    }

    /// Everything that is heard of it before its end.
    async fn fetch(&self, trouble: &Trouble) -> Outcome {
        for part in 0..=PARTS {
            if let Mood::Slow { millis } = self.stage.mood(BUS_NAME) {
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
            if self.cancelled.load(Ordering::SeqCst) {
                return Err("Operation was cancelled".into());
            }
            if *trouble != Trouble::None && part == PARTS / 2 {
                return Ok(());
            }
            for emitter in self.emitters() {
                let _ = face::tell(&emitter, part, self.fetches).await;
            }
        }
        Ok(())
    }
}
