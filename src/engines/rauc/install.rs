//! One bundle, from its start to its end. RAUC cannot be stopped; a slot that it fills is marked bad until it is full.

use super::bundles::Found;
use super::look::{self, Look};
use super::proxy::{self, SERVICE};
use super::{Rauc, run};
use crate::bus::{Refusal, within};
use cairn_jobs::Context;
use cairn_model::Problem;
use futures_util::StreamExt;
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;
use zbus::zvariant::Value;

/// More than the slowest flash takes for a whole system.
const LONGEST: Duration = Duration::from_secs(4 * 3600);
/// Signals tell of changes; this is for those that got lost.
const GLANCE: Duration = Duration::from_secs(1);

/// Installs exactly that bundle.
pub(super) async fn run(engine: &Rauc, found: &Found, ctx: &Context) -> Result<(), Problem> {
    let _own = Own::begin(engine);
    let mut changes = engine.bus.signals(proxy::changes()?);
    begin(engine, found).await?;
    let wait = async {
        let mut listening = true;
        loop {
            let now = look::service(engine).await?;
            if !now.busy {
                return Ok::<String, Problem>(now.last_error);
            }
            ctx.progress.part(now.done);
            tokio::select! {
                change = changes.next(), if listening => listening = change.is_some(),
                () = tokio::time::sleep(GLANCE) => {}
            }
        }
    };
    let waited = tokio::time::timeout(LONGEST, wait).await;
    let hung = |_| Problem::ToolHung { tool: SERVICE.into(), seconds: LONGEST.as_secs() };
    complete(engine, found, waited.map_err(hung)??).await
}

/// RAUC compares the manifest's hash itself since 1.14. Older ones refuse what they do not know before they do anything, in
/// an error without a name of its own.
async fn begin(engine: &Rauc, found: &Found) -> Result<(), Problem> {
    let proxy = look::proxy(engine).await?;
    let exactly = HashMap::from([("require-manifest-hash", Value::from(found.bundle.hash.as_str()))]);
    let asked = within(SERVICE, engine.patience, proxy.install_bundle(&found.path, exactly)).await;
    let Err(refusal) = asked else { return Ok(()) };
    if !matches!(refusal, Refusal::Said { .. }) {
        return Err(refusal.into());
    }
    if look::service(engine).await?.busy {
        return Err(Problem::BusyElsewhere);
    }
    let asked = within(SERVICE, engine.patience, proxy.install_bundle(&found.path, HashMap::new())).await;
    Ok(asked?)
}

/// Believes nothing but what is in the slots afterwards.
async fn complete(engine: &Rauc, found: &Found, last_error: String) -> Result<(), Problem> {
    let look = look::read(engine).await?;
    let running = look.running()?;
    let failed = || Problem::EngineFailed { detail: last_error.clone() };
    let filled = look.bootable().find(|slot| {
        slot.name != running.name && slot.hash.as_ref() == Some(&found.bundle.hash) && !look.incomplete(slot)
    });
    let next = look.next()?;
    match filled {
        Some(filled) if filled.name == next.name => Ok(()),
        // A system can be set up so that whoever installs has to choose the slot, too.
        Some(filled) if last_error.is_empty() => run::activate(engine, &filled.name).await,
        _ if next.name != running.name => Err(undone(engine, &look).await),
        _ => Err(failed()),
    }
}

/// The file was exchanged in the last moment: something else was installed than what was looked at.
async fn undone(engine: &Rauc, look: &Look) -> Problem {
    let running = match look.running() {
        Ok(running) => running.name.clone(),
        Err(problem) => return problem,
    };
    match run::activate(engine, &running).await {
        Ok(()) => Problem::PlanOutdated,
        Err(problem) => problem,
    }
}

/// While it lives, what is installed is ours.
struct Own<'a>(&'a Rauc);

impl<'a> Own<'a> {
    fn begin(engine: &'a Rauc) -> Self {
        engine.working.store(true, Ordering::Relaxed);
        Self(engine)
    }
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        self.0.working.store(false, Ordering::Relaxed);
    }
}
