//! `System`: what there is, and asking for changes.

use crate::caller::Caller;
use crate::state::State;
use crate::{look, planner, runner};
use cairn_api::names::{self, action};
use cairn_api::{Dict, Failure, from_dict, to_dict, to_dicts};
use cairn_model::{DeploymentId, Problem, Wish};
use std::collections::HashMap;
use std::sync::Arc;
use zbus::message::Header;
use zbus::zvariant::OwnedObjectPath;

#[derive(Debug)]
pub struct System(pub Arc<State>);

impl System {
    async fn caller(&self, header: &Header<'_>) -> Result<Caller, Problem> {
        let caller = Caller::of(header, &self.0.connection).await?;
        self.0.clients.called(caller.name.as_str());
        Ok(caller)
    }
}

#[zbus::interface(name = "io.github.cairndesktop.Cairn1.System")]
impl System {
    async fn check(&self, #[zbus(header)] header: Header<'_>) -> Result<OwnedObjectPath, Failure> {
        let caller = self.caller(&header).await?;
        let job = look::check(&self.0, &header, caller).await?;
        Ok(path(job.id)?)
    }

    #[zbus(out_args("plan", "token"))]
    async fn plan(&self, wish: Dict, #[zbus(header)] header: Header<'_>) -> Result<(Dict, String), Failure> {
        let caller = self.caller(&header).await?;
        let wish: Wish = from_dict(&wish)?;
        let _turn = self.0.costly.acquire().await;
        let plan = planner::make(&self.0, &wish).await?;
        let dict = to_dict(&plan)?;
        Ok((dict, self.0.plans.keep(&caller, plan)?))
    }

    async fn apply(
        &self,
        token: &str,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<OwnedObjectPath, Failure> {
        let caller = self.caller(&header).await?;
        let job = runner::apply(&self.0, &header, caller, token).await?;
        Ok(path(job.id)?)
    }

    async fn diff(
        &self,
        from: String,
        to: String,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<Dict, Failure> {
        self.caller(&header).await?;
        let (from, to) = (DeploymentId::new(from)?, DeploymentId::new(to)?);
        let _turn = self.0.costly.acquire().await;
        Ok(to_dict(&self.0.engine()?.diff(&from, &to).await?)?)
    }

    async fn drift(&self, id: String, #[zbus(header)] header: Header<'_>) -> Result<Vec<Dict>, Failure> {
        let caller = self.caller(&header).await?;
        let id = DeploymentId::new(id)?;
        let details = HashMap::from([("cairn.target_id", id.as_str())]);
        self.0.authority.check(&self.0.connection, &header, &caller, action::INSPECT, &details).await?;
        let _turn = self.0.costly.acquire().await;
        Ok(to_dicts(&self.0.engine()?.drift(&id).await?)?)
    }

    async fn packages(&self, #[zbus(header)] header: Header<'_>) -> Result<Vec<Dict>, Failure> {
        self.caller(&header).await?;
        let _turn = self.0.costly.acquire().await;
        Ok(to_dicts(&crate::packages::list(&self.0).await?)?)
    }

    async fn find_packages(
        &self,
        words: String,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<Vec<Dict>, Failure> {
        let caller = self.caller(&header).await?;
        // The answer may take the network, as a check does.
        let none = HashMap::new();
        self.0.authority.check(&self.0.connection, &header, &caller, action::CHECK, &none).await?;
        let _turn = self.0.costly.acquire().await;
        Ok(to_dicts(&crate::packages::find(&self.0, &words).await?)?)
    }

    async fn targets(&self, #[zbus(header)] header: Header<'_>) -> Result<Vec<Dict>, Failure> {
        self.caller(&header).await?;
        let _turn = self.0.costly.acquire().await;
        Ok(to_dicts(&self.0.engine()?.targets().await?)?)
    }

    async fn arguments(&self, #[zbus(header)] header: Header<'_>) -> Result<Vec<Dict>, Failure> {
        self.caller(&header).await?;
        let _turn = self.0.costly.acquire().await;
        Ok(to_dicts(&self.0.engine()?.arguments().await?)?)
    }

    async fn extras(&self, #[zbus(header)] header: Header<'_>) -> Result<Vec<Dict>, Failure> {
        self.caller(&header).await?;
        let _turn = self.0.costly.acquire().await;
        Ok(to_dicts(&self.0.engine()?.extras().await?)?)
    }

    async fn engines(&self, #[zbus(header)] header: Header<'_>) -> Result<Vec<Dict>, Failure> {
        self.caller(&header).await?;
        let host = self.0.host.clone();
        // A few dozen files are looked at.
        let found = tokio::task::spawn_blocking(move || cairn_engines::detect::evidence(&host)).await;
        let found = found.map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
        Ok(to_dicts(&found)?)
    }

    #[zbus(property)]
    async fn status(&self, #[zbus(header)] header: Option<Header<'_>>) -> Dict {
        if let Some(sender) = header.as_ref().and_then(Header::sender) {
            self.0.clients.called(sender.as_str());
        }
        to_dict(&**self.0.status.borrow()).unwrap_or_default()
    }

    #[zbus(property)]
    async fn update(&self) -> Dict {
        self.0.update().and_then(|update| to_dict(&update).ok()).unwrap_or_default()
    }

    #[zbus(property)]
    async fn jobs(&self) -> Vec<OwnedObjectPath> {
        self.0.jobs.ids().borrow().iter().filter_map(|id| path(*id).ok()).collect()
    }

    #[zbus(property(emits_changed_signal = "const"))]
    async fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }
}

fn path(id: u64) -> Result<OwnedObjectPath, Problem> {
    OwnedObjectPath::try_from(names::job_path(id))
        .map_err(|e| Problem::EngineFailed { detail: e.to_string() })
}

/// Tells status and update now.
pub async fn publish(state: &State) {
    let server = state.connection.object_server();
    if let Ok(system) = server.interface::<_, System>(names::PATH).await {
        let _ = system.get().await.status_changed(system.signal_emitter()).await;
        let _ = system.get().await.update_changed(system.signal_emitter()).await;
    }
}

/// Tells each change of a property, for as long as the service lives.
pub async fn follow(state: Arc<State>) {
    let (mut status, mut update, mut jobs) =
        (state.status.subscribe(), state.update.subscribe(), state.jobs.ids());
    let server = state.connection.object_server();
    let Ok(system) = server.interface::<_, System>(names::PATH).await else { return };
    loop {
        let emitter = system.signal_emitter();
        tokio::select! {
            Ok(()) = status.changed() => { let _ = system.get().await.status_changed(emitter).await; }
            Ok(()) = update.changed() => { let _ = system.get().await.update_changed(emitter).await; }
            Ok(()) = jobs.changed() => { let _ = system.get().await.jobs_changed(emitter).await; }
            else => return,
        }
    }
}
