//! `org.projectatomic.rpmostree1.Sysroot`.

use super::change::Options;
use super::running::{Daemon, unknown};
use super::state::{NAME, State};
use super::{BUS_NAME, OS, automatic, value};
use zbus::fdo;
use zbus::zvariant::OwnedObjectPath;

pub struct Sysroot(pub Daemon);

#[zbus::interface(name = "org.projectatomic.rpmostree1.Sysroot")]
impl Sysroot {
    async fn register_client(&self, options: Options) -> fdo::Result<()> {
        self.0.stage.enter(BUS_NAME).await?;
        unknown(&self.0.stage, "RegisterClient", &options, &["id"]);
        Ok(())
    }

    async fn reload(&self) -> fdo::Result<()> {
        self.0.stage.enter(BUS_NAME).await?;
        self.0.changed().await;
        Ok(())
    }

    async fn reload_config(&self) -> fdo::Result<()> {
        self.0.stage.enter(BUS_NAME).await?;
        let policy = automatic::read(&self.0.stage).map_err(fdo::Error::Failed)?;
        let noted = self.0.stage.change(NAME, |state: &mut State| {
            if !state.stubborn {
                state.policy = policy;
            }
        });
        noted.map_err(|error| fdo::Error::Failed(error.to_string()))?;
        self.0.changed().await;
        Ok(())
    }

    #[zbus(property)]
    async fn automatic_update_policy(&self) -> fdo::Result<String> {
        Ok(Some(self.0.state()?.policy).filter(|policy| !policy.is_empty()).unwrap_or("none".into()))
    }

    #[zbus(name = "GetOS", out_args("object_path"))]
    async fn get_os(&self, name: &str) -> fdo::Result<OwnedObjectPath> {
        self.0.stage.enter(BUS_NAME).await?;
        if !["", "fedora"].contains(&name) {
            return Err(fdo::Error::Failed(format!("OS name \"{name}\" not found")));
        }
        OwnedObjectPath::try_from(OS).map_err(|error| fdo::Error::Failed(error.to_string()))
    }

    #[zbus(property)]
    async fn deployments(&self) -> fdo::Result<Vec<Options>> {
        self.0.stage.enter(BUS_NAME).await?;
        Ok(self.0.state()?.deployments.iter().map(value::deployment).collect())
    }

    #[zbus(property)]
    async fn active_transaction(&self) -> fdo::Result<(String, String, String)> {
        let active = self.0.active()?.map(|(method, sender, _)| (method, sender, OS.to_owned()));
        Ok(active.unwrap_or_default())
    }

    #[zbus(property)]
    async fn active_transaction_path(&self) -> fdo::Result<String> {
        Ok(self.0.active()?.map(|(_, _, address)| address).unwrap_or_default())
    }
}
