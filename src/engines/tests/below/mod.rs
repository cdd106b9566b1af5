//! An engine that stands below another: three recorded versions, and a list of what it was asked to do.

use async_trait::async_trait;
use cairn_engines::{Engine, plan};
use cairn_jobs::Context;
use cairn_model::{Ability, Deployment, DeploymentId, Plan, Problem, Step, SystemStatus, Update, Wish};
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use std::sync::Mutex;

#[derive(Debug)]
pub struct Below {
    status: Mutex<SystemStatus>,
    done: Mutex<Vec<Step>>,
}

fn deployment(checksum: &str, version: &str, origin: &str) -> Deployment {
    let id = DeploymentId::new(format!("eos-{checksum}.0")).unwrap();
    Deployment { origin: Some(origin.into()), ..Deployment::new(id, version, checksum) }
}

impl Below {
    pub fn new(running: &str, origin: &str) -> Self {
        let running = Deployment { running: true, next: true, ..deployment(running, "6.1.0", origin) };
        let previous = Deployment { previous: true, ..deployment(&"c".repeat(64), "6.0.7", origin) };
        let status = SystemStatus {
            engine: "ostree".into(),
            deployments: vec![running, previous],
            space: cairn_model::system::Space { free: 1 << 40, total: 1 << 41, versions: None },
            ..SystemStatus::default()
        };
        Self { status: Mutex::new(status), done: Mutex::default() }
    }

    /// What libostree has once the updater has applied something.
    pub fn stage(&self, checksum: &str, version: &str) {
        let mut status = self.status.lock().unwrap();
        let origin = status.deployments[0].origin.clone().unwrap();
        status.deployments[0].next = false;
        let staged = Deployment { next: true, staged: true, ..deployment(checksum, version, &origin) };
        status.deployments.insert(0, staged);
    }

    pub fn done(&self) -> Vec<Step> {
        self.done.lock().unwrap().clone()
    }
}

#[async_trait]
impl Engine for Below {
    fn id(&self) -> &'static str {
        "ostree"
    }

    fn abilities(&self) -> Vec<Ability> {
        Ability::ALL.to_vec()
    }

    async fn status(&self) -> Result<SystemStatus, Problem> {
        Ok(self.status.lock().unwrap().clone())
    }

    fn watch(&self) -> Result<BoxStream<'static, ()>, Problem> {
        Ok(stream::pending().boxed())
    }

    async fn check(&self, _: &Context) -> Result<Option<Update>, Problem> {
        panic!("the updater is the one to ask")
    }

    async fn plan(
        &self,
        wish: &Wish,
        status: &SystemStatus,
        update: Option<&Update>,
    ) -> Result<Plan, Problem> {
        plan::usual(wish, status, update)
    }

    async fn run(&self, step: &Step, _: &Context) -> Result<(), Problem> {
        self.done.lock().unwrap().push(step.clone());
        Ok(())
    }
}
