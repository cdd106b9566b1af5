//! Where the system gets its updates from: the repository over HTTP on the loopback address.

use super::{Image, Result};
use cairn_demo::Server;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Site {
    server: Server,
    /// Ends the thread when dropped.
    _stop: oneshot::Sender<()>,
}

impl Site {
    /// Serves the image's repository.
    ///
    /// # Errors
    /// When no port or thread can be had.
    pub fn open(image: &Image) -> Result<Self> {
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = mpsc::channel();
        let repo = image.repo();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let _ = match runtime {
                Ok(runtime) => runtime.block_on(async {
                    let sent = tell.send(Server::start(vec![repo]).await);
                    let _ = stopped.await;
                    sent
                }),
                Err(error) => tell.send(Err(error.into())),
            };
        });
        let server =
            told.recv().unwrap_or_else(|_| Err(std::io::Error::other("the server's thread ended").into()))?;
        Ok(Self { server, _stop: stop })
    }

    /// The server, to slow it down or let it fail.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Its address on this host and in a container that shares the host's network.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Its address in a virtual machine, where QEMU's own network shows the host as 10.0.2.2.
    pub fn url_for_machine(&self) -> String {
        self.server.url().replace("127.0.0.1", "10.0.2.2")
    }
}
