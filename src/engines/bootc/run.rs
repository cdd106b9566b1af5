//! Doing one step. What a plan promised is looked at again before, and what came of it after.

use super::answer::{Asks, Entry, Machine, Reference};
use super::{Bootc, ability, check, open, plan, target, timer};
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{DeploymentId, Problem, Step, TargetId};

pub(super) async fn step(engine: &Bootc, step: &Step, ctx: &Context) -> Result<(), Problem> {
    ctx.checkpoint()?;
    let (machine, busy) = engine.look().await?;
    ability::allow(step, &engine.abilities_of(&machine))?;
    if busy {
        return Err(Problem::BusyElsewhere);
    }
    let _at_work = engine.at_work();
    match step {
        Step::Stage { origin, checksum } => stage(engine, &machine, origin, checksum, ctx).await,
        Step::Download { origin, checksum } => download(engine, &machine, origin, checksum, ctx).await,
        Step::Unlock => open::run(engine).await,
        Step::Automatic { policy } => timer::set(engine, &machine, *policy).await,
        Step::Rebase { target } => switch(engine, &machine, target, ctx).await,
        Step::SetDefault { id } => set_default(engine, &machine, id, ctx).await,
        _ => engine.library.run(step, ctx).await,
    }
}

/// bootc fetches whatever is the newest by then, so that is compared with the plan before, while and after it does.
async fn stage(
    engine: &Bootc,
    before: &Machine,
    origin: &str,
    checksum: &str,
    ctx: &Context,
) -> Result<(), Problem> {
    same_origin(before, origin)?;
    if before.next().checksum() == checksum {
        return Ok(());
    }
    let ended = if before.staged.as_ref().is_some_and(|staged| staged.checksum() == checksum) {
        engine.tell(&["upgrade", "--from-downloaded"]).await
    } else {
        still_newest(engine, checksum, ctx).await?;
        engine.work(&["upgrade"], Some(checksum), ctx).await
    };
    settle(engine, before, ended, |after| after.next().checksum() == checksum).await
}

/// The same, but shutdown leaves alone what was fetched.
async fn download(
    engine: &Bootc,
    before: &Machine,
    origin: &str,
    checksum: &str,
    ctx: &Context,
) -> Result<(), Problem> {
    same_origin(before, origin)?;
    let held = |machine: &Machine| {
        machine.staged.as_ref().is_some_and(|staged| staged.is_held() && staged.checksum() == checksum)
    };
    if held(before) {
        return Ok(());
    }
    still_newest(engine, checksum, ctx).await?;
    let ended = engine.work(&["upgrade", "--download-only"], Some(checksum), ctx).await;
    settle(engine, before, ended, held).await
}

fn same_origin(before: &Machine, origin: &str) -> Result<(), Problem> {
    let same = !before.switched() && before.follows().map(Reference::name).as_deref() == Some(origin);
    if same { Ok(()) } else { Err(Problem::PlanOutdated) }
}

async fn still_newest(engine: &Bootc, checksum: &str, ctx: &Context) -> Result<(), Problem> {
    // It takes no part of the bar.
    ctx.progress.begin(Stage::Checking, 0.0);
    engine.ask_registry(ctx).await?;
    let offered = engine.read().await?;
    let newest = check::newest(&offered).is_some_and(|newest| newest.image_digest == checksum);
    if newest { Ok(()) } else { Err(Problem::PlanOutdated) }
}

async fn switch(engine: &Bootc, before: &Machine, target: &TargetId, ctx: &Context) -> Result<(), Problem> {
    let choice = target::choices(before).into_iter().find(|choice| choice.target.id == *target);
    let reference = choice.ok_or_else(|| Problem::TargetUnknown { target: target.to_string() })?.reference;
    let mut arguments = vec!["switch", "--transport", reference.transport.as_str()];
    // Without it a system whose images have to be signed would become one whose images need not be.
    if reference.asks() != Asks::Nothing {
        arguments.push("--enforce-container-sigpolicy");
    }
    // No `--` before it, since options come after it; a target's name begins with a letter or a digit.
    arguments.push(&reference.image);
    let ended = engine.work(&arguments, None, ctx).await;
    let follows = |after: &Machine| {
        let image = after.next().image.as_ref().map(|image| image.image.name());
        !std::ptr::eq(after.next(), &after.booted) && image.as_deref() == Some(target.as_str())
    };
    settle(engine, before, ended, follows).await
}

/// What came of a change that prepares a version. One that is not what was planned, or not wholly made, is dropped again
/// where libostree can drop it.
async fn settle(
    engine: &Bootc,
    before: &Machine,
    ended: Result<(), Problem>,
    done: impl Fn(&Machine) -> bool,
) -> Result<(), Problem> {
    let after = engine.read().await?;
    let (done, fresh) = (done(&after), is_fresh(before, &after));
    let problem = match ended {
        Ok(()) if done => return Ok(()),
        Ok(()) => Problem::PlanOutdated,
        // bootc writes what is staged last but for images that belong to it; where that cannot be dropped it stays.
        Err(Problem::Cancelled) if done && !engine.has_library(&after) => return Ok(()),
        Err(problem) => problem,
    };
    if fresh && engine.has_library(&after) {
        engine.library.run(&Step::DropStaged, &Context::default()).await?;
        engine.read().await?;
    }
    Err(problem)
}

/// Whether something is staged that was not before.
fn is_fresh(before: &Machine, after: &Machine) -> bool {
    let id = |machine: &Machine| machine.staged.as_ref().and_then(|staged| staged.id().ok());
    after.staged.is_some() && id(before) != id(after)
}

async fn set_default(
    engine: &Bootc,
    before: &Machine,
    id: &DeploymentId,
    ctx: &Context,
) -> Result<(), Problem> {
    ctx.progress.begin(Stage::Writing, 1.0);
    let is = |entry: &Entry| entry.id().is_ok_and(|known| known == *id);
    if !before.entries().into_iter().any(is) {
        return Err(Problem::NotFound { what: id.to_string() });
    }
    if is(before.next()) {
        return Ok(());
    }
    if plan::is_other_side(before, id) {
        engine.tell(&["rollback"]).await?;
    } else if engine.has_library(before) {
        engine.library.run(&Step::SetDefault { id: id.clone() }, ctx).await?;
    } else {
        return Err(Problem::PlanOutdated);
    }
    // It is a toggle: somebody else may have turned it at the same time.
    if is(engine.read().await?.next()) { Ok(()) } else { Err(Problem::PlanOutdated) }
}
