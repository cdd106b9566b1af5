//! What a wish would do, or why it is refused. Changes nothing.

use super::answer::Machine;
use super::{Bootc, status, target};
use crate::plan;
use cairn_model::plan::Warning;
use cairn_model::{DeploymentId, Plan, Problem, Step, SystemStatus, TargetId, Update, Verification, Wish};

pub(super) async fn make(
    engine: &Bootc,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    let (machine, busy) = engine.look().await?;
    if busy {
        return Err(Problem::BusyElsewhere);
    }
    match (wish, update) {
        (Wish::Update { .. }, Some(update)) => {
            if machine.switched() {
                return Err(Problem::RestartFirst);
            }
            // One that was downloaded only is not dropped but let start.
            if machine.staged.as_ref().is_some_and(|staged| staged.checksum() == update.checksum) {
                plan.warnings.retain(|warning| !matches!(warning, Warning::StagedDropped { .. }));
            }
        }
        (Wish::Download {}, Some(update)) => {
            if machine.switched() {
                return Err(Problem::RestartFirst);
            }
            if machine.staged.as_ref().is_some_and(|staged| staged.checksum() == update.checksum) {
                return Err(Problem::IsStaged { version: update.version.clone() });
            }
            // There is room for one.
            let dropped = status.staged().map(|staged| staged.version.clone());
            plan.warnings.extend(dropped.map(|version| Warning::StagedDropped { version }));
            warn(&mut plan);
        }
        (Wish::GoBack {} | Wish::StartNext { .. }, _) => {
            let target = plan.target_id.clone();
            if !target.is_some_and(|id| engine.has_library(&machine) || is_other_side(&machine, &id)) {
                return Err(Problem::NotSupported { what: wish.word().into() });
            }
            // Both ways of changing the next start drop what is staged in the same moment.
            plan.steps.retain(|step| *step != Step::DropStaged);
            if engine.has_library(&machine) {
                engine.library.warn_of_edits(&mut plan, status).await;
            }
        }
        (Wish::Rebase { target }, _) => switch(&mut plan, &machine, target)?,
        _ => {}
    }
    Ok(plan)
}

/// Whether `bootc rollback` makes that version start next. It turns the order around, and back if that was done already.
pub(super) fn is_other_side(machine: &Machine, id: &DeploymentId) -> bool {
    // Without an image bootc refuses.
    let rollback = machine.rollback.as_ref().filter(|rollback| rollback.image.is_some());
    let other = rollback.map(|rollback| if machine.rollback_queued { &machine.booted } else { rollback });
    other.is_some_and(|other| other.id().is_ok_and(|known| known == *id))
}

fn switch(plan: &mut Plan, machine: &Machine, target: &TargetId) -> Result<(), Problem> {
    let choice = target::choices(machine).into_iter().find(|choice| choice.target.id == *target);
    let choice = choice.ok_or_else(|| Problem::TargetUnknown { target: target.to_string() })?;
    if choice.target.current && !machine.switched() {
        return Err(Problem::IsNext { version: machine.next().version() });
    }
    plan.target = choice.target.name;
    plan.verification = status::verification(&choice.reference);
    warn(plan);
    Ok(())
}

/// What every image that is fetched brings.
fn warn(plan: &mut Plan) {
    plan.warnings.push(Warning::SizeUnknown);
    if plan.verification == Verification::NotRequired {
        plan.warnings.push(Warning::NotSigned);
    }
}
