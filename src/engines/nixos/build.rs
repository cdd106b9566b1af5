//! Building a system, which changes nothing but the store.

use super::answer::Evaluated;
use super::event::Meter;
use super::nix::Nix;
use super::store::StorePath;
use super::{Nixos, failure};
use cairn_jobs::{Context, ProgressSink};
use cairn_model::Problem;
use cairn_model::job::Stage;

/// Of the whole job; the rest is left for evaluating before and the boot menu after.
const DOWNLOADING: f64 = 0.6;
const BUILDING: f64 = 0.25;
/// Holds what was built until it has a number of its own.
const ROOT: &str = "/nix/var/nix/gcroots/cairn/built";

pub(super) async fn run(engine: &Nixos, system: &Evaluated, ctx: &Context) -> Result<StorePath, Problem> {
    let mut tell = Tell { progress: &ctx.progress, meter: Meter::default(), building: false };
    ctx.progress.begin(Stage::Downloading, DOWNLOADING);
    let nix = Nix::stoppable(engine, ctx);
    nix.build(&system.derivation, ROOT, |line| tell.hear(line)).await.map_err(failure::building)?;
    tell.build();
    if !engine.host.exists(&system.system.path()) {
        return Err(Problem::EngineFailed { detail: format!("{} was not built", system.system.name()) });
    }
    Ok(system.system.clone())
}

/// What was built has a number, or nobody wants it any more.
pub(super) fn let_go(engine: &Nixos) {
    // A root too many costs room until the next build, nothing else.
    let _ = engine.host.remove(ROOT);
}

struct Tell<'a> {
    progress: &'a ProgressSink,
    meter: Meter,
    building: bool,
}

impl Tell<'_> {
    fn hear(&mut self, line: &str) {
        if !self.meter.hear(line) {
            return;
        }
        let work = self.meter.work();
        if !self.building && work.bytes_expected > 0 {
            self.progress.bytes(work.bytes, Some(work.bytes_expected));
        }
        if work.paths >= work.paths_expected && (work.builds > 0 || work.builds_running > 0) {
            self.build();
        }
        if self.building && work.builds_expected > 0 {
            #[allow(clippy::cast_precision_loss)]
            self.progress.part(work.builds as f64 / work.builds_expected as f64);
        }
    }

    fn build(&mut self) {
        if !std::mem::replace(&mut self.building, true) {
            self.progress.begin(Stage::Deploying, BUILDING);
        }
    }
}
