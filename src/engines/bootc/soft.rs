//! Starting what is prepared without the firmware and the kernel, where both versions have the same kernel.

use super::answer::{Entry, Machine};
use super::{Bootc, mounts};
use cairn_model::{Ability, Problem};

/// systemd: systemd-soft-reboot.service(8). libostree mounts it for the whole system, whoever asks.
const NEXT: &str = "/run/nextroot";

/// The version that can be started so. bootc prepares what is staged, and can be told to fetch nothing for that only since
/// 1.12; where going back was asked for, its command would take that back.
pub(super) fn target(machine: &Machine) -> Option<&Entry> {
    let staged = machine.staged().filter(|_| machine.on_ostree());
    staged.filter(|staged| staged.soft_reboot_capable && staged.download_only.is_some())
}

pub(super) async fn prepare(engine: &Bootc) -> Result<(), Problem> {
    let (machine, busy) = engine.look().await?;
    if !engine.abilities_of(&machine).contains(&Ability::SoftRestart) {
        return Err(Problem::NotSupported { what: "soft-restart".into() });
    }
    if busy {
        return Err(Problem::BusyElsewhere);
    }
    let _at_work = engine.at_work();
    engine.tell(&["upgrade", "--from-downloaded", "--soft-reboot=required"]).await?;
    if engine.read().await?.next().id()? != machine.next().id()? {
        return Err(Problem::PlanOutdated);
    }
    match mounts::at(&engine.host, NEXT) {
        Ok(Some(_)) => Ok(()),
        _ => Err(Problem::EngineFailed { detail: NEXT.into() }),
    }
}
