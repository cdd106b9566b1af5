//! `org.freedesktop.sysupdate1.Manager`.

use super::disk::STATE;
use super::refusal::Refusal;
use super::state::State;
use super::{SERVICE, target};
use crate::systems::Stage;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

pub const PATH: &str = "/org/freedesktop/sysupdate1";

type Target = (String, String, OwnedObjectPath);
type Job = (u64, String, u32, OwnedObjectPath);

#[derive(Debug)]
pub struct Manager {
    stage: Stage,
}

impl Manager {
    pub async fn claim(stage: Stage, connection: &zbus::Connection) -> zbus::Result<()> {
        connection.object_server().at(PATH, Self { stage }).await?;
        connection.request_name(SERVICE).await
    }
}

/// Where a job of that number is.
pub fn job_path(id: u64) -> OwnedObjectPath {
    ObjectPath::from_string_unchecked(format!("{PATH}/job/_{id}")).into()
}

#[zbus::interface(name = "org.freedesktop.sysupdate1.Manager")]
impl Manager {
    async fn list_targets(&self) -> Result<Vec<Target>, Refusal> {
        self.stage.enter(SERVICE).await?;
        let state: State = self.stage.state(STATE)?;
        let path = |path: &'static str| OwnedObjectPath::from(ObjectPath::from_static_str_unchecked(path));
        let other = "/org/freedesktop/sysupdate1/target/sysext_3avim";
        Ok(vec![
            ("sysext".into(), "vim".into(), path(other)),
            (state.class, "host".into(), path(target::PATH)),
        ])
    }

    async fn list_jobs(&self) -> Result<Vec<Job>, Refusal> {
        self.stage.enter(SERVICE).await?;
        let state: State = self.stage.state(STATE)?;
        Ok(state.jobs.into_iter().map(|(id, kind)| (id, kind, 0, job_path(id))).collect())
    }

    #[zbus(signal)]
    pub async fn job_removed(
        emitter: &SignalEmitter<'_>,
        id: u64,
        path: OwnedObjectPath,
        status: i32,
    ) -> zbus::Result<()>;
}
