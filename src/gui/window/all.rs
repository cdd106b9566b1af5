//! Updating everything: the system and every app as one plan, with one question if there is something to ask.

use super::messages::{Command, Input, Planned};
use super::{Window, consent};
use crate::dialogs;
use crate::pages::updates;
use cairn_client::Client;
use cairn_model::app::{AppPlan, AppWish};
use cairn_model::{Problem, Wish};
use relm4::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// What sources of apps may take to say what an update of them would do. The system's does not wait longer for them.
const PATIENCE: Duration = Duration::from_secs(60);

impl Window {
    /// Plans both halves; a half that has nothing to do is left out.
    /// A second press while they are being planned is the same wish.
    pub(super) fn update_all(&mut self, sender: &ComponentSender<Self>) {
        if std::mem::replace(&mut self.shop.planning_all, true) {
            return;
        }
        let system = self.shown.ready().is_some_and(|s| updates::offered(s).is_some());
        let apps = self.shop.stock.shelf.updates().next().is_some();
        let engine = self.shop.apps.clone();
        self.toasts.wait();
        sender.oneshot_command(async move {
            let system = async {
                if !system {
                    return None;
                }
                let planned = async {
                    let client = Client::connect().await?;
                    let (plan, token) = client.plan(&Wish::update()).await?;
                    Ok(Box::new(Planned { client, plan, token, undo: None }))
                };
                Some(planned.await)
            };
            let apps = async {
                if !apps {
                    return None;
                }
                let wish = AppWish::Update { refs: Vec::new(), allow_permissions: false };
                let planned = timeout(PATIENCE, engine.plan(&wish)).await;
                Some(planned.unwrap_or_else(|_| Err(slow())).map(Box::new))
            };
            let (system, apps) = tokio::join!(system, apps);
            Command::AllPlanned(system, apps)
        });
    }

    /// Does what could be planned; what could not is said, and keeps nothing else from being done.
    pub(super) fn all_planned(
        &mut self,
        system: Option<Result<Box<Planned>, Problem>>,
        apps: Option<Result<Box<AppPlan>, Problem>>,
        sender: &ComponentSender<Self>,
    ) {
        self.shop.planning_all = false;
        self.toasts.waited();
        let system = self.said(system, sender);
        let apps = self.said(apps, sender);
        let wants = apps.as_ref().map(|p| consent::wants_more(p, &[])).unwrap_or_default();
        if wants.is_empty() {
            if let Some(planned) = system {
                self.settle(*planned, false, sender);
            }
            if let Some(plan) = apps {
                self.app_settled(*plan, sender);
            }
            return;
        }
        let Some(plan) = apps else { return };
        let others = !plan.operations.is_empty() || system.is_some();
        let (wish, shown) = (consent::allowing(&plan.wish), wants.clone());
        let (yes, no) = (sender.clone(), sender.clone());
        let (first, second) = (system.clone(), system);
        dialogs::app::permissions(
            &self.root,
            &wants,
            others,
            move || {
                go_on(&yes, first.clone());
                yes.input(Input::Allowed(wish.clone(), shown.clone()));
            },
            move || {
                go_on(&no, second.clone());
                if !plan.operations.is_empty() {
                    no.input(Input::AppSettled(plan.clone()));
                }
            },
        );
    }

    /// What was planned; why something was not is told.
    fn said<T>(&self, planned: Option<Result<T, Problem>>, sender: &ComponentSender<Self>) -> Option<T> {
        match planned? {
            Ok(plan) => Some(plan),
            Err(problem) => {
                self.complain(&problem, sender);
                None
            }
        }
    }
}

/// Sources that do not answer in time.
fn slow() -> Problem {
    Problem::Network { detail: String::new() }
}

/// The system's half comes after the answer about apps, so that there is one question at a time.
fn go_on(sender: &ComponentSender<Window>, planned: Option<Box<Planned>>) {
    if let Some(planned) = planned {
        sender.input(Input::Settled(planned));
    }
}
