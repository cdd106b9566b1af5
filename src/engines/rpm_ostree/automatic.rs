//! What the service does about updates by itself: a word in its configuration, and a timer that has it do that.

use super::daemon::Daemon;
use super::{RpmOstree, configuration, timer};
use cairn_host::space;
use cairn_jobs::Context;
use cairn_model::automatic::{Automatic, Policy};
use cairn_model::{Problem, text};

/// As upstream calls the timer and what it starts.
const BY: &str = "rpm-ostreed-automatic";

/// What it does, and what it could do instead; `None` where there is no timer, or it does something that nobody knows.
pub(super) async fn told(engine: &RpmOstree, daemon: &Daemon) -> Result<Option<Automatic>, Problem> {
    if !timer::is_there(&engine.host) {
        return Ok(None);
    }
    let policy = match daemon.ask(daemon.sysroot.automatic_update_policy()).await?.as_str() {
        // Without its timer nothing is done, whatever the word.
        _ if !timer::is_enabled(&engine.host) => Policy::Off,
        "none" => Policy::Off,
        "check" => Policy::Check,
        "stage" => Policy::Stage,
        "apply" => Policy::Apply,
        _ => return Ok(None),
    };
    Ok(Some(Automatic { policy, by: BY.into(), choices: choices(engine) }))
}

/// None where an administrator forbids the timer, or the configuration cannot be written.
fn choices(engine: &RpmOstree) -> Vec<Policy> {
    let host = &engine.host;
    let read_only = space::read_only(&host.path("/etc")).unwrap_or(true);
    if timer::is_masked(host) || read_only {
        return Vec::new();
    }
    vec![Policy::Off, Policy::Check, Policy::Stage]
}

/// # Errors
/// [`Problem::ConfigInvalid`] where the service does not take the word; then, and after any other failure, the configuration is
/// as it was.
pub(super) async fn set(
    engine: &RpmOstree,
    daemon: &Daemon,
    policy: Policy,
    ctx: &Context,
) -> Result<(), Problem> {
    let word = match policy {
        Policy::Off => "none",
        Policy::Check => "check",
        Policy::Stage => "stage",
        Policy::Apply => return Err(Problem::NotSupported { what: "automatic".into() }),
    };
    if !timer::is_there(&engine.host) || choices(engine).is_empty() {
        return Err(Problem::NotSupported { what: "automatic".into() });
    }
    ctx.checkpoint()?;
    let old = engine.host.read(configuration::FILE).map_err(failed)?;
    let new = configuration::with_policy(old.as_deref().unwrap_or_default(), word);
    let result = take(engine, daemon, &new, word).await;
    let result = match result {
        Ok(()) => timer::set(engine, policy != Policy::Off).await,
        refused => refused,
    };
    if result.is_err() {
        // Why it was refused says more than why the old one cannot be put back.
        let _ = match &old {
            Some(old) => engine.host.write(configuration::FILE, old),
            None => engine.host.remove(configuration::FILE),
        };
        let _ = daemon.ask(daemon.sysroot.reload_config()).await;
    }
    result
}

/// Writes the configuration and has the service read it.
async fn take(engine: &RpmOstree, daemon: &Daemon, new: &str, word: &str) -> Result<(), Problem> {
    engine.host.write(configuration::FILE, new).map_err(failed)?;
    daemon.ask(daemon.sysroot.reload_config()).await?;
    let now = daemon.ask(daemon.sysroot.automatic_update_policy()).await?;
    if now == word { Ok(()) } else { Err(Problem::ConfigInvalid { detail: text::line(&now) }) }
}

fn failed(error: std::io::Error) -> Problem {
    Problem::EngineFailed { detail: text::line(&error.to_string()) }
}
