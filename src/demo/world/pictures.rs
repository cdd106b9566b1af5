//! Serves the screenshots on a thread of its own: all worlds of this computer answer at one address, so none may keep a
//! client of another waiting or cut it off when it ends.

use crate::{Failure, Server};
use std::net::SocketAddrV4;
use std::path::PathBuf;
use tokio::sync::watch;

/// Ends, once what was begun is sent, when this is dropped.
#[derive(Debug)]
pub(super) struct Pictures(watch::Sender<Failure>);

impl Pictures {
    /// Where somebody who does not share has the address, there are no screenshots and everything else goes on.
    pub(super) fn start(address: SocketAddrV4, folder: PathBuf) -> std::io::Result<Self> {
        let (sender, failure) = watch::channel(Failure::None);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (ready, up) = std::sync::mpsc::channel();
        let serve = move || runtime.block_on(serve(address, folder, failure, ready));
        std::thread::Builder::new().name("pictures".into()).spawn(serve)?;
        // It ends without a word where the address is taken.
        let _ = up.recv();
        Ok(Self(sender))
    }

    pub(super) fn fail(&self, failure: Failure) {
        self.0.send_replace(failure);
    }
}

async fn serve(
    address: SocketAddrV4,
    folder: PathBuf,
    mut failure: watch::Receiver<Failure>,
    ready: std::sync::mpsc::Sender<()>,
) {
    let Ok(server) = Server::start_at(address, vec![folder]) else { return };
    // Nobody listens any more once the world is made.
    let _ = ready.send(());
    while failure.changed().await.is_ok() {
        server.fail(*failure.borrow());
    }
    server.retire().await;
}
