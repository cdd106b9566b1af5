//! What versions cost on disk, where quotas are switched on.

use super::service::{Disk, Service};
use super::{answer::SNAPPER, failure};
use crate::Usage;
use crate::bus::within;
use cairn_jobs::Context;
use cairn_model::{Deployment, Problem};
use std::time::Duration;

/// The file system may have to bring its numbers up to date.
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) async fn read(service: &Service, shown: &[Deployment], ctx: &Context) -> Result<Usage, Problem> {
    let Disk { config, .. } = service.read().await?;
    let proxy = service.proxy().await?;
    within(SNAPPER, PATIENCE, proxy.calculate_used_space(&config)).await.map_err(failure::of)?;
    let (_, total) = service.ask(proxy.query_quota(&config)).await?;
    let mut usage = Usage { total, ..Usage::default() };
    for version in shown {
        ctx.checkpoint()?;
        // Number 0 is all that is not in a snapshot.
        if let Some(number) = version.id.as_str().parse().ok().filter(|number| *number != 0) {
            let bytes = service.ask(proxy.get_used_space(&config, number)).await?;
            usage.unique.insert(version.id.clone(), bytes);
        }
    }
    Ok(usage)
}
