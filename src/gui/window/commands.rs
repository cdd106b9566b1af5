//! What goes on in the background. Each command brings back one message.

use super::Window;
use super::messages::{Command, Offered, Planned};
use crate::pages::Choice;
use cairn_client::{Client, JobRef, Snapshot, Watched};
use cairn_model::job::Job;
use cairn_model::restart::RestartWhen;
use cairn_model::{DeploymentId, Problem, Wish};
use cairn_words::{fill, version};
use gettextrs::gettext;
use relm4::prelude::*;
use std::sync::Arc;
use tokio::sync::watch;

/// Brings every change of what is known.
pub async fn follow(mut receiver: watch::Receiver<Watched<Snapshot>>, out: relm4::Sender<Command>) {
    while receiver.changed().await.is_ok() {
        let shown = Arc::new(receiver.borrow_and_update().clone());
        if out.send(Command::Changed(shown)).is_err() {
            return;
        }
    }
}

pub fn plan(sender: &ComponentSender<Window>, wish: Wish) {
    sender.oneshot_command(async move {
        let planned = async {
            let client = Client::connect().await?;
            let (plan, token) = client.plan(&wish).await?;
            Ok(Box::new(Planned { client, plan, token, undo: None }))
        };
        Command::Planned(planned.await)
    });
}

pub fn apply(sender: &ComponentSender<Window>, planned: Planned) {
    sender.oneshot_command(async move {
        let Planned { client, plan, token, undo } = planned;
        let done = async {
            let job = client.apply(token).await?;
            client.follow(&job, |_| {}).await.map(|_| ())
        };
        Command::Done(Box::new(plan), undo, done.await)
    });
}

pub fn check(sender: &ComponentSender<Window>) {
    sender.oneshot_command(async {
        let done = async {
            let client = Client::connect().await?;
            let job = client.check().await?;
            client.follow(&job, |_| {}).await
        };
        // The headline says what became of it; only what kept it from beginning is told here.
        let quiet = |problem: &Problem| {
            !matches!(problem, Problem::NotAuthorized | Problem::AuthUnavailable | Problem::Busy { .. })
        };
        Command::Told(match done.await {
            Err(problem) if !quiet(&problem) => Err(problem),
            _ => Ok(()),
        })
    });
}

pub fn cancel(sender: &ComponentSender<Window>, job: Option<&Job>) {
    let Some(id) = job.map(|j| j.id) else { return };
    sender.oneshot_command(async move {
        let done = async { Client::connect().await?.cancel(&JobRef::of(id)?).await };
        Command::Told(done.await)
    });
}

/// Holds what is under way, or lets it go on.
pub fn hold(sender: &ComponentSender<Window>, job: Option<&Job>, held: bool) {
    let Some(id) = job.map(|j| j.id) else { return };
    sender.oneshot_command(async move {
        let done = async { Client::connect().await?.pause(&JobRef::of(id)?, held).await };
        Command::Told(done.await)
    });
}

pub fn restart(sender: &ComponentSender<Window>, when: RestartWhen) {
    sender.oneshot_command(async move {
        let done = async { Client::connect().await?.restart(&when).await };
        Command::Told(done.await)
    });
}

pub fn cancel_restart(sender: &ComponentSender<Window>) {
    sender.oneshot_command(async {
        let done = async { Client::connect().await?.cancel_restart().await };
        Command::Told(done.await)
    });
}

/// Finds out what there is to choose from.
pub fn offer(sender: &ComponentSender<Window>, choice: Choice) {
    sender.oneshot_command(async move {
        let done = async {
            let client = Client::connect().await?;
            Ok(match choice {
                Choice::Target => Offered::Targets(client.targets().await?),
                Choice::Arguments => Offered::Arguments(client.arguments().await?),
                Choice::Extras => Offered::Extras(client.extras().await?),
            })
        };
        Command::Offered(done.await)
    });
}

pub fn diff(
    sender: &ComponentSender<Window>,
    snapshot: Option<&Snapshot>,
    from: DeploymentId,
    to: DeploymentId,
) {
    let name = |id| snapshot.and_then(|s| s.status.find(id)).map(version::title).unwrap_or_default();
    let title = fill(&gettext("From {from} to {to}"), &[("from", &name(&from)), ("to", &name(&to))]);
    sender.oneshot_command(async move {
        let done = async { Client::connect().await?.diff(&from, &to).await };
        Command::Differs(title, done.await)
    });
}
