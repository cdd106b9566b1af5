//! A bus for one test, with nobody on it yet.

// Each test uses what it needs.
#![allow(dead_code)]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct OwnBus {
    daemon: Child,
    folder: tempfile::TempDir,
}

impl OwnBus {
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("cairn-bus-").tempdir().unwrap();
        let address = format!("unix:path={}", folder.path().join("bus").display());
        let daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--address", &address])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The file is there a moment before anybody listens.
        while std::os::unix::net::UnixStream::connect(folder.path().join("bus")).is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Self { daemon, folder }
    }

    pub fn address(&self) -> String {
        format!("unix:path={}", self.folder.path().join("bus").display())
    }

    pub async fn connect(&self) -> zbus::Connection {
        zbus::connection::Builder::address(self.address().as_str()).unwrap().build().await.unwrap()
    }

    pub fn stop(mut self) {
        self.daemon.kill().unwrap();
        self.daemon.wait().unwrap();
    }
}

impl Drop for OwnBus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
