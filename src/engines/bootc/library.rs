//! libostree below bootc. Its versions are deployments like any others, so what bootc has no command for is done there.

use crate::ostree::Ostree;
use crate::{Engine, Usage};
use cairn_host::Host;
use cairn_jobs::Context;
use cairn_model::{Plan, Problem, Step, SystemStatus};

/// Without it there is no repository (ostree: docs/repo.md).
const REPOSITORY: &str = "/ostree/repo/config";

#[derive(Clone, Debug)]
pub(super) struct Library {
    host: Host,
    ostree: Ostree,
}

impl Library {
    pub(super) fn new(host: &Host) -> Self {
        Self { host: host.clone(), ostree: Ostree::new(host.clone()) }
    }

    pub(super) fn is_here(&self) -> bool {
        self.host.exists(REPOSITORY)
    }

    /// True while somebody holds the lock that bootc takes, too.
    pub(super) async fn is_busy(&self) -> bool {
        self.is_here() && self.ostree.is_busy().await
    }

    /// Ids are spelled alike, and libostree looks again at what it is told.
    pub(super) async fn run(&self, step: &Step, ctx: &Context) -> Result<(), Problem> {
        self.ostree.run(step, ctx).await
    }

    /// Each version has an /etc of its own.
    pub(super) async fn warn_of_edits(&self, plan: &mut Plan, status: &SystemStatus) {
        self.ostree.warn_of_edits(plan, status).await;
    }

    pub(super) async fn usage(&self, ctx: &Context) -> Result<Usage, Problem> {
        self.ostree.usage(ctx).await
    }
}
