//! One update, from its start to its end. The service does the work; what is shown is what its properties say.

use super::answer::{Atomupd, State};
use super::hold::Hold;
use super::images::Images;
use super::look::{self, Look};
use super::proxy::{self, Atomupd1Proxy, SERVICE};
use super::{Steamos, boot, failure, follow, left};
use crate::bus::{Refusal, within};
use cairn_jobs::Context;
use cairn_model::{Problem, text};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// Lets the service install that build and waits for the end.
pub(super) async fn run(engine: &Steamos, before: &Look, build: &str, ctx: &Context) -> Result<(), Problem> {
    ctx.checkpoint()?;
    noted(engine, before)?;
    let _own = Own::begin(engine);
    install(engine, build, ctx).await?;
    complete(engine, build).await
}

/// From the first moment the other slot is no longer what it was.
fn noted(engine: &Steamos, before: &Look) -> Result<(), Problem> {
    let Some(slots) = &before.slots else { return Ok(()) };
    let mut images = Images::read(engine);
    images.note(&slots.this, &before.running, slots.this_config);
    if let Some(other) = &slots.other {
        images.forget(&other.image);
    }
    images.write(engine)
}

async fn install(engine: &Steamos, build: &str, ctx: &Context) -> Result<(), Problem> {
    let connection = engine.bus.connect().await?;
    let proxy =
        within(SERVICE, engine.patience, Atomupd1Proxy::new(&connection)).await.map_err(failure::of)?;
    let changes = engine.bus.signals(proxy::changes()?);
    if let Err(refusal) = begin(engine, &proxy, build).await {
        return Err(not_started(engine, refusal).await);
    }
    let end = accompany(engine, &proxy, build, changes, ctx).await;
    if end.is_err() {
        give_up(engine, &proxy, build).await;
    }
    end
}

async fn begin(engine: &Steamos, proxy: &Atomupd1Proxy<'_>, build: &str) -> Result<(), Refusal> {
    if left::take_over(engine, proxy, build).await? {
        return Ok(());
    }
    within(SERVICE, engine.patience, proxy.start_update(build)).await
}

/// Shows how far it is and passes on what the person asks for, until it has ended.
async fn accompany(
    engine: &Steamos,
    proxy: &Atomupd1Proxy<'_>,
    build: &str,
    mut changes: BoxStream<'static, ()>,
    ctx: &Context,
) -> Result<(), Problem> {
    let (mut stopping, mut listening, mut hold) = (false, true, Hold::of(ctx));
    let mut limit = Limit::new(engine.longest);
    loop {
        let now = look::service(engine).await?;
        follow::show(&now, engine.host.clock.now(), ctx);
        if let Some(end) = ended(&now, build, stopping) {
            return end;
        }
        limit.look(now.state)?;
        if !stopping {
            hold.carry_out(engine, proxy, now.state).await;
        }
        tokio::select! {
            change = changes.next(), if listening => listening = change.is_some(),
            () = tokio::time::sleep(follow::GLANCE) => {}
            () = hold.asked(), if !stopping => {}
            _ = ctx.cancel.cancelled(), if !stopping => {
                stopping = true;
                // It may have come to its end in the meantime, which the properties tell.
                let _ = within(SERVICE, engine.patience, proxy.cancel_update()).await;
            }
        }
    }
}

/// What this job began must neither go on nor stay held once nobody looks after it.
async fn give_up(engine: &Steamos, proxy: &Atomupd1Proxy<'_>, build: &str) {
    let going = |now: Atomupd| {
        let ours = now.update.is_some_and(|update| update.id == build);
        ours && (now.state.is_busy() || now.state == State::Paused)
    };
    // Where nobody can tell, it was ours when somebody last could.
    if look::service(engine).await.map_or(true, going) {
        let _ = within(SERVICE, engine.patience, proxy.cancel_update()).await;
    }
}

/// How long it may take. The clock stands still while it is held.
struct Limit {
    left: Duration,
    longest: Duration,
    since: Instant,
    held: bool,
}

impl Limit {
    fn new(longest: Duration) -> Self {
        Self { left: longest, longest, since: Instant::now(), held: false }
    }

    /// Counts the time since the last look as what that look saw.
    fn look(&mut self, now: State) -> Result<(), Problem> {
        let passed = self.since.elapsed();
        self.since = Instant::now();
        let held = std::mem::replace(&mut self.held, now == State::Paused);
        if !held {
            self.left = self.left.saturating_sub(passed);
        }
        if self.left.is_zero() {
            return Err(Problem::ToolHung { tool: SERVICE.into(), seconds: self.longest.as_secs() });
        }
        Ok(())
    }
}

/// Whoever was faster is at work now.
async fn not_started(engine: &Steamos, refusal: Refusal) -> Problem {
    match look::service(engine).await {
        Ok(now) if now.state.is_busy() || now.state == State::Paused => Problem::BusyElsewhere,
        _ => failure::of(refusal),
    }
}

fn ended(now: &Atomupd, build: &str, stopping: bool) -> Option<Result<(), Problem>> {
    if now.update.as_ref().is_some_and(|update| update.id != build) {
        return Some(Err(Problem::BusyElsewhere));
    }
    match now.state {
        State::InProgress | State::Paused => None,
        State::Successful => Some(Ok(())),
        State::Cancelled => Some(Err(Problem::Cancelled)),
        State::Failed if stopping => Some(Err(Problem::Cancelled)),
        State::Failed => Some(Err(failed(now))),
        // A service that was started anew knows nothing of what it did before.
        State::Idle => Some(Err(Problem::Interrupted { step: "stage".into() })),
        State::Unknown => {
            Some(Err(Problem::BadAnswer { tool: SERVICE.into(), detail: "an unknown UpdateStatus".into() }))
        }
    }
}

fn failed(now: &Atomupd) -> Problem {
    failure::named(&text::line(&now.failure), &now.failure_words)
}

/// Believes nothing but what is there afterwards.
async fn complete(engine: &Steamos, build: &str) -> Result<(), Problem> {
    let after = look::read(engine).await?;
    let pending = after.pending().filter(|pending| pending.id == build);
    let pending = pending.ok_or_else(|| failed_after("the build does not wait for the restart"))?;
    let Some(slots) = &after.slots else { return Ok(()) };
    let Some(other) = slots.other.as_ref().filter(|other| other.image == slots.selected) else {
        return Err(failed_after("the slot with the new build does not start next"));
    };
    let mut images = Images::read(engine);
    images.note(&other.image, pending, boot::config(engine, &other.image)?);
    images.write(engine)
}

fn failed_after(words: &str) -> Problem {
    Problem::EngineFailed { detail: words.into() }
}

/// While it lives, the update that runs is ours.
struct Own<'a>(&'a Steamos);

impl<'a> Own<'a> {
    fn begin(engine: &'a Steamos) -> Self {
        engine.working.store(true, Ordering::Relaxed);
        Self(engine)
    }
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        self.0.working.store(false, Ordering::Relaxed);
    }
}
