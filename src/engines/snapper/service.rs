//! snapperd, asked over the system bus.

use super::answer::{self, CLEANUP, CONTENT, Kind, NAMED, SNAPPER, Snapshot, bad};
use super::failure;
use super::proxy::SnapperProxy;
use crate::bus::{Bus, within};
use cairn_host::Host;
use cairn_model::{DeploymentId, Problem};
use futures_util::stream::BoxStream;
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;
use zbus::MatchRule;
use zbus::message::Type;
use zbus::proxy::CacheProperties;

const NAME: &str = "org.opensuse.Snapper";
/// Where the snapshots of `/` have to be looked for.
const ROOT: &str = "/";
/// How the configuration of `/` is usually called.
const USUAL: &str = "root";
/// What a version is given back to when nothing else is known; every configuration has it.
const USUAL_CLEANUP: &str = "number";

/// Hooks may run meanwhile.
const MAKING: Duration = Duration::from_secs(600);

/// The snapshots of `/` at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    pub(crate) config: String,
    /// By rising number.
    pub(crate) snapshots: Vec<Snapshot>,
    /// What runs, 0 where that is no snapshot.
    pub(crate) active: u32,
    /// What starts next, `None` where snapper cannot say.
    pub(crate) default: Option<u32>,
}

impl Disk {
    pub(crate) fn find(&self, number: u32) -> Option<&Snapshot> {
        self.snapshots.iter().find(|s| s.number == number)
    }

    /// The snapshot of that id.
    pub(crate) fn named(&self, id: &DeploymentId) -> Result<&Snapshot, Problem> {
        let found = id.as_str().parse().ok().and_then(|number| self.find(number));
        found.ok_or_else(|| Problem::NotFound { what: id.to_string() })
    }

    /// The pre snapshot of a post snapshot, or the other way round.
    pub(super) fn other_half(&self, of: &Snapshot) -> Option<&Snapshot> {
        match of.kind {
            Kind::Post(pre) => self.find(pre).filter(|other| other.kind == Kind::Pre),
            Kind::Pre => self.snapshots.iter().rfind(|other| other.kind == Kind::Post(of.number)),
            _ => None,
        }
    }

    /// Where nobody can say what starts next it is taken to be what runs.
    pub(crate) fn next(&self) -> u32 {
        self.default.unwrap_or(self.active)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    bus: Bus,
    /// How long a question may take.
    pub(crate) time: Duration,
}

impl Service {
    pub(crate) fn new(host: &Host, time: Duration) -> Self {
        Self { bus: Bus::of(host), time }
    }

    /// The same with a connection of its own: what snapperd keeps for a caller goes with the connection.
    pub(super) fn apart(&self, host: &Host) -> Self {
        Self::new(host, self.time)
    }

    pub(super) async fn proxy(&self) -> Result<SnapperProxy<'static>, Problem> {
        let connection = self.bus.connect().await?;
        let proxy = SnapperProxy::builder(&connection).cache_properties(CacheProperties::No).build();
        proxy.await.map_err(|e| Problem::EngineFailed { detail: e.to_string() })
    }

    /// Waits for the answer to a question.
    pub(super) async fn ask<T>(&self, call: impl Future<Output = zbus::Result<T>>) -> Result<T, Problem> {
        within(SNAPPER, self.time, call).await.map_err(failure::of)
    }

    /// The same for a call that old versions of snapperd do not have: `None` there.
    async fn ask_newer<T>(&self, call: impl Future<Output = zbus::Result<T>>) -> Result<Option<T>, Problem> {
        let call = async {
            match call.await {
                Err(error) if failure::is_unknown_method(&error) => Ok(None),
                answer => answer.map(Some),
            }
        };
        self.ask(call).await
    }

    /// The configuration whose snapshots are those of `/`.
    async fn config(&self, proxy: &SnapperProxy<'_>) -> Result<String, Problem> {
        let configs = self.ask(proxy.list_configs()).await?;
        let mut names: Vec<String> = configs
            .into_iter()
            .filter(|(_, subvolume, _)| subvolume == ROOT)
            .map(|(name, ..)| name)
            .collect();
        names.sort_by_key(|name| (name != USUAL, name.clone()));
        names.into_iter().next().ok_or(Problem::NotAtomic)
    }

    pub(crate) async fn read(&self) -> Result<Disk, Problem> {
        let proxy = self.proxy().await?;
        let config = self.config(&proxy).await?;
        let rows = self.ask(proxy.list_snapshots(&config)).await?;
        let snapshots = answer::snapshots(rows)?;
        let active = self.ask_newer(proxy.get_active_snapshot(&config)).await?;
        let default = self.ask_newer(proxy.get_default_snapshot(&config)).await?;
        let known =
            |answer: Option<(bool, u32)>| answer.filter(|(valid, _)| *valid).map(|(_, number)| number);
        let (active, default) = (known(active).unwrap_or(0), known(default));
        let disk = Disk { config, snapshots, active, default };
        for number in [Some(active), default].into_iter().flatten() {
            if disk.find(number).is_none() {
                return Err(bad(&format!("snapshot {number} runs or starts next and is in no list")));
            }
        }
        Ok(disk)
    }

    /// Writes description, cleanup algorithm and userdata.
    pub(crate) async fn write(&self, config: &str, to: &Snapshot) -> Result<(), Problem> {
        let proxy = self.proxy().await?;
        let call = proxy.set_snapshot(config, to.number, &to.description, &to.cleanup, &to.userdata);
        self.ask(call).await
    }

    /// Notes what a version contains, so that it is known again.
    pub(crate) async fn note(&self, disk: &Disk, number: u32, content: &str) -> Result<(), Problem> {
        let Some(mut to) = disk.find(number).cloned() else { return Err(Problem::PlanOutdated) };
        to.userdata.insert(CONTENT.into(), content.into());
        self.write(&disk.config, &to).await
    }

    /// Notes what a copy was made of: its content, and the name that the person gave that.
    pub(super) async fn note_copy(&self, disk: &Disk, number: u32, of: &Snapshot) -> Result<(), Problem> {
        let Some(mut to) = disk.find(number).cloned() else { return Err(Problem::PlanOutdated) };
        to.userdata.insert(CONTENT.into(), of.content());
        if let Some(mark) = of.userdata.get(NAMED) {
            to.userdata.insert(NAMED.into(), mark.clone());
            to.description.clone_from(&of.description);
        }
        self.write(&disk.config, &to).await
    }

    /// Keeps a version from being cleaned up, and remembers how it was until then.
    pub(crate) async fn pin(&self, id: &DeploymentId) -> Result<(), Problem> {
        let disk = self.read().await?;
        let mut to = changeable(&disk, id)?;
        if !to.kept() {
            to.userdata.insert(CLEANUP.into(), std::mem::take(&mut to.cleanup));
            self.write(&disk.config, &to).await?;
        }
        Ok(())
    }

    pub(crate) async fn unpin(&self, id: &DeploymentId) -> Result<(), Problem> {
        let disk = self.read().await?;
        let mut to = changeable(&disk, id)?;
        if to.kept() {
            let before = to.userdata.remove(CLEANUP).filter(|word| !word.is_empty());
            to.cleanup = before.unwrap_or_else(|| USUAL_CLEANUP.into());
            self.write(&disk.config, &to).await?;
        }
        Ok(())
    }

    /// Saves what runs. Like one that is made by hand it stays until somebody gives it back to a cleanup or deletes it.
    pub(crate) async fn make(&self, name: &str) -> Result<(), Problem> {
        let proxy = self.proxy().await?;
        let config = self.config(&proxy).await?;
        let named = (!name.is_empty()).then(|| (NAMED.to_owned(), "yes".to_owned()));
        let (name, userdata) = (answer::escape(name), HashMap::from_iter(named));
        let call = proxy.create_single_snapshot(&config, &name, "", &userdata);
        let number = within(SNAPPER, MAKING, call).await.map_err(failure::of)?;
        let made = self.read().await?;
        made.find(number).map(|_| ()).ok_or_else(|| bad(&format!("snapshot {number} was made and is in no list")))
    }

    /// Deletes one version. Nothing of a change is left over: pre and post snapshot go together.
    pub(crate) async fn remove(&self, id: &DeploymentId) -> Result<(), Problem> {
        let disk = self.read().await?;
        let target = disk.named(id)?;
        let version = id.to_string();
        if target.number == disk.active || target.number == 0 {
            return Err(Problem::IsRunning { version });
        }
        if target.number == disk.next() {
            return Err(Problem::IsNext { version });
        }
        if target.kept() {
            return Err(Problem::IsKept { version });
        }
        let other = disk.other_half(target).filter(|other| !other.kept());
        let other = other.filter(|other| ![disk.active, disk.next()].contains(&other.number));
        let numbers: Vec<u32> = other.map(|other| other.number).into_iter().chain([target.number]).collect();
        let proxy = self.proxy().await?;
        self.ask(proxy.delete_snapshots(&disk.config, &numbers)).await
    }

    /// Wakes when a snapshot is made, changed or deleted. Another default is not among that.
    pub(crate) fn changes(&self) -> Result<BoxStream<'static, ()>, Problem> {
        let wrong = |e: zbus::Error| Problem::EngineFailed { detail: e.to_string() };
        let rule = MatchRule::builder().msg_type(Type::Signal);
        let rule = rule.sender(NAME).and_then(|r| r.interface(NAME)).map_err(wrong)?;
        Ok(self.bus.signals(rule.build()))
    }
}

/// The snapshot of that id, where something can be written to it: snapper notes nothing about number 0.
fn changeable(disk: &Disk, id: &DeploymentId) -> Result<Snapshot, Problem> {
    let found = disk.named(id)?;
    if found.number == 0 {
        return Err(Problem::IsRunning { version: id.to_string() });
    }
    Ok(found.clone())
}
