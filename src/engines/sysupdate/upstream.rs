//! The service where the system has it, the program where it does not. Both answer the same.

use super::answer::Described;
use super::program::Program;
use super::service::Service;
use cairn_jobs::Context;
use cairn_model::{Extra, ExtraId, Problem};

#[derive(Debug)]
pub(super) enum Upstream {
    Service(Service),
    Program(Program),
}

impl Upstream {
    /// What lies here, whole or not, the newest first.
    pub(super) async fn here(&self) -> Result<Vec<Described>, Problem> {
        match self {
            Self::Service(service) => service.here().await,
            Self::Program(program) => program.here().await,
        }
    }

    /// Every version that lies here or is on offer.
    pub(super) async fn known(&self) -> Result<Vec<String>, Problem> {
        match self {
            Self::Service(service) => service.known().await,
            Self::Program(program) => program.known().await,
        }
    }

    /// The newest version on offer that is not here.
    pub(super) async fn new_on_offer(&self, ctx: &Context) -> Result<Option<String>, Problem> {
        match self {
            Self::Service(service) => tokio::select! {
                biased;
                _ = ctx.cancel.cancelled() => Err(Problem::Cancelled),
                answer = service.new_on_offer() => answer,
            },
            Self::Program(program) => program.new_on_offer(ctx).await,
        }
    }

    /// Whether somebody else changes something. The program leaves no trace of it.
    pub(super) async fn is_busy(&self) -> Result<bool, Problem> {
        match self {
            Self::Service(service) => service.is_busy().await,
            Self::Program(_) => Ok(false),
        }
    }

    /// Fetches that very version and puts it in place.
    pub(super) async fn update(&self, version: &str, ctx: &Context) -> Result<(), Problem> {
        match self {
            Self::Service(service) => service.update(version, ctx).await,
            Self::Program(program) => program.update(version, ctx).await,
        }
    }

    /// The makers' features. Through the program they can only be looked at: nothing that a machine can read tells
    /// whether it is new enough to change them.
    pub(super) async fn features(&self) -> Result<Vec<Extra>, Problem> {
        match self {
            Self::Service(service) => service.features().await,
            Self::Program(program) => program.features().await,
        }
    }

    pub(super) async fn feature(&self, id: &ExtraId) -> Result<Extra, Problem> {
        match self {
            Self::Service(service) => service.feature(id).await,
            Self::Program(program) => program.feature(id).await,
        }
    }

    pub(super) async fn set_feature(&self, id: &ExtraId, enabled: bool) -> Result<(), Problem> {
        match self {
            Self::Service(service) => service.set_feature(id, enabled).await,
            Self::Program(_) => Err(Problem::NotSupported { what: id.to_string() }),
        }
    }

    /// Removes the oldest versions beyond what may be kept.
    pub(super) async fn vacuum(&self, ctx: &Context) -> Result<(), Problem> {
        match self {
            Self::Service(service) => service.vacuum().await,
            Self::Program(program) => program.vacuum(ctx).await,
        }
    }
}
