//! The systems of the field, played: each a folder tree with what lies on its disk, and stand-ins for its upstream's
//! programs and services. They keep state, so that what is asked of them shows afterwards, and take orders to be slow, to
//! hang, to fail, to be cut off. What they do not know is a failure that a test sees.
//!
//! - [`stage`]: where one system is played: its files, the state of its stand-ins, the mood that they are in
//! - [`program`]: this program called by the name of another
//! - [`presence`]: a service on the bus; [`front`]: what stands between it and the bus
//! - [`systemctl`]: the program that turns units on and off, for any of them
//! - [`wire`]: what stand-ins know, as it goes over the bus
//!
//! Every other module plays the programs and services of one upstream.

pub mod front;
pub mod presence;
pub mod program;
pub mod stage;
pub mod systemctl;
pub mod wire;

pub use presence::Presence;
pub use program::{Call, Reply};
pub use stage::{Mood, Stage};

use crate::{Error, Result};
use futures_util::future::BoxFuture;

/// A program that is played.
pub type Program = fn(&Stage, &Call) -> Reply;
/// Claims names on the connection and answers there until it is dropped.
pub type Service = fn(Stage, zbus::Connection) -> BoxFuture<'static, zbus::Result<()>>;

/// One system that can be played.
#[derive(Clone, Copy, Debug)]
pub struct System {
    /// The word for it: `./dev demo --system NAME`.
    pub name: &'static str,
    /// What its makers call it.
    pub title: &'static str,
    /// Its root is a Btrfs file system, in the demo world a real one.
    pub btrfs: bool,
    /// The engine that should find itself here; empty where none should.
    pub engine: &'static str,
    /// Puts its files below the root, as they are right after it was started.
    pub lay_out: fn(&Stage) -> std::io::Result<()>,
    /// What firmware, boot loader and early boot do: what starts next runs afterwards.
    pub restart: fn(&Stage) -> std::io::Result<()>,
    /// The programs that are played, by file name below `/usr/bin`.
    pub programs: &'static [(&'static str, Program)],
    pub services: &'static [Service],
}

/// Each word is a folder with an upstream's stand-ins, whose systems stand in its `SYSTEMS`.
macro_rules! systems {
    ($($upstream:ident)*) => {
        $(pub mod $upstream;)*
        /// Every system that can be played.
        pub fn all() -> Vec<&'static System> {
            let lists: &[&'static [System]] = &[$(&$upstream::SYSTEMS),*];
            lists.iter().flat_map(|list| list.iter()).collect()
        }
    };
}

systems! {
    abroot
    akshara
    bootc
    debian
    eos_updater
    nixos
    rauc
    rpm_ostree
    snapper
    steamos
    sysupdate
    tukit
}

/// The system of that name.
///
/// # Errors
/// [`Error::Refused`] with the names that there are.
pub fn find(name: &str) -> Result<&'static System> {
    all().into_iter().find(|system| system.name == name).ok_or_else(|| {
        let names: Vec<&str> = all().iter().map(|system| system.name).collect();
        Error::Refused(format!("no system is called {name}; there are {}", names.join(", ")))
    })
}
