//! rpm-ostreed, played: what `Sysroot` and `OS` have of what is used, and a socket for each transaction.
//!
//! - [`state`]: what it knows; `value`: how that goes over the bus
//! - `sysroot`, `os`, `live`: its objects; `running`: the one transaction that there can be; `transaction` and `face`: its socket
//! - `change`, `arguments`: what transactions do; `check`: what a check notes; `automatic`: what it does by itself
//! - `silverblue`, `bazzite`: systems

mod arguments;
mod automatic;
mod bazzite;
mod change;
mod check;
mod difference;
mod face;
mod live;
mod os;
mod running;
mod silverblue;
pub mod state;
mod sysroot;
mod transaction;
mod value;

use super::{Stage, System};
use futures_util::future::BoxFuture;
use running::Daemon;
use state::{NAME, State};

const BUS_NAME: &str = "org.projectatomic.rpmostree1";
const SYSROOT: &str = "/org/projectatomic/rpmostree1/Sysroot";
/// The object of the stateroot `fedora`.
const OS: &str = "/org/projectatomic/rpmostree1/fedora";
const SOCKET: &str = "/run/rpm-ostree-transaction.sock";

pub const SYSTEMS: [System; 2] = [
    System {
        name: "silverblue",
        title: "Fedora Silverblue",
        engine: "rpm-ostree",
        btrfs: false,
        lay_out: silverblue::lay_out,
        restart,
        programs: &[],
        services: &[serve, automatic::serve],
    },
    System {
        name: "bazzite",
        title: "Bazzite",
        engine: "rpm-ostree",
        btrfs: false,
        lay_out: bazzite::lay_out,
        restart,
        programs: &[],
        services: &[serve, automatic::serve],
    },
];

fn restart(stage: &Stage) -> std::io::Result<()> {
    stage.change(NAME, change::restart)
}

/// What lies on the disk of every system that rpm-ostree manages.
fn lay_out(stage: &Stage, release: &str, state: State) -> std::io::Result<()> {
    stage.write("/etc/os-release", release)?;
    stage.write("/run/ostree-booted", "")?;
    stage.write(
        "/usr/share/dbus-1/system-services/org.projectatomic.rpmostree1.service",
        "[D-BUS Service]\nName=org.projectatomic.rpmostree1\nSystemdService=rpm-ostreed.service\nUser=root\n\
         Exec=/bin/false\n",
    )?;
    automatic::lay_out(stage)?;
    stage.change(NAME, |old: &mut State| *old = state)
}

fn serve(stage: Stage, connection: zbus::Connection) -> BoxFuture<'static, zbus::Result<()>> {
    Box::pin(async move {
        let daemon = Daemon::new(stage, connection.clone());
        let objects = connection.object_server();
        objects.at(SYSROOT, sysroot::Sysroot(daemon.clone())).await?;
        objects.at(OS, os::Os(daemon.clone())).await?;
        objects.at(OS, live::OsExperimental(daemon)).await?;
        connection.request_name(BUS_NAME).await
    })
}
