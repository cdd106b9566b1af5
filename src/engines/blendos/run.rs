//! Doing one step. Whatever a plan promised is looked at again here.
//!
//! Once akshara runs it is left to its end: it moves the new kernel into place before it is done, and early boot takes what
//! it finds.

use super::disk::{Content, Moment};
use super::memory::{self, Build, Undo};
use super::{Blendos, PROGRAM, answer, check, disk, edit, packages, room, targets};
use cairn_host::clock;
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{PackageDelta, Problem, Step, TargetId, text};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) async fn step(engine: &Blendos, step: &Step, ctx: &Context) -> Result<(), Problem> {
    match step {
        Step::Stage { origin, checksum } => stage(engine, origin, checksum, ctx).await,
        Step::Packages { delta, .. } => {
            begin(engine, ctx)?;
            let text = disk::text(engine)?;
            packages::fits(engine, &answer::system(&text)?, delta)?;
            configured(engine, &text, &changed(&text, delta)?, ctx).await
        }
        Step::Rebase { target } => rebase(engine, target, ctx).await,
        _ => Err(Problem::NotSupported { what: "step".into() }),
    }
}

fn changed(text: &str, delta: &PackageDelta) -> Result<String, Problem> {
    if delta.exclude.is_empty() && delta.reset.is_empty() {
        return edit::packages(text, delta);
    }
    Err(Problem::NotSupported { what: "change-packages".into() })
}

/// Looks whether anything may be built, and tidies up after a change that was cut off.
fn begin(engine: &Blendos, ctx: &Context) -> Result<(), Problem> {
    ctx.checkpoint()?;
    disk::free(engine)?;
    put_back(engine)?;
    room::enough(engine).map(|_| ())
}

async fn stage(engine: &Blendos, origin: &str, checksum: &str, ctx: &Context) -> Result<(), Problem> {
    begin(engine, ctx)?;
    let day = check::day(checksum).ok_or(Problem::PlanOutdated)?;
    let same =
        disk::system(engine)?.origin().as_deref() == Some(origin) && disk::request(engine, day)? == checksum;
    if !same {
        return Err(Problem::PlanOutdated);
    }
    build(engine, ctx).await?;
    let made = engine.host.clock.now();
    let build = Build { version: day.to_owned(), checksum: checksum.to_owned(), made };
    note(engine, build)
}

async fn rebase(engine: &Blendos, target: &TargetId, ctx: &Context) -> Result<(), Problem> {
    begin(engine, ctx)?;
    let target = targets::other(engine, target)?;
    let text = disk::text(engine)?;
    configured(engine, &text, &edit::track(&text, target.id.as_str())?, ctx).await
}

/// Builds from another configuration, and keeps that only if a system came of it.
async fn configured(engine: &Blendos, old: &str, new: &str, ctx: &Context) -> Result<(), Problem> {
    let undo = Undo { running: Content::running(engine).digest, text: old.to_owned() };
    memory::change(engine, |memory| memory.undo = Some(undo))?;
    let written = engine.host.write(disk::SYSTEM, new);
    let done = match written {
        Ok(()) => build(engine, ctx).await,
        Err(error) => {
            Err(Problem::EngineFailed { detail: text::line(&format!("{}: {error}", disk::SYSTEM)) })
        }
    };
    if let Err(problem) = done {
        put_back(engine)?;
        return Err(problem);
    }
    memory::change(engine, |memory| memory.undo = None)?;
    let made = engine.host.clock.now();
    note(engine, Build { version: clock::day(made), checksum: Content::next(engine).digest, made })
}

/// Puts `/system.yaml` back as it was before a change that no system came of.
fn put_back(engine: &Blendos) -> Result<(), Problem> {
    let Some(undo) = memory::read(engine).undo else { return Ok(()) };
    let made = Moment::look(engine).next || Content::running(engine).digest != undo.running;
    if !made {
        let written = engine.host.write(disk::SYSTEM, &undo.text);
        written
            .map_err(|e| Problem::EngineFailed { detail: text::line(&format!("{}: {e}", disk::SYSTEM)) })?;
    }
    memory::change(engine, |memory| memory.undo = None)
}

async fn build(engine: &Blendos, ctx: &Context) -> Result<(), Problem> {
    let _working = Working::begin(engine);
    let tool = engine.host.tool(PROGRAM)?;
    ctx.progress.begin(Stage::Deploying, 1.0);
    let ended = tool.outcome(&["update"], Limits::within(engine.patience), pending::<()>()).await;
    if Moment::look(engine).ready() {
        return Ok(());
    }
    match tool.refused(&ended?) {
        // akshara is content although nothing came of it.
        Problem::ToolFailed { status: 0, detail, .. } => Err(Problem::EngineFailed { detail }),
        other => Err(other),
    }
}

/// Remembers what the system that waits was made as.
fn note(engine: &Blendos, build: Build) -> Result<(), Problem> {
    let digest = Content::next(engine).digest;
    let noted = memory::change(engine, |memory| {
        memory.builds.insert(digest, build);
    });
    // It is there and starts next, under the name of its day.
    if let Err(problem) = noted {
        tracing::warn!("{}", problem.detail().unwrap_or_default());
    }
    Ok(())
}

/// akshara runs for us until this is dropped.
#[derive(Debug)]
struct Working(Arc<AtomicBool>);

impl Working {
    fn begin(engine: &Blendos) -> Self {
        engine.working.store(true, Ordering::SeqCst);
        Self(Arc::clone(&engine.working))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}
