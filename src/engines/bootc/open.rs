//! Whether the running version's /usr can be written until the next start.

use super::Bootc;
use super::answer::{Machine, Usr};
use super::mounts;
use cairn_host::Host;
use cairn_model::Problem;

const USR: &str = "/usr";

/// What lies on /usr; `Untold` where neither bootc nor the kernel says.
fn usr(host: &Host, machine: &Machine) -> Usr {
    if machine.usr != Usr::Untold {
        return machine.usr;
    }
    match mounts::at(host, USR) {
        Ok(Some(mount)) if mount.overlay => Usr::Overlay { writable: mount.writable, lasting: mount.lasting },
        Ok(_) => Usr::Plain,
        Err(()) => Usr::Untold,
    }
}

pub(super) fn is(host: &Host, machine: &Machine) -> bool {
    usr(host, machine) == Usr::Overlay { writable: true, lasting: false }
}

/// bootc refuses a second overlay, and one that only this service sees would be of no use.
pub(super) fn possible(host: &Host, machine: &Machine) -> bool {
    usr(host, machine) == Usr::Plain && mounts::are_shared(host)
}

pub(super) async fn run(engine: &Bootc) -> Result<(), Problem> {
    engine.tell(&["usr-overlay"]).await?;
    let after = engine.read().await?;
    if is(&engine.host, &after) { Ok(()) } else { Err(Problem::EngineFailed { detail: USR.into() }) }
}
