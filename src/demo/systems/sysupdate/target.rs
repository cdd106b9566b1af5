//! `org.freedesktop.sysupdate1.Target` for the host, in both generations.

use super::SERVICE;
use super::disk::{self, STATE};
use super::job::{self, Kind};
use super::refusal::Refusal;
use super::state::State;
use crate::systems::Stage;
use zbus::Connection;
use zbus::zvariant::OwnedObjectPath;

pub const PATH: &str = "/org/freedesktop/sysupdate1/target/host";
const OFFLINE: u64 = 1;

type Begun = (String, u64, OwnedObjectPath);

/// What both generations have.
#[derive(Clone, Debug)]
pub struct Target {
    stage: Stage,
}

impl Target {
    pub fn new(stage: &Stage) -> Self {
        Self { stage: stage.clone() }
    }

    async fn enter(&self, flags: u64, allowed: u64) -> Result<State, Refusal> {
        self.stage.enter(SERVICE).await?;
        if flags & !allowed != 0 {
            return Err(Refusal::invalid("Invalid flags specified"));
        }
        Ok(self.stage.state(STATE)?)
    }

    async fn list(&self, flags: u64) -> Result<Vec<String>, Refusal> {
        Ok(self.enter(flags, OFFLINE).await?.all(flags == OFFLINE))
    }

    async fn describe(&self, version: &str, flags: u64) -> Result<String, Refusal> {
        let state = self.enter(flags, OFFLINE).await?;
        state.describe(version, flags == OFFLINE).ok_or_else(|| Refusal::failed("Job failed with exit code 1."))
    }

    async fn list_features(&self, flags: u64) -> Result<Vec<String>, Refusal> {
        Ok(self.enter(flags, 0).await?.features.into_keys().collect())
    }

    async fn describe_feature(&self, name: &str, flags: u64) -> Result<String, Refusal> {
        let state = self.enter(flags, 0).await?;
        state.describe_feature(name).ok_or_else(|| Refusal::failed("Job failed with exit code 1."))
    }

    async fn set_feature_enabled(&self, name: &str, enabled: i32, flags: u64) -> Result<(), Refusal> {
        self.enter(flags, 0).await?;
        let found = self.stage.change(STATE, |state: &mut State| {
            let feature = state.features.get_mut(name)?;
            feature.enabled = if feature.stuck { feature.enabled } else { enabled > 0 };
            Some(())
        })?;
        found.ok_or_else(|| Refusal::invalid("The specified feature is invalid"))
    }

    async fn check_new(&self) -> Result<String, Refusal> {
        let state = self.enter(0, 0).await?;
        Ok(state.candidate().map(|image| image.version.clone()).unwrap_or_default())
    }

    async fn vacuum(&self) -> Result<(u32, u32), Refusal> {
        self.enter(0, 0).await?;
        let (removed, state) = self.stage.change(STATE, |state: &mut State| {
            let removed = state.vacuum(state.most);
            (removed, state.clone())
        })?;
        disk::sync(&self.stage, &state)?;
        Ok((removed, 0))
    }

    async fn begin(&self, kind: Kind, version: &str, flags: u64, bus: &Connection) -> Result<Begun, Refusal> {
        let state = self.enter(flags, 0).await?;
        let candidate = || state.candidate().map(|image| image.version.clone());
        let version = if version.is_empty() { candidate().unwrap_or_default() } else { version.into() };
        let Some(image) = state.find(&version) else {
            return Err(if version.is_empty() { Refusal::no_candidate() } else { Refusal::failed("not found") });
        };
        let done = image.installed || (kind == Kind::Acquire && image.pending);
        if done {
            return Err(Refusal::no_candidate());
        }
        if !state.jobs.is_empty() {
            return Err(Refusal::busy());
        }
        let (id, path) = job::begin(&self.stage, bus, kind, &version).await?;
        Ok((version, id, path))
    }
}

#[derive(Debug)]
pub struct Whole(pub Target);

#[zbus::interface(name = "org.freedesktop.sysupdate1.Target")]
impl Whole {
    async fn list(&self, flags: u64) -> Result<Vec<String>, Refusal> {
        self.0.list(flags).await
    }

    async fn describe(&self, version: &str, flags: u64) -> Result<String, Refusal> {
        self.0.describe(version, flags).await
    }

    async fn list_features(&self, flags: u64) -> Result<Vec<String>, Refusal> {
        self.0.list_features(flags).await
    }

    async fn describe_feature(&self, name: &str, flags: u64) -> Result<String, Refusal> {
        self.0.describe_feature(name, flags).await
    }

    async fn set_feature_enabled(&self, name: &str, enabled: i32, flags: u64) -> Result<(), Refusal> {
        self.0.set_feature_enabled(name, enabled, flags).await
    }

    async fn check_new(&self) -> Result<String, Refusal> {
        self.0.check_new().await
    }

    async fn vacuum(&self) -> Result<(u32, u32), Refusal> {
        self.0.vacuum().await
    }

    async fn update(
        &self,
        version: &str,
        flags: u64,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(String, u64, OwnedObjectPath), Refusal> {
        self.0.begin(Kind::Update, version, flags, bus).await
    }
}

#[derive(Debug)]
pub struct Split(pub Target);

#[zbus::interface(name = "org.freedesktop.sysupdate1.Target")]
impl Split {
    async fn list(&self, flags: u64) -> Result<Vec<String>, Refusal> {
        self.0.list(flags).await
    }

    async fn describe(&self, version: &str, flags: u64) -> Result<String, Refusal> {
        self.0.describe(version, flags).await
    }

    async fn list_features(&self, flags: u64) -> Result<Vec<String>, Refusal> {
        self.0.list_features(flags).await
    }

    async fn describe_feature(&self, name: &str, flags: u64) -> Result<String, Refusal> {
        self.0.describe_feature(name, flags).await
    }

    async fn set_feature_enabled(&self, name: &str, enabled: i32, flags: u64) -> Result<(), Refusal> {
        self.0.set_feature_enabled(name, enabled, flags).await
    }

    async fn check_new(&self) -> Result<String, Refusal> {
        self.0.check_new().await
    }

    async fn vacuum(&self) -> Result<(u32, u32), Refusal> {
        self.0.vacuum().await
    }

    async fn acquire(
        &self,
        version: &str,
        flags: u64,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(String, u64, OwnedObjectPath), Refusal> {
        self.0.begin(Kind::Acquire, version, flags, bus).await
    }

    async fn install(
        &self,
        version: &str,
        flags: u64,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(String, u64, OwnedObjectPath), Refusal> {
        self.0.begin(Kind::Install, version, flags, bus).await
    }
}
