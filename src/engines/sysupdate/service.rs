//! Asking the service. One call, one answer; what takes long is in `job`.

use super::answer::{self, Described};
use super::failure::{self, SERVICE};
use super::feature;
use super::proxy::{ManagerProxy, TargetProxy};
use crate::bus::{Bus, within};
use cairn_model::{Extra, ExtraId, Problem};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use zbus::Connection;
use zbus::fdo::IntrospectableProxy;
use zbus::proxy::CacheProperties;

/// The class of the target that is the system itself.
const HOST: &str = "host";
/// The flag for "what lies here only".
pub(super) const OFFLINE: u64 = 1;
/// Jobs that change nothing; a kind that is not known may change something.
const READING: [&str; 5] = ["list", "describe", "check-new", "describe-feature", "list-features"];

#[derive(Clone, Debug)]
pub(super) struct Service {
    pub(super) bus: Bus,
    pub(super) patience: Duration,
    /// The longest time that an update may take.
    pub(super) long: Duration,
    /// The number of the job that this engine itself waits for; 0 for none.
    pub(super) own: Arc<AtomicU64>,
}

impl Service {
    /// What lies here, whole or not, the newest first.
    pub(super) async fn here(&self) -> Result<Vec<Described>, Problem> {
        let target = self.target(&self.bus.connect().await?).await?;
        let mut here = Vec::new();
        for version in answer::versions(self.ask(target.list(OFFLINE)).await?)? {
            let json = self.ask(target.describe(&version, OFFLINE)).await?;
            here.push(answer::described(&version, &json)?);
        }
        here.retain(Described::is_here);
        Ok(here)
    }

    /// Every version that lies here or is on offer.
    pub(super) async fn known(&self) -> Result<Vec<String>, Problem> {
        let target = self.target(&self.bus.connect().await?).await?;
        answer::versions(self.ask(target.list(0)).await?)
    }

    pub(super) async fn new_on_offer(&self) -> Result<Option<String>, Problem> {
        let target = self.target(&self.bus.connect().await?).await?;
        answer::offered(self.ask(target.check_new()).await?)
    }

    pub(super) async fn features(&self) -> Result<Vec<Extra>, Problem> {
        let target = self.target(&self.bus.connect().await?).await?;
        let mut features = Vec::new();
        for id in feature::names(self.ask(target.list_features(0)).await?)? {
            let json = self.ask(target.describe_feature(id.as_str(), 0)).await?;
            features.push(feature::described(&id, &json, true)?);
        }
        Ok(features)
    }

    pub(super) async fn feature(&self, id: &ExtraId) -> Result<Extra, Problem> {
        let target = self.target(&self.bus.connect().await?).await?;
        feature::described(id, &self.ask(target.describe_feature(id.as_str(), 0)).await?, true)
    }

    pub(super) async fn set_feature(&self, id: &ExtraId, enabled: bool) -> Result<(), Problem> {
        let target = self.target(&self.bus.connect().await?).await?;
        self.ask(target.set_feature_enabled(id.as_str(), i32::from(enabled), 0)).await
    }

    /// Whether somebody else changes something.
    pub(super) async fn is_busy(&self) -> Result<bool, Problem> {
        let manager = self.manager(&self.bus.connect().await?).await?;
        let jobs = self.ask(manager.list_jobs()).await?;
        let own = self.own.load(Ordering::Relaxed);
        Ok(jobs.iter().any(|(id, kind, ..)| *id != own && !READING.contains(&kind.as_str())))
    }

    /// Whether fetching and putting in place are two calls, as in 260 and newer.
    pub(super) async fn is_split(&self, connection: &Connection, target: &TargetProxy<'_>) -> Result<bool, Problem> {
        let path = target.inner().path().to_owned();
        let asked = IntrospectableProxy::builder(connection)
            .destination(SERVICE)
            .and_then(|builder| builder.path(path))
            .map(|builder| builder.cache_properties(CacheProperties::No).build());
        let proxy = self.ask(async { asked?.await }).await?;
        let xml = self.ask(async { proxy.introspect().await.map_err(zbus::Error::from) }).await?;
        Ok(xml.contains("<method name=\"Acquire\""))
    }

    pub(super) async fn manager(&self, connection: &Connection) -> Result<ManagerProxy<'static>, Problem> {
        self.ask(ManagerProxy::builder(connection).cache_properties(CacheProperties::No).build()).await
    }

    pub(super) async fn target(&self, connection: &Connection) -> Result<TargetProxy<'static>, Problem> {
        let all = self.ask(self.manager(connection).await?.list_targets()).await?;
        let host = all.into_iter().find(|(class, ..)| class == HOST);
        let none = || Problem::BadAnswer { tool: SERVICE.into(), detail: "no target is the host".into() };
        let (_, _, path) = host.ok_or_else(none)?;
        let proxy = TargetProxy::builder(connection)
            .path(path)
            .map(|builder| builder.cache_properties(CacheProperties::No).build());
        self.ask(async { proxy?.await }).await
    }

    pub(super) async fn ask<T>(&self, call: impl Future<Output = zbus::Result<T>>) -> Result<T, Problem> {
        within(SERVICE, self.patience, call).await.map_err(failure::of)
    }
}
