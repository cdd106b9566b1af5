//! What lies in the folder for bundles.

use super::answer::Bundle;
use super::configuration::Configuration;
use super::{Rauc, bundles, look, status};
use crate::packages;
use cairn_jobs::Context;
use cairn_model::{Deployment, Problem, Update, Verification, text};
use std::cmp::Ordering;

/// The newest bundle for this system, if it is newer than what runs: older ones stay in the folder and are no offer.
pub(super) async fn run(engine: &Rauc, ctx: &Context) -> Result<Option<Update>, Problem> {
    let look = look::read(engine).await?;
    if look.service.busy {
        return Err(Problem::BusyElsewhere);
    }
    let deployments = status::deployments(engine, &look)?;
    let running = deployments.iter().find(|d| d.running).ok_or(Problem::NotAtomic)?;
    let (found, problem) = bundles::list(engine, ctx).await?;
    let Some(newest) = found.into_iter().next() else {
        return problem.map_or(Ok(None), Err);
    };
    if !brings(&newest.bundle, running) {
        return Ok(None);
    }
    let staged = deployments.iter().any(|d| d.next && d.checksum == newest.bundle.hash);
    Ok(Some(update(engine, newest.bundle, &look.service.compatible, staged)))
}

/// A slot that RAUC did not fill has no hash that could be compared.
fn brings(bundle: &Bundle, running: &Deployment) -> bool {
    match packages::order(&bundle.version, &running.version) {
        Ordering::Greater => true,
        Ordering::Equal => running.checksum != bundle.hash && !running.checksum.starts_with("slot-"),
        Ordering::Less => false,
    }
}

fn update(engine: &Rauc, bundle: Bundle, compatible: &str, staged: bool) -> Update {
    // The service tells nothing of a bundle with a signature that these keys did not make.
    let verification = match Configuration::read(&engine.host).keyring {
        Some(keyring) => Verification::Signed { key: keyring, signer: String::new() },
        None => Verification::Unknown,
    };
    let version =
        if bundle.version.is_empty() { bundle.hash.chars().take(12).collect() } else { bundle.version };
    Update {
        version,
        checksum: bundle.hash,
        origin: text::line(compatible),
        timestamp: None,
        download: None,
        installed: Some(bundle.size).filter(|size| *size > 0),
        changes: None,
        verification,
        older: false,
        skipped: false,
        staged,
        // Whoever put the bundle into the folder has fetched it.
        downloaded: !staged,
    }
}
