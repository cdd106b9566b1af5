//! A played system for one test: its files below a folder that goes with it, its services on a bus of their own.

// Each engine's test uses what its machine needs.
#![allow(dead_code)]

pub mod answering;
pub mod recorded;

use cairn_demo::systems::{self, Mood, Presence, Stage, System, program};
use cairn_host::Host;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub struct Played {
    pub system: &'static System,
    pub stage: Stage,
    bus: Option<Bus>,
    _folder: tempfile::TempDir,
}

impl Played {
    /// Lays the system out and starts its services.
    pub async fn new(name: &str) -> Self {
        let system = systems::find(name).unwrap();
        let folder = tempfile::Builder::new().prefix("cairn-played-").tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let stage = Stage::at(&root);
        program::lay_out(system, &stage, &stand_ins()).unwrap();
        let bus = if system.services.is_empty() { None } else { Some(Bus::start(system, &stage).await) };
        Self { system, stage, bus, _folder: folder }
    }

    /// The machine as an engine sees it.
    pub fn host(&self) -> Host {
        let host = Host::at(self.stage.root());
        match &self.bus {
            Some(bus) => host.with_bus(bus.address.clone()),
            None => host,
        }
    }

    pub fn restart(&self) {
        (self.system.restart)(&self.stage).unwrap();
    }

    pub fn mood(&self, name: &str, mood: Mood) {
        self.stage.set_mood(name, mood).unwrap();
    }

    /// Its services go away and do not come back.
    pub async fn services_end(&mut self) {
        let services: Vec<Presence> = self.bus.iter_mut().flat_map(|bus| bus.services.drain(..)).collect();
        let names: Vec<String> = services.iter().map(Presence::name).collect();
        drop(services);
        self.owned(&names, false).await;
    }

    /// Waits until what was killed is back.
    pub async fn services_are_back(&self) {
        let names: Vec<String> = self.bus.iter().flat_map(|bus| &bus.services).map(Presence::name).collect();
        self.owned(&names, true).await;
    }

    async fn owned(&self, names: &[String], owned: bool) {
        let bus = zbus::fdo::DBusProxy::new(&self.somebody().await).await.unwrap();
        for name in names {
            while bus.name_has_owner(name.as_str().try_into().unwrap()).await.unwrap() != owned {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
    }

    /// Somebody else on the bus.
    pub async fn somebody(&self) -> zbus::Connection {
        connect(&self.bus.as_ref().unwrap().address).await.unwrap()
    }

    /// # Panics
    /// If somebody asked for what no stand-in knows.
    pub fn nothing_unknown(&self) {
        assert_eq!(self.stage.unknown_calls(), Vec::<String>::new());
    }
}

/// The program that plays others; `./dev test` builds it before.
fn stand_ins() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let program = own.parent().and_then(Path::parent).unwrap().join("cairn-demo");
    assert!(program.exists(), "{} is missing: cargo build -p cairn-demo", program.display());
    program
}

async fn connect(address: &str) -> zbus::Result<zbus::Connection> {
    zbus::connection::Builder::address(address)?.build().await
}

struct Bus {
    daemon: Child,
    address: String,
    services: Vec<Presence>,
}

impl Bus {
    async fn start(system: &System, stage: &Stage) -> Self {
        let socket = stage.path("/run/dbus/system_bus_socket");
        std::fs::create_dir_all(socket.parent().unwrap()).unwrap();
        let address = format!("unix:path={}", socket.display());
        let daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--address", &address])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The socket is there a moment before anybody listens on it.
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let mut services = Vec::new();
        for service in system.services {
            services.push(Presence::start(*service, stage.clone(), socket.clone()).await.unwrap());
        }
        Self { daemon, address, services }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
