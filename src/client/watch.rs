//! Be told of everything, for as long as it runs: through restarts of the service, and of the bus itself.

use crate::calls::{Client, JobRef, optional};
use crate::snapshot::{Snapshot, Watched};
use cairn_api::{Dict, from_dict, names, problem_of};
use cairn_model::Problem;
use futures_util::StreamExt;
use std::time::Duration;
use tokio::sync::watch;
use zbus::message::Type;
use zbus::zvariant::OwnedObjectPath;
use zbus::{MatchRule, MessageStream};

/// How long to wait before asking a missing service again.
const PATIENCE: Duration = Duration::from_secs(2);

/// Publishes the service's state until nobody listens any more.
pub async fn run(sender: watch::Sender<Watched<Snapshot>>) {
    while !sender.is_closed() {
        let followed = match Client::connect().await {
            Ok(client) => follow(client, &sender).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = followed {
            sender.send_if_modified(|old| {
                let new = Watched::Failed(problem);
                let changed = *old != new;
                *old = new;
                changed
            });
        }
        tokio::time::sleep(PATIENCE).await;
    }
}

/// The same over one connection, until it or the listener is gone.
pub async fn run_with(client: Client, sender: watch::Sender<Watched<Snapshot>>) {
    if let Err(problem) = follow(client, &sender).await {
        sender.send_replace(Watched::Failed(problem));
    }
}

/// Follows the service over one connection; returns when the connection or the listener is gone.
async fn follow(client: Client, sender: &watch::Sender<Watched<Snapshot>>) -> Result<(), Problem> {
    let mut signals = signals(&client).await.map_err(|e| problem_of(&e))?;
    let mut owners = owners(&client).await.map_err(|e| problem_of(&e))?;
    let mut snapshot = read(&client).await?;
    sender.send_replace(Watched::Ready(snapshot.clone()));
    loop {
        tokio::select! {
            signal = signals.next() => {
                let Some(Ok(message)) = signal else { return Err(gone()) };
                if take(&client, &mut snapshot, &message).await? {
                    sender.send_replace(Watched::Ready(snapshot.clone()));
                }
            }
            owner = owners.next() => {
                // The service left, by itself or not: the next question starts it again.
                if owner.is_none() { return Err(gone()) }
                snapshot = Snapshot { history: snapshot.history + 1, ..read(&client).await? };
                sender.send_replace(Watched::Ready(snapshot.clone()));
            }
            () = sender.closed() => return Ok(()),
        }
    }
}

fn gone() -> Problem {
    Problem::ServiceMissing { detail: String::new() }
}

async fn signals(client: &Client) -> zbus::Result<MessageStream> {
    let rule =
        MatchRule::builder().msg_type(Type::Signal).sender(names::BUS)?.path_namespace(names::PATH)?.build();
    MessageStream::for_match_rule(rule, client.connection(), Some(64)).await
}

async fn owners(client: &Client) -> zbus::Result<zbus::fdo::NameOwnerChangedStream> {
    let bus = zbus::fdo::DBusProxy::new(client.connection()).await?;
    bus.receive_name_owner_changed_with_args(&[(0, names::BUS)]).await
}

async fn read(client: &Client) -> Result<Snapshot, Problem> {
    let (status, update, jobs, restart) =
        tokio::try_join!(client.status(), client.update(), client.jobs(), client.scheduled())?;
    let job = match jobs.last() {
        Some(job) => client.job(job).await.ok(),
        None => None,
    };
    Ok(Snapshot { status, update, job, restart, history: 0 })
}

/// Takes one signal in; true if it changed anything.
async fn take(client: &Client, snapshot: &mut Snapshot, message: &zbus::Message) -> Result<bool, Problem> {
    let header = message.header();
    let member = header.member().map(|m| m.as_str().to_owned()).unwrap_or_default();
    if header.interface().is_some_and(|i| i.as_str() == names::HISTORY) && member == "Changed" {
        snapshot.history += 1;
        return Ok(true);
    }
    if member != "PropertiesChanged" {
        return Ok(false);
    }
    let Ok((interface, changed, _)) = message.body().deserialize::<(String, Dict, Vec<String>)>() else {
        return Ok(false);
    };
    let before = snapshot.clone();
    for (name, value) in changed {
        match (interface.as_str(), name.as_str()) {
            (names::SYSTEM, "Status") => snapshot.status = from_dict(&dict(value)?)?,
            (names::SYSTEM, "Update") => snapshot.update = optional(&dict(value)?)?,
            (names::SYSTEM, "Jobs") => {
                let paths = Vec::<OwnedObjectPath>::try_from(value).unwrap_or_default();
                let id = paths.last().and_then(|p| p.rsplit('/').next()?.parse().ok());
                if let Some(id) = id.filter(|id| snapshot.job.as_ref().is_none_or(|j| j.id < *id)) {
                    snapshot.job = client.job(&JobRef::of(id)?).await.ok();
                }
            }
            (names::SCHEDULE, "Scheduled") => snapshot.restart = optional(&dict(value)?)?,
            (names::JOB, "Info") => {
                let job: cairn_model::job::Job = from_dict(&dict(value)?)?;
                // Signals of an older job may still come while a newer one is shown.
                if snapshot.job.as_ref().is_none_or(|known| known.id <= job.id) {
                    snapshot.job = Some(job);
                }
            }
            _ => {}
        }
    }
    Ok(before != *snapshot)
}

fn dict(value: zbus::zvariant::OwnedValue) -> Result<Dict, Problem> {
    Dict::try_from(value).map_err(|e| Problem::EngineFailed { detail: e.to_string() })
}
