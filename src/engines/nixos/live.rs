//! Using the next version without a restart: its own program starts, stops and reloads what differs (`nixos-rebuild switch`).
//!
//! The program may well restart our own service, whose end would take it along. So it runs as a unit of its own, as
//! nixos-rebuild does it, and goes on whatever becomes of us. nixpkgs: pkgs/by-name/ni/nixos-rebuild-ng, `systemd-run`.

use super::status::Version;
use super::{Nixos, activate, generation, status};
use cairn_host::tool::Limits;
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{DeploymentId, Problem, text};
use std::time::Duration;

const RUNNER: &str = "systemd-run";
const PROGRAM: &str = "bin/switch-to-configuration";
/// Stopping and starting services takes as long as each is allowed to.
const SWITCH: Duration = Duration::from_secs(30 * 60);
/// It is in use, and some units did not come up (nixpkgs: switch-to-configuration-ng/src/main.rs).
const UNITS_FAILED: i32 = 4;

/// The version that could be used at once.
pub(super) fn candidate(engine: &Nixos, versions: Vec<Version>) -> Option<Version> {
    engine.host.tool(RUNNER).ok()?;
    let next = versions.into_iter().find(|v| v.deployment.next)?;
    let program = engine.host.exists(&format!("{}/{PROGRAM}", next.path.path()));
    (program && next.deployment.defect.is_none() && !next.deployment.running && !next.live).then_some(next)
}

/// Cannot be stopped: half of the services would be of the one version and half of the other.
pub(super) async fn apply(engine: &Nixos, id: &DeploymentId, ctx: &Context) -> Result<(), Problem> {
    activate::idle(engine)?;
    let next = candidate(engine, status::versions(engine)?).ok_or(Problem::NothingStaged)?;
    if next.deployment.id != *id {
        return Err(Problem::PlanOutdated);
    }
    ctx.checkpoint()?;
    ctx.progress.begin(Stage::Writing, 1.0);
    let program = format!("{}/{PROGRAM}", next.path.path());
    let own = [
        "--collect",
        "--no-ask-password",
        "--pipe",
        "--quiet",
        "--wait",
        "--service-type=exec",
        "--unit=cairn-switch-to-configuration",
        "--",
        &program,
        "switch",
    ];
    let runner = engine.host.tool(RUNNER)?;
    let ended = runner.run(&own, Limits::within(SWITCH), std::future::pending::<()>()).await;
    match ended {
        Ok(_) | Err(Problem::ToolFailed { status: UNITS_FAILED, .. }) => in_use(engine, &next),
        Err(Problem::ToolFailed { detail, .. }) => Err(Problem::EngineFailed { detail }),
        Err(other) => Err(other),
    }
}

/// Whatever was said: what counts is what runs now.
fn in_use(engine: &Nixos, version: &Version) -> Result<(), Problem> {
    if generation::live(&engine.host).as_ref() == Some(&version.path) {
        return Ok(());
    }
    let detail = text::line(&format!("{} does not run", version.deployment.version));
    Err(Problem::EngineFailed { detail })
}
