//! What the kernel is told at the start. A change of it is a version of its own, made from the first one.

use super::answer::{Entry, bad, boot};
use super::daemon::{self, Daemon};
use super::proxy::Options;
use super::{RpmOstree, change, transaction};
use cairn_jobs::Context;
use cairn_model::{ArgumentDelta, BootArgument, Problem, argument};
use zbus::zvariant::Value;

/// What the running version was started with, and what the next change begins with.
pub(super) async fn list(engine: &RpmOstree) -> Result<Vec<BootArgument>, Problem> {
    let daemon = Daemon::of(engine).await?;
    let (running, next) = (options(&daemon, false).await?, options(&daemon, true).await?);
    Ok(argument::compare(&boot::arguments(&running), &boot::arguments(&next)))
}

/// Whether the first version can be changed so.
///
/// # Errors
/// As [`possible`].
pub(super) async fn fits(engine: &RpmOstree, delta: &ArgumentDelta) -> Result<(), Problem> {
    let daemon = Daemon::of(engine).await?;
    possible(&boot::arguments(&options(&daemon, true).await?), delta)
}

/// # Errors
/// [`Problem::NotFound`] for what is not there to be taken away, [`Problem::ArgumentPresent`] for what is there already.
fn possible(there: &[String], delta: &ArgumentDelta) -> Result<(), Problem> {
    delta.validate()?;
    let is_there = |argument: &cairn_model::KernelArgument| there.iter().any(|a| a == argument.as_str());
    if let Some(argument) = delta.remove.iter().find(|argument| !is_there(argument)) {
        return Err(Problem::NotFound { what: argument.to_string() });
    }
    match delta.add.iter().find(|argument| is_there(argument)) {
        Some(argument) => Err(Problem::ArgumentPresent { argument: argument.to_string() }),
        None => Ok(()),
    }
}

pub(super) async fn change(
    engine: &RpmOstree,
    daemon: &Daemon,
    entries: &[Entry],
    delta: &ArgumentDelta,
    ctx: &Context,
) -> Result<(), Problem> {
    ctx.checkpoint()?;
    let before = options(daemon, true).await?;
    possible(&boot::arguments(&before), delta)?;
    // Each word takes out one argument, also where the line has it twice.
    let gone = boot::arguments(&before).into_iter().filter(|word| delta.remove.iter().any(|a| a.as_str() == word));
    let (new, gone) = (delta.add.iter().map(ToString::to_string).collect::<Vec<_>>(), gone.collect::<Vec<_>>());
    let mut asked = Options::from([
        ("append-if-missing", new.into()),
        ("delete-if-present", gone.into()),
        ("initiating-command-line", Value::from(change::TITLE)),
    ]);
    if daemon::merged(entries)?.locked {
        asked.insert("lock-finalization", true.into());
    }
    let call = daemon.os.kernel_args(&before, &[], &[], &[], asked);
    let address = daemon.ask(call).await?;
    transaction::follow(engine, daemon, &address, ctx, 1.0).await?.well()?;
    let there = boot::arguments(&options(daemon, true).await?);
    let is_there = |argument: &cairn_model::KernelArgument| there.iter().any(|a| a == argument.as_str());
    let done = delta.add.iter().all(is_there) && !delta.remove.iter().any(is_there);
    if done { Ok(()) } else { Err(Problem::EngineFailed { detail: "not all arguments have changed".into() }) }
}

/// In one line, of the running version or of the first one.
async fn options(daemon: &Daemon, first: bool) -> Result<String, Problem> {
    let answer = daemon.ask(daemon.os.get_deployment_boot_config("", first)).await?;
    boot::options(&Value::from(answer)).ok_or_else(|| bad("a version has no options"))
}
