//! What a wish would do, or why it is refused. Changes nothing.

use super::daemon::{self, Daemon};
use super::{RpmOstree, arguments, layered, packages, target};
use crate::plan;
use cairn_model::plan::Warning;
use cairn_model::{PackageDelta, Plan, Problem, Step, SystemStatus, Update, Wish};

pub(super) async fn make(
    engine: &RpmOstree,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let mut plan = plan::usual(wish, status, update)?;
    match wish {
        Wish::Update { aside, .. } => {
            if !aside.is_empty() {
                let delta = PackageDelta { remove: aside.clone(), ..PackageDelta::default() };
                fits(engine, &delta).await?;
            }
            let wanted = update.map(|update| update.checksum.as_str());
            let kept = |staged: &str| Some(layered::base(staged)) == same_base(status) || Some(staged) == wanted;
            keep_what_is_prepared(&mut plan, status, kept);
        }
        Wish::GoBack {} | Wish::StartNext { .. } => {
            skip_no_twin(&mut plan, status);
            if let Some(below) = &engine.below {
                below.warn_of_edits(&mut plan, status).await;
            }
        }
        Wish::ChangePackages { delta } => {
            fits(engine, delta).await?;
            on_the_first(&mut plan, status);
        }
        Wish::ChangeArguments { delta } => {
            arguments::fits(engine, delta).await?;
            on_the_first(&mut plan, status);
        }
        Wish::Download {} => {
            if let Some(staged) = status.staged().filter(|staged| staged.next) {
                plan.warnings.push(Warning::StagedDropped { version: staged.version.clone() });
            }
        }
        Wish::Rebase { target } => {
            let daemon = Daemon::of(engine).await?;
            let entries = daemon.entries().await?;
            let wanted = target::wanted(daemon::running(&entries)?, target)?;
            plan.target = wanted.name;
            plan.warnings.push(Warning::SizeUnknown);
        }
        _ => {}
    }
    if plan.steps.contains(&Step::DropStaged) {
        plan.warnings.extend(packages_too(engine).await?);
    }
    Ok(plan)
}

/// What is prepared may be a change of packages as well, which goes with it.
async fn packages_too(engine: &RpmOstree) -> Result<Option<Warning>, Problem> {
    let entries = Daemon::of(engine).await?.entries().await?;
    let running = daemon::running(&entries)?;
    let staged = entries.iter().find(|entry| entry.staged);
    let packages = staged.map(|staged| packages::differing(running, staged)).unwrap_or_default();
    Ok((!packages.is_empty()).then_some(Warning::PackagesToo { packages }))
}

async fn fits(engine: &RpmOstree, delta: &PackageDelta) -> Result<(), Problem> {
    let daemon = Daemon::of(engine).await?;
    packages::fits(daemon::merged(&daemon.entries().await?)?, delta)
}

/// A change starts from the first version, and waits where that one waits.
fn on_the_first(plan: &mut Plan, status: &SystemStatus) {
    keep_what_is_prepared(plan, status, |_| true);
    if let Some(first) = status.deployments.first() {
        plan.target.clone_from(&first.version);
        plan.restart_needed = !first.held;
    }
}

/// What is running, as something that is prepared can be told by.
fn same_base(status: &SystemStatus) -> Option<&str> {
    status.running().map(|running| layered::base(&running.checksum))
}

/// A change starts from what is prepared and keeps it, so that nothing is dropped where the base stays.
fn keep_what_is_prepared(plan: &mut Plan, status: &SystemStatus, kept: impl Fn(&str) -> bool) {
    if status.staged().is_some_and(|staged| kept(&staged.checksum)) {
        plan.warnings.retain(|warning| !matches!(warning, Warning::StagedDropped { .. }));
    }
}

/// Two versions with other packages on one base share its checksum: who goes back to the one has not refused the base.
fn skip_no_twin(plan: &mut Plan, status: &SystemStatus) {
    let target = plan.target_id.as_ref().and_then(|id| status.find(id)).map(|d| d.checksum.clone());
    let is_twin = |checksum: &String| {
        target.as_ref().is_some_and(|target| target == checksum || layered::base(target) == checksum)
    };
    plan.steps.retain(|step| !matches!(step, Step::Skip { checksum, .. } if is_twin(checksum)));
}
