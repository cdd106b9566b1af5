//! rpm-ostreed as a client sees it.

use super::answer::{self, Entry};
use super::proxy::{Options, OsProxy, SysrootProxy};
use super::{RpmOstree, SERVICE, failure};
use crate::bus::within;
use cairn_model::{Problem, text};
use std::future::Future;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use zbus::Connection;
use zbus::proxy::CacheProperties;

/// What this client calls itself.
const CLIENT: &str = "cairn";

pub(super) struct Daemon {
    pub(super) connection: Connection,
    pub(super) sysroot: SysrootProxy<'static>,
    pub(super) os: OsProxy<'static>,
    patience: Duration,
}

impl Daemon {
    /// Asks for the running system. Whoever registered keeps the daemon from ending while the connection is there.
    pub(super) async fn of(engine: &RpmOstree) -> Result<Self, Problem> {
        let (connection, patience) = (engine.bus.connect().await?, engine.patience);
        let sysroot = SysrootProxy::builder(&connection).cache_properties(CacheProperties::No).build();
        let sysroot = ask(patience, sysroot).await?;
        register(engine, &connection, &sysroot).await?;
        let path = ask(patience, sysroot.get_os("")).await?;
        let os = async {
            OsProxy::builder(&connection).path(path)?.cache_properties(CacheProperties::No).build().await
        };
        let os = ask(patience, os).await?;
        Ok(Self { connection, sysroot, os, patience })
    }

    /// A question that is answered at once.
    pub(super) async fn ask<T>(&self, call: impl Future<Output = zbus::Result<T>>) -> Result<T, Problem> {
        ask(self.patience, call).await
    }

    /// A question for which lists may have to be fetched first.
    pub(super) async fn ask_slowly<T>(
        &self,
        call: impl Future<Output = zbus::Result<T>>,
    ) -> Result<T, Problem> {
        ask(self.patience * 5, call).await
    }

    /// The versions in boot order.
    pub(super) async fn entries(&self) -> Result<Vec<Entry>, Problem> {
        answer::deployment::entries(&*self.ask(self.sysroot.deployments()).await?)
    }

    /// Whether a transaction runs that somebody else began.
    pub(super) async fn busy_elsewhere(&self) -> Result<bool, Problem> {
        if self.ask(self.sysroot.active_transaction_path()).await?.is_empty() {
            return Ok(false);
        }
        let (_, sender, _) = self.ask(self.sysroot.active_transaction()).await?;
        Ok(self.connection.unique_name().is_none_or(|own| own.as_str() != sender))
    }

    /// Waits until the transaction that this client has begun is none any more. Others may listen to it for some time; after
    /// half a minute the service ends it by itself (rpm-ostree: src/daemon/rpmostreed-sysroot.cxx).
    pub(super) async fn settle(&self) -> Result<(), Problem> {
        const PAUSE: Duration = Duration::from_millis(20);
        let ends = Instant::now() + self.patience;
        loop {
            self.reload().await?;
            let active = !self.ask(self.sysroot.active_transaction_path()).await?.is_empty();
            if !active || self.busy_elsewhere().await? || Instant::now() > ends {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Tells the daemon to look again, after something else than the daemon changed the versions.
    pub(super) async fn reload(&self) -> Result<(), Problem> {
        self.ask(self.sysroot.reload()).await
    }
}

async fn ask<T>(patience: Duration, call: impl Future<Output = zbus::Result<T>>) -> Result<T, Problem> {
    within(SERVICE, patience, call).await.map_err(failure::of)
}

async fn register(
    engine: &RpmOstree,
    connection: &Connection,
    sysroot: &SysrootProxy<'_>,
) -> Result<(), Problem> {
    let own = connection.unique_name().map(|name| text::line(name.as_str()));
    if *engine.registered.lock().unwrap_or_else(PoisonError::into_inner) == own {
        return Ok(());
    }
    ask(engine.patience, sysroot.register_client(Options::from([("id", CLIENT.into())]))).await?;
    *engine.registered.lock().unwrap_or_else(PoisonError::into_inner) = own;
    Ok(())
}

/// The entry that is running; [`answer::deployment::entries`] lets no list pass without one.
pub(super) fn running(entries: &[Entry]) -> Result<&Entry, Problem> {
    entries.iter().find(|e| e.booted).ok_or(Problem::NotAtomic)
}

/// The entry that starts next: a staged one whose finalisation is locked does not.
pub(super) fn next(entries: &[Entry]) -> Result<&Entry, Problem> {
    entries.iter().find(|e| !(e.staged && e.locked)).ok_or(Problem::NotAtomic)
}

/// What `Rollback` starts: the first one after the running one.
pub(super) fn previous(entries: &[Entry]) -> Option<&Entry> {
    let (at, running) = entries.iter().enumerate().find(|(_, e)| e.booted)?;
    entries.iter().skip(at + 1).find(|e| e.osname == running.osname)
}

/// What a change starts from: the first one, also when it is not put in place yet.
pub(super) fn merged(entries: &[Entry]) -> Result<&Entry, Problem> {
    let running = running(entries)?;
    entries.iter().find(|e| e.osname == running.osname).ok_or(Problem::NotAtomic)
}
