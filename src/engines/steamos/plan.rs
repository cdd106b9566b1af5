//! What a wish would do, or why it is refused. Changes nothing.

use super::look::{self, Look};
use super::{Steamos, targets};
use crate::plan;
use cairn_model::plan::Warning;
use cairn_model::{Plan, Problem, SystemStatus, TargetId, Update, Wish};

pub(super) async fn make(
    engine: &Steamos,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    let look = look::read(engine).await?;
    if matches!(wish, Wish::Update { .. } | Wish::Rebase { .. })
        && let Some(previous) = status.previous()
    {
        plan.warnings.push(Warning::ReplacesNow { version: previous.version.clone() });
    }
    match wish {
        Wish::Update { .. } => fillable(&look)?,
        Wish::Rebase { target } => {
            known(&look, target)?;
            fillable(&look)?;
            plan.warnings.push(Warning::SizeUnknown);
        }
        _ => choosable(&look)?,
    }
    Ok(plan)
}

/// Whether something may be written into the other slot. What was chosen to start next must stay what it is. What is held
/// there is taken over.
pub(super) fn fillable(look: &Look) -> Result<(), Problem> {
    free(look)?;
    let chosen = look.slots.as_ref().is_some_and(|slots| slots.selected != slots.this);
    if chosen { Err(Problem::RestartFirst) } else { Ok(()) }
}

/// Whether the next start may be chosen. An update that is held chooses it as well once it goes on.
pub(super) fn choosable(look: &Look) -> Result<(), Problem> {
    if look.is_held() { Err(Problem::BusyElsewhere) } else { free(look) }
}

/// An update is made complete while the system goes down, which nothing but that restart undoes.
fn free(look: &Look) -> Result<(), Problem> {
    if look.is_busy() {
        return Err(Problem::BusyElsewhere);
    }
    if look.pending().is_some() { Err(Problem::RestartFirst) } else { Ok(()) }
}

/// The variant and branch of one of the targets that is not followed already.
pub(super) fn known(look: &Look, target: &TargetId) -> Result<(String, String), Problem> {
    let missing = || Problem::TargetUnknown { target: target.to_string() };
    let service = look.service.as_ref().ok_or_else(missing)?;
    let found = targets::list(service)?.into_iter().find(|t| t.id == *target).ok_or_else(missing)?;
    if found.current {
        return Err(Problem::InvalidArgument { what: "target".into() });
    }
    let (variant, branch) = target.as_str().split_once('/').ok_or_else(missing)?;
    Ok((variant.to_owned(), branch.to_owned()))
}
