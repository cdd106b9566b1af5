//! Everything that is known at one moment.

use super::answer::{self, Boot, Service, Slot};
use super::proxy::{INTERFACE, InstallerProxy, PATH, SERVICE};
use super::{Rauc, Seen};
use crate::bus::{Refusal, within};
use cairn_model::Problem;
use std::sync::PoisonError;

/// What the service says.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) service: Service,
    /// All of them, also those that cannot be started.
    pub(super) slots: Vec<Slot>,
    /// The slot that the boot loader would take, if it tells.
    primary: Option<String>,
}

impl Look {
    /// The slot that runs.
    pub(super) fn running(&self) -> Result<&Slot, Problem> {
        // What was started from a stick or over the network is none of the slots.
        self.bootable().find(|slot| slot.booted).ok_or(Problem::NotAtomic)
    }

    /// The slot that starts next. A boot loader passes over one that is marked bad; where it does not tell which one it
    /// takes, it is the one that it took last.
    pub(super) fn next(&self) -> Result<&Slot, Problem> {
        let running = self.running()?;
        let primary = self.bootable().find(|slot| Some(&slot.name) == self.primary.as_ref());
        Ok(primary.filter(|slot| slot.boot != Boot::Bad || running.boot == Boot::Bad).unwrap_or(running))
    }

    /// The slots that can be started.
    pub(super) fn bootable(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| slot.bootname.is_some())
    }

    /// Whether what is in the slot, or in one that belongs to it, did not become complete.
    pub(super) fn incomplete(&self, slot: &Slot) -> bool {
        let part = |other: &&Slot| other.parent.as_ref() == Some(&slot.name);
        slot.incomplete || self.slots.iter().filter(part).any(|part| part.incomplete)
    }
}

pub(super) async fn read(engine: &Rauc) -> Result<Look, Problem> {
    let service = self::service(engine).await?;
    if service.busy {
        return remembered(engine, service);
    }
    match slots(engine).await {
        Ok(seen) => {
            *engine.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.clone());
            Ok(Look { service, slots: seen.slots, primary: seen.primary })
        }
        // Somebody may have begun in between, which no error tells.
        Err(refusal) => match self::service(engine).await? {
            service if service.busy => remembered(engine, service),
            _ => Err(refusal.into()),
        },
    }
}

fn remembered(engine: &Rauc, service: Service) -> Result<Look, Problem> {
    let seen = engine.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let seen = seen.ok_or(Problem::BusyElsewhere)?;
    Ok(Look { service, slots: seen.slots, primary: seen.primary })
}

/// Asks for the properties, which the service always tells.
pub(super) async fn service(engine: &Rauc) -> Result<Service, Problem> {
    answer::service(&engine.bus.properties(SERVICE, PATH, INTERFACE, engine.patience).await?)
}

async fn slots(engine: &Rauc) -> Result<Seen, Refusal> {
    let proxy = proxy(engine).await?;
    let slots = answer::slots(&within(SERVICE, engine.patience, proxy.get_slot_status()).await?)?;
    let primary = match within(SERVICE, engine.patience, proxy.get_primary()).await {
        Ok(primary) => Some(primary),
        // It cannot be told for every boot loader, and not where all slots are bad.
        Err(Refusal::Said { .. }) => None,
        Err(other) => return Err(other),
    };
    Ok(Seen { slots, primary })
}

pub(super) async fn proxy(engine: &Rauc) -> Result<InstallerProxy<'static>, Problem> {
    let connection = engine.bus.connect().await?;
    Ok(within(SERVICE, engine.patience, InstallerProxy::new(&connection)).await?)
}
