//! What a wish would do, or why it is refused. Changes nothing.

use super::answer::Status;
use super::{Abroot, arguments, moment, packages, promise, room, status, targets};
use crate::plan;
use cairn_jobs::Context;
use cairn_model::system::HeldBack;
use cairn_model::{Deployment, Plan, Problem, Step, SystemStatus, Update, Wish};

pub(super) async fn make(
    engine: &Abroot,
    wish: &Wish,
    status: &SystemStatus,
    update: Option<&Update>,
) -> Result<Plan, Problem> {
    let usual = plan::usual(wish, status, update);
    if let Err(refused @ (Problem::NotSupported { .. } | Problem::NotAtomic)) = usual {
        return Err(refused);
    }
    moment::free(engine)?;
    let told = status::settled(engine).await?;
    if *wish == (Wish::GoBack {}) {
        return stay(wish, status);
    }
    let mut plan = usual?;
    match wish {
        Wish::Update { aside, .. } => {
            if !aside.is_empty() {
                // Applying the change of packages brings the new image along; nothing more can be built after it.
                plan.steps.retain(|step| !matches!(step, Step::Stage { .. }));
                status::may_change_packages(&told)?;
                let unknown = aside.iter().find(|n| !told.added().iter().any(|added| added == n.as_str()));
                unknown.map_or(Ok(()), |n| Err(Problem::PackageUnknown { name: n.to_string() }))?;
                let brought = promise::now(engine, &told, &Context::default()).await?;
                if update.is_none_or(|update| update.checksum != brought.digest) {
                    return Err(Problem::PlanOutdated);
                }
                promise::give(&mut plan, &brought.digest);
            }
        }
        Wish::ChangePackages { delta } => {
            packages::fits(delta, &told)?;
            status::may_change_packages(&told)?;
            brings(engine, &mut plan, status, &told).await?;
        }
        Wish::ChangeArguments { delta } => {
            arguments::fits(delta, &told)?;
            brings(engine, &mut plan, status, &told).await?;
        }
        Wish::Rebase { target } => {
            let target = targets::find(&engine.host, target)?;
            if target.current {
                return Err(Problem::TargetUnknown { target: target.id.to_string() });
            }
        }
        _ => return Ok(plan),
    }
    room::reserve(engine, &mut plan)?;
    Ok(plan)
}

/// ABRoot builds from the newest image whenever it builds, also for the sake of a package or an argument: what the last
/// check found says nothing of that one.
async fn brings(
    engine: &Abroot,
    plan: &mut Plan,
    status: &SystemStatus,
    told: &Status,
) -> Result<(), Problem> {
    let brought = promise::now(engine, told, &Context::default()).await?;
    if let Some(version) = brought.version {
        if is_skipped(status, &brought.digest) {
            return Err(Problem::Skipped { version });
        }
        plan.target = version;
    }
    promise::give(plan, &brought.digest);
    Ok(())
}

/// Whether the person went back from it: the service says so in the status, also of what lies on no root any more.
fn is_skipped(status: &SystemStatus, digest: &str) -> bool {
    let held = |held: &HeldBack| matches!(held, HeldBack::Skipped { checksum, .. } if checksum == digest);
    status.held_back.iter().any(held) || status.deployments.iter().any(|d| d.skipped && d.checksum == digest)
}

/// Going back on ABRoot begins in the boot menu. Once the older root runs, what is left is that it starts from now on, and
/// that what it was picked instead of is not brought again.
fn stay(wish: &Wish, status: &SystemStatus) -> Result<Plan, Problem> {
    let running = status.running().ok_or(Problem::NotAtomic)?;
    let left: &Deployment = status.next().filter(|next| !next.running).ok_or(Problem::NothingPrevious)?;
    let mut plan = Plan::new(wish.clone(), &running.version, &running.version);
    plan.target_id = Some(running.id.clone());
    plan.target_timestamp = running.timestamp;
    plan.verification = running.verification.clone();
    plan.steps.push(Step::SetDefault { id: running.id.clone() });
    if left.checksum != running.checksum {
        plan.steps.push(Step::Skip { checksum: left.checksum.clone(), version: left.version.clone() });
    }
    Ok(plan)
}
