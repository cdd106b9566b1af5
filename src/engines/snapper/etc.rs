//! What stays behind when another snapshot starts: each has an /etc of its own.

use super::service::Disk;
use cairn_host::{Host, compare};
use cairn_model::plan::Warning;
use cairn_model::{DeploymentId, Problem};

/// More changed files than this are "many".
const MOST: usize = 1000;

/// Warns of files below /etc that are otherwise in that version than in what runs.
pub(crate) async fn stays(
    host: &Host,
    disk: &Disk,
    target: &DeploymentId,
) -> Result<Option<Warning>, Problem> {
    let number = disk.named(target)?.number;
    let there = host.path(&format!("/.snapshots/{number}/snapshot/etc"));
    if number == disk.active || !there.is_dir() {
        return Ok(None);
    }
    let here = host.path("/etc");
    let compared = tokio::task::spawn_blocking(move || compare::directories(&there, &here, MOST).len()).await;
    let count = compared.map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    Ok((count > 0).then_some(Warning::EtcChangesStay { count }))
}
