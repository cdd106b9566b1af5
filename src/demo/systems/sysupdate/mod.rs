//! Systems of images that systemd-sysupdate looks after: GNOME OS with its service, in both generations of its calls, and
//! ParticleOS as it is where only the program is there.

pub mod bless;
pub mod bootctl;
mod disk;
mod job;
mod manager;
mod program;
mod refusal;
mod state;
mod sysext;
mod target;

pub use state::{Feature, Image, State};

use super::{Program, Stage, System};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use zbus::Connection;

/// The service's name on the bus, which is also what its moods go by.
pub const SERVICE: &str = "org.freedesktop.sysupdate1";
/// What a system with systemd-boot has beside it.
const BESIDE: &[(&str, Program)] =
    &[(bootctl::NAME, bootctl::play), (bless::NAME, bless::play), (sysext::NAME, sysext::play)];
/// The program's name.
pub const PROGRAM: &str = "systemd-sysupdate";

pub const SYSTEMS: [System; 3] = [
    System {
        name: "gnomeos",
        title: "GNOME OS",
        engine: "sysupdate",
        btrfs: false,
        lay_out: |stage| disk::GNOME_OS.lay_out(stage),
        restart: disk::restart,
        programs: BESIDE,
        services: &[whole],
    },
    System {
        name: "gnomeos-nightly",
        title: "GNOME OS Nightly",
        engine: "sysupdate",
        btrfs: false,
        lay_out: |stage| disk::NIGHTLY.lay_out(stage),
        restart: disk::restart,
        programs: BESIDE,
        services: &[split],
    },
    System {
        name: "particleos",
        title: "ParticleOS",
        engine: "sysupdate",
        btrfs: false,
        lay_out: |stage| disk::PARTICLE_OS.lay_out(stage),
        restart: disk::restart,
        programs: &[(PROGRAM, program::play)],
        services: &[],
    },
];

/// systemd 257 to 259: one call fetches a version and puts it in place.
fn whole(stage: Stage, connection: Connection) -> BoxFuture<'static, zbus::Result<()>> {
    async move {
        let target = target::Whole(target::Target::new(&stage));
        connection.object_server().at(target::PATH, target).await?;
        manager::Manager::claim(stage, &connection).await
    }
    .boxed()
}

/// systemd 260 and newer: fetching and putting in place are two calls.
fn split(stage: Stage, connection: Connection) -> BoxFuture<'static, zbus::Result<()>> {
    async move {
        let target = target::Split(target::Target::new(&stage));
        connection.object_server().at(target::PATH, target).await?;
        manager::Manager::claim(stage, &connection).await
    }
    .boxed()
}
