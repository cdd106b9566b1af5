//! What goes on in the background. Each command brings back one message.

use super::Window;
use super::messages::{Answer, Command, Planned, Question};
use crate::pages::Choice;
use cairn_client::{Client, JobRef, Snapshot, Watched};
use cairn_model::job::Job;
use cairn_model::restart::RestartWhen;
use cairn_model::{Problem, Wish};
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
        let planned = planned.await;
        Command::Planned(wish, planned)
    });
}

/// Carries a plan out. What was refused before anything began is told at once: no headline speaks of it.
pub fn apply(sender: &ComponentSender<Window>, planned: Planned) {
    sender.oneshot_command(async move {
        let Planned { client, plan, token, undo } = planned;
        match client.apply(token).await {
            Ok(job) => {
                let done = client.follow(&job, |_| {}).await.map(|_| ());
                Command::Done(Box::new(plan), undo, done)
            }
            Err(problem) => Command::Told(Err(problem)),
        }
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

/// Finds out what a dialog is to show.
pub fn ask(sender: &ComponentSender<Window>, snapshot: Option<&Snapshot>, question: Question) {
    let name = |id| snapshot.and_then(|s| s.status.find(id)).map(version::title).unwrap_or_default();
    let title = match &question {
        Question::Diff { from, to } if name(from) == name(to) => gettext("What differs"),
        Question::Diff { from, to } => {
            fill(&gettext("From {from} to {to}"), &[("from", &name(from)), ("to", &name(to))])
        }
        Question::Choice(_) => String::new(),
    };
    sender.oneshot_command(async move {
        let answer = async {
            let client = Client::connect().await?;
            Ok(match &question {
                Question::Diff { from, to } => {
                    Answer::Changes { title, changes: Box::new(client.diff(from, to).await?) }
                }
                Question::Choice(Choice::Target) => Answer::Targets(client.targets().await?),
                Question::Choice(Choice::Arguments) => Answer::Arguments(client.arguments().await?),
                Question::Choice(Choice::Extras) => Answer::Extras(client.extras().await?),
            })
        };
        let answer = answer.await;
        Command::Answered(question, answer)
    });
}
