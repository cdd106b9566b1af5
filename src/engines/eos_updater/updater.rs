//! Asking the updater, and waiting until it has done what it was asked for.

use super::answer::{self, SERVICE, Told};
use super::failure;
use super::proxy::UpdaterProxy;
use crate::bus::{Bus, within};
use cairn_jobs::Context;
use cairn_model::Problem;
use futures_util::StreamExt;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use zbus::fdo::PropertiesProxy;
use zbus::names::InterfaceName;
use zbus::proxy::CacheProperties;

const PATH: &str = "/com/endlessm/Updater";
/// How often its progress is asked for.
const LOOK: Duration = Duration::from_millis(200);
/// A whole system over a slow line.
const LONG: Duration = Duration::from_secs(6 * 3600);

/// What it can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Poll,
    Fetch,
    Apply,
}

#[derive(Clone, Debug)]
pub(super) struct Updater {
    pub(super) bus: Bus,
    pub(super) patience: Duration,
}

impl Updater {
    /// Everything that it says of itself now.
    pub(super) async fn told(&self) -> Result<Told, Problem> {
        let connection = self.bus.connect().await?;
        let proxy = async {
            let builder = PropertiesProxy::builder(&connection).destination(SERVICE)?.path(PATH)?;
            let proxy = builder.cache_properties(CacheProperties::No).build().await?;
            let name = InterfaceName::from_static_str_unchecked(SERVICE);
            proxy.get_all(name).await.map_err(zbus::Error::from)
        };
        answer::told(&self.ask(proxy).await?)
    }

    /// The same once it is not busy with finding its own state or with looking for an update.
    pub(super) async fn settled(&self, ctx: &Context) -> Result<Told, Problem> {
        let told = self.told().await?;
        if !told.state.is_moving() || told.state.is_changing() {
            return Ok(told);
        }
        let wait = async {
            loop {
                sleep(LOOK).await;
                let told = self.told().await?;
                if !told.state.is_moving() || told.state.is_changing() {
                    return Ok(told);
                }
            }
        };
        tokio::select! {
            biased;
            _ = ctx.cancel.cancelled() => Err(Problem::Cancelled),
            told = wait => told,
            () = sleep(self.patience) => Err(self.hung(self.patience)),
        }
    }

    /// Lets it do that and gives what it says afterwards.
    ///
    /// # Errors
    /// [`Problem::Cancelled`]; else the error that it stopped with.
    pub(super) async fn work(&self, work: Work, ctx: &Context) -> Result<Told, Problem> {
        ctx.checkpoint()?;
        let connection = self.bus.connect().await?;
        let proxy = UpdaterProxy::builder(&connection).cache_properties(CacheProperties::No).build();
        let proxy = self.ask(proxy).await?;
        // Before it is asked for anything, so that no change is missed.
        let mut changes = self.ask(proxy.receive_state_changed()).await?;
        match work {
            Work::Poll => self.ask(proxy.poll()).await?,
            Work::Fetch => self.ask(proxy.fetch_full([("force", true.into())].into())).await?,
            Work::Apply => self.ask(proxy.apply()).await?,
        }
        let mut stopped = false;
        let mut limit = pin!(sleep(if work == Work::Poll { self.patience } else { LONG }));
        loop {
            tokio::select! {
                biased;
                () = &mut limit => {
                    // Whether it stops no longer matters here.
                    let _ = self.ask(proxy.cancel()).await;
                    return Err(self.hung(if work == Work::Poll { self.patience } else { LONG }));
                }
                _ = ctx.cancel.cancelled(), if !stopped => {
                    stopped = true;
                    // What has just ended cannot be stopped; that shows in the state.
                    let _ = self.ask(proxy.cancel()).await;
                    limit.as_mut().reset(Instant::now() + self.patience);
                }
                _ = changes.next() => {}
                () = sleep(LOOK) => {}
            }
            let told = self.told().await?;
            if work == Work::Fetch {
                ctx.progress.bytes(told.downloaded, told.download);
            }
            if !told.state.is_moving() {
                return outcome(told, stopped);
            }
        }
    }

    async fn ask<T>(&self, call: impl Future<Output = zbus::Result<T>>) -> Result<T, Problem> {
        within(SERVICE, self.patience, call).await.map_err(failure::of)
    }

    fn hung(&self, time: Duration) -> Problem {
        Problem::ToolHung { tool: SERVICE.into(), seconds: time.as_secs() }
    }
}

fn outcome(told: Told, stopped: bool) -> Result<Told, Problem> {
    match told.state {
        answer::State::Error if stopped => Err(Problem::Cancelled),
        answer::State::Error => Err(failure::named(&told.error, &told.words)),
        _ => Ok(told),
    }
}
