//! What there is right now: a version for each slot that can be started.

use super::Rauc;
use super::answer::{Boot, Slot};
use super::look::Look;
use cairn_host::space;
use cairn_model::system::{HeldBack, Space};
use cairn_model::{Defect, Deployment, Problem, SystemStatus, text};
use std::collections::BTreeSet;

pub(super) fn read(engine: &Rauc, look: &Look) -> Result<SystemStatus, Problem> {
    let room = space::room(&engine.host.path("/"));
    let room = room.map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
    let foreign = look.service.busy && !engine.works();
    Ok(SystemStatus {
        engine: "rauc".into(),
        os_name: text::line(&engine.host.os_release("PRETTY_NAME").unwrap_or_default()),
        abilities: crate::Engine::abilities(engine),
        deployments: deployments(engine, look)?,
        held_back: if foreign { vec![HeldBack::BusyElsewhere] } else { Vec::new() },
        space: Space { free: room.free, total: room.total, versions: None },
        ..SystemStatus::default()
    })
}

/// What starts next comes first, then what runs, then the likeliest to go back to: of the same kind, whole, the newest.
pub(super) fn deployments(engine: &Rauc, look: &Look) -> Result<Vec<Deployment>, Problem> {
    let (running, next) = (look.running()?, look.next()?);
    let mut slots: Vec<&Slot> = look.bootable().collect();
    slots.sort_by_key(|slot| {
        let newest = std::cmp::Reverse(slot.installed.unwrap_or_default());
        let likely = (slot.class != running.class, defect(look, slot).is_some(), newest);
        (slot.name != next.name, slot.name != running.name, likely, slot.name.clone())
    });
    let mut list = slots.iter().map(|slot| deployment(engine, look, slot)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = BTreeSet::new();
    if !list.iter().all(|d| seen.insert(d.id.as_str().to_owned())) {
        return Err(Problem::BadAnswer { tool: super::proxy::SERVICE.into(), detail: "a slot twice".into() });
    }
    for (deployment, slot) in list.iter_mut().zip(&slots) {
        deployment.running = slot.name == running.name;
        deployment.next = slot.name == next.name;
    }
    let after = list.iter().position(|d| d.running).map_or(0, |at| at + 1);
    if let Some(previous) = list.get_mut(after).filter(|d| d.defect.is_none()) {
        previous.previous = true;
    }
    Ok(list)
}

fn deployment(engine: &Rauc, look: &Look, slot: &Slot) -> Result<Deployment, Problem> {
    Ok(Deployment {
        timestamp: slot.installed,
        origin: Some(text::line(&look.service.compatible)),
        defect: defect(look, slot),
        ..Deployment::new(slot.id()?, version(engine, slot), slot.checksum())
    })
}

/// Of a slot that RAUC did not fill only the running system itself can say what it is.
fn version(engine: &Rauc, slot: &Slot) -> String {
    let own =
        |key: &str| engine.host.os_release(key).map(|word| text::clean(&word, 60)).filter(|w| !w.is_empty());
    let running = || slot.booted.then(|| own("IMAGE_VERSION").or_else(|| own("VERSION_ID"))).flatten();
    let name = || slot.bootname.as_deref().map(|name| text::clean(name, 60)).filter(|name| !name.is_empty());
    slot.version.clone().or_else(running).or_else(name).unwrap_or_else(|| slot.checksum())
}

/// While something is installed nobody tells into which slot.
fn defect(look: &Look, slot: &Slot) -> Option<Defect> {
    if look.incomplete(slot) || (look.service.busy && !slot.booted) {
        return Some(Defect::Incomplete);
    }
    (slot.boot == Boot::Bad).then_some(Defect::MarkedBad)
}
