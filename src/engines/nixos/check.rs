//! What the origin offers: its newest sources, and the system that this machine's configuration makes of them. The
//! sources are fetched and evaluated, nothing is built.

use super::nix::Nix;
use super::system::System;
use super::{Nixos, offer, status};
use cairn_jobs::Context;
use cairn_model::job::Stage;
use cairn_model::{Problem, Update, Verification};

pub(super) async fn run(engine: &Nixos, ctx: &Context) -> Result<Option<Update>, Problem> {
    let origin = engine.origin().ok_or(Problem::NoOrigin { detail: String::new() })?;
    ctx.progress.begin(Stage::Checking, 1.0);
    let (sources, system) = offer::ask(&Nix::stoppable(engine, ctx), &origin).await?;
    let versions = status::versions(engine)?;
    let running = versions.iter().find(|v| v.deployment.running).ok_or(Problem::NotAtomic)?;
    let build = System { host: &engine.host, path: &running.path }.build();
    // The same sources are no update, also where the configuration was edited since: that is the person's to build.
    if running.path == system.system || build.as_ref() == Some(&system.version) {
        return Ok(None);
    }
    offer::remember(engine, &origin, &system, sources)?;
    let checksum = system.system.hash().to_owned();
    let next = versions.iter().find(|v| v.deployment.next);
    Ok(Some(Update {
        version: system.label,
        origin: origin.word(),
        // The sources are older than any system that was made here since, so that their age says nothing.
        timestamp: None,
        download: None,
        installed: None,
        changes: None,
        verification: Verification::Unknown,
        older: false,
        skipped: false,
        staged: next.is_some_and(|v| v.path.hash() == checksum),
        downloaded: false,
        checksum,
    }))
}
