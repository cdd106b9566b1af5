//! What there is right now, from one answer.

use super::{Bootc, open, timer};
use super::answer::{Asks, Entry, Machine, Reference};
use cairn_host::clock::rfc3339;
use cairn_host::{files, space};
use cairn_model::system::{HeldBack, Space};
use cairn_model::{Deployment, Problem, SystemStatus, Verification, text};

/// Where versions lie, the likeliest first.
const PLACES: [&str; 4] = ["/ostree", "/sysroot/composefs", "/sysroot", "/"];

pub(super) fn of(engine: &Bootc, machine: &Machine, busy: bool) -> Result<SystemStatus, Problem> {
    let mut status = SystemStatus {
        engine: super::WORD.into(),
        os_name: text::line(&engine.host.os_release("PRETTY_NAME").unwrap_or_default()),
        abilities: engine.abilities_of(machine),
        deployments: deployments(engine, machine)?,
        space: room(engine)?,
        automatic: timer::of(&engine.host, machine),
        ..SystemStatus::default()
    };
    if busy {
        status.held_back.push(HeldBack::BusyElsewhere);
    }
    status.notices.extend(crate::ostree::finalize_failure(&engine.host));
    Ok(status)
}

fn room(engine: &Bootc) -> Result<Space, Problem> {
    let place = PLACES.iter().find(|place| engine.host.exists(place)).unwrap_or(&"/");
    let room = space::room(&engine.host.path(place))
        .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
    Ok(Space { free: room.free, total: room.total, versions: None })
}

fn deployments(engine: &Bootc, machine: &Machine) -> Result<Vec<Deployment>, Problem> {
    let entries = machine.entries();
    let is = |entry: &Entry, other: Option<&Entry>| other.is_some_and(|other| std::ptr::eq(entry, other));
    let running = entries.iter().position(|entry| is(entry, Some(&machine.booted)));
    // As for libostree: what comes after the running one is what is gone back to.
    let previous = entries.iter().enumerate().position(|(at, entry)| {
        running.is_some_and(|running| at > running) && !is(entry, machine.staged.as_ref())
    });
    let mut read = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let image = entry.image.as_ref();
        read.push(Deployment {
            title: title(engine, entry),
            timestamp: image.and_then(|image| rfc3339(image.timestamp.as_deref()?)),
            origin: image.map(|image| image.image.name()),
            running: running == Some(at),
            next: is(entry, Some(machine.next())),
            staged: is(entry, machine.staged.as_ref()),
            previous: previous == Some(at),
            kept: entry.pinned,
            held: entry.is_held(),
            unlocked: running == Some(at) && open::is(&engine.host, machine),
            soft: running != Some(at) && entry.soft_reboot_capable,
            verification: image.map_or(Verification::Unknown, |image| verification(&image.image)),
            ..Deployment::new(entry.id()?, entry.version(), entry.checksum())
        });
    }
    Ok(read)
}

/// A policy is held to while the image is fetched; which key it was is not told.
pub(super) fn verification(reference: &Reference) -> Verification {
    match reference.asks() {
        Asks::Nothing => Verification::NotRequired,
        Asks::Policy | Asks::Other => Verification::Unknown,
    }
}

/// Only libostree has a folder for each version that lies open.
fn title(engine: &Bootc, entry: &Entry) -> Option<String> {
    let ostree = entry.ostree.as_ref()?;
    let (stateroot, checksum, serial) = (&ostree.stateroot, &ostree.checksum, ostree.deploy_serial);
    let path = format!("/ostree/deploy/{stateroot}/deploy/{checksum}.{serial}/usr/lib/os-release");
    let words = engine.host.read(&path).ok().flatten()?;
    files::os_release_field(&words, "PRETTY_NAME").map(|t| text::line(&t)).filter(|t| !t.is_empty())
}
