//! What can be done on a machine as it is now: bootc itself can be told little, libostree below it more, and a live medium
//! nothing at all.

use super::answer::{Entry, Machine};
use super::{open, soft, target, timer};
use cairn_host::Host;
use cairn_model::{Ability, Problem, Step};

/// The most that there is.
pub(super) const ALL: [Ability; 12] = [
    Ability::Check,
    Ability::Stage,
    Ability::DropStaged,
    Ability::Rollback,
    Ability::StartNext,
    Ability::Pin,
    Ability::Delete,
    Ability::Rebase,
    Ability::DownloadOnly,
    Ability::Unlock,
    Ability::SoftRestart,
    Ability::Automatic,
];

/// What only libostree does, since bootc has no command for it.
const OF_LIBOSTREE: [Ability; 4] = [Ability::DropStaged, Ability::StartNext, Ability::Pin, Ability::Delete];

/// `libostree` says whether that keeps the versions; `machine` is `None` before it was looked at.
pub(super) fn of(host: &Host, machine: Option<&Machine>, libostree: bool) -> Vec<Ability> {
    ALL.into_iter()
        .filter(|ability| libostree || !OF_LIBOSTREE.contains(ability))
        .filter(|ability| machine.is_none_or(|machine| can(host, machine, *ability, libostree)))
        .collect()
}

fn can(host: &Host, machine: &Machine, ability: Ability, libostree: bool) -> bool {
    if machine.read_only {
        return false;
    }
    let untouched = |entry: &Entry| !entry.incompatible;
    match ability {
        Ability::Check | Ability::Stage => updates(machine),
        // The program has the option since its answer has the key.
        Ability::DownloadOnly => updates(machine) && machine.booted.download_only.is_some(),
        Ability::Rebase => {
            follows(machine) && machine.staged.as_ref().is_none_or(untouched) && !target::choices(machine).is_empty()
        }
        Ability::Rollback => libostree || machine.rollback.as_ref().is_none_or(|r| r.image.is_some()),
        Ability::Unlock => open::possible(host, machine),
        Ability::SoftRestart => soft::target(machine).is_some(),
        Ability::Automatic => timer::of(host, machine).is_some_and(|automatic| !automatic.choices.is_empty()),
        _ => libostree,
    }
}

fn follows(machine: &Machine) -> bool {
    machine.follows().is_some() && !machine.booted.incompatible
}

/// What composefs found in a check is told in words only. What is staged decides as well which image is asked.
fn updates(machine: &Machine) -> bool {
    machine.on_ostree() && follows(machine) && machine.staged.as_ref().is_none_or(|s| s.image.is_some())
}

/// # Errors
/// [`Problem::NotSupported`] for a step that no plan for this machine has.
pub(super) fn allow(step: &Step, abilities: &[Ability]) -> Result<(), Problem> {
    let needs: &[Ability] = match step {
        Step::Stage { .. } => &[Ability::Stage],
        Step::Download { .. } => &[Ability::DownloadOnly],
        Step::SetDefault { .. } => &[Ability::Rollback, Ability::StartNext],
        Step::Pin { .. } | Step::Unpin { .. } => &[Ability::Pin],
        Step::Remove { .. } => &[Ability::Delete],
        Step::DropStaged => &[Ability::DropStaged],
        Step::Unlock => &[Ability::Unlock],
        Step::Automatic { .. } => &[Ability::Automatic],
        Step::Rebase { .. } => &[Ability::Rebase],
        _ => &[],
    };
    let able = needs.iter().any(|ability| abilities.contains(ability));
    if able { Ok(()) } else { Err(Problem::NotSupported { what: "step".into() }) }
}
