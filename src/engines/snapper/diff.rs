//! Which files differ between two snapshots.

use super::answer::{SNAPPER, unescape};
use super::failure;
use super::service::Service;
use crate::bus::within;
use cairn_host::Host;
use cairn_model::change::{ChangeKind, Changes, FileChange};
use cairn_model::{DeploymentId, Problem, text};
use std::time::Duration;

/// snapperd walks through both trees.
const PATIENCE: Duration = Duration::from_secs(600);
/// A longer list might not fit into one message, for which the bus would throw snapperd out.
const LIST: u32 = 100_000;
/// snapper: snapper/File.h, `StatusFlags`.
const CREATED: u32 = 1;
const DELETED: u32 = 2;

pub(crate) async fn files(
    service: &Service,
    host: &Host,
    from: &DeploymentId,
    to: &DeploymentId,
) -> Result<Changes, Problem> {
    let disk = service.read().await?;
    let (from, to) = (disk.named(from)?.number, disk.named(to)?.number);
    if from == to {
        return Ok(Changes::default());
    }
    // snapperd deletes no snapshot while somebody compares; what is cut off here ends with its connection.
    let own = service.apart(host);
    let proxy = own.proxy().await?;
    let made = within(SNAPPER, PATIENCE, proxy.create_comparison(&disk.config, from, to)).await;
    let count = made.map_err(failure::of)?;
    let list =
        if count <= LIST { own.ask(proxy.get_files(&disk.config, from, to)).await } else { Ok(Vec::new()) };
    own.ask(proxy.delete_comparison(&disk.config, from, to)).await?;
    Ok(changes(list?, count))
}

fn changes(list: Vec<(String, u32)>, count: u32) -> Changes {
    let change = |(path, bits): (String, u32)| FileChange {
        path: text::line(&unescape(&path)),
        kind: match bits & (CREATED | DELETED) {
            CREATED => ChangeKind::Added,
            DELETED => ChangeKind::Removed,
            _ => ChangeKind::Modified,
        },
    };
    Changes {
        file_count: u64::from(count),
        files: list.into_iter().take(Changes::MAX_FILES).map(change).collect(),
        ..Changes::default()
    }
}
