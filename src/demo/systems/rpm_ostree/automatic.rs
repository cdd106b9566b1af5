//! What the service does by itself: its configuration, and the part of systemd that starts timers.

use super::state::{NAME, State};
use crate::systems::Stage;
use futures_util::future::BoxFuture;
use std::io;
use zbus::fdo;
use zbus::zvariant::OwnedObjectPath;

const SYSTEMD: &str = "org.freedesktop.systemd1";
const CONFIGURATION: &str = "/etc/rpm-ostreed.conf";
const UNIT: &str = "rpm-ostreed-automatic.timer";
const UNITS: &str = "/usr/lib/systemd/system";
const LINKS: &str = "/etc/systemd/system/timers.target.wants";

/// As it is installed: nothing is done.
pub fn lay_out(stage: &Stage) -> io::Result<()> {
    let words = "# Entries in this file show the compile time defaults.\n# For option meanings, see rpm-ostreed.conf(5).\n\n\
                 [Daemon]\n#AutomaticUpdatePolicy=none\n#IdleExitTimeout=60\nLockLayering=false\n";
    stage.write(CONFIGURATION, words)?;
    stage.write(&format!("{UNITS}/{UNIT}"), "[Timer]\nOnBootSec=1h\n[Install]\nWantedBy=timers.target\n")
}

/// What `ReloadConfig` makes of the file.
pub fn read(stage: &Stage) -> Result<String, String> {
    let text = stage.read(CONFIGURATION).unwrap_or_default();
    let (mut inside, mut policy) = (false, "none".to_owned());
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[Daemon]";
        } else if let Some((key, value)) = line.split_once('=').filter(|_| inside) {
            if key.trim() == "AutomaticUpdatePolicy" {
                policy = value.trim().to_owned();
            }
        } else if !line.is_empty() && !line.starts_with('#') {
            return Err(format!("Key file contains line “{line}” which is not a key-value pair"));
        }
    }
    if ["none", "check", "stage", "apply"].contains(&policy.as_str()) {
        return Ok(policy);
    }
    Err(format!("Invalid value for AutomaticUpdatePolicy: '{policy}'"))
}

pub struct Manager(Stage);

type Link = (String, String, String);

impl Manager {
    async fn enter(&self, names: &[&str]) -> fdo::Result<()> {
        self.0.enter(SYSTEMD).await?;
        for name in names.iter().filter(|name| **name != UNIT) {
            self.0.unknown(&format!("systemd {name}"));
        }
        Ok(())
    }

    fn job(&self, running: bool) -> fdo::Result<OwnedObjectPath> {
        let noted = self.0.change(NAME, |state: &mut State| state.timer_runs = running);
        noted.map_err(|error| fdo::Error::Failed(error.to_string()))?;
        OwnedObjectPath::try_from("/org/freedesktop/systemd1/job/1").map_err(|e| fdo::Error::Failed(e.to_string()))
    }
}

#[zbus::interface(name = "org.freedesktop.systemd1.Manager")]
impl Manager {
    async fn enable_unit_files(
        &self,
        files: Vec<&str>,
        _runtime: bool,
        _force: bool,
    ) -> fdo::Result<(bool, Vec<Link>)> {
        self.enter(&files).await?;
        let link = self.0.path(&format!("{LINKS}/{UNIT}"));
        let target = format!("{UNITS}/{UNIT}");
        let made = std::fs::create_dir_all(self.0.path(LINKS));
        made.and_then(|()| std::os::unix::fs::symlink(&target, link)).map_err(|e| fdo::Error::Failed(e.to_string()))?;
        Ok((true, vec![("symlink".into(), format!("{LINKS}/{UNIT}"), target)]))
    }

    async fn disable_unit_files(&self, files: Vec<&str>, _runtime: bool) -> fdo::Result<Vec<Link>> {
        self.enter(&files).await?;
        let link = format!("{LINKS}/{UNIT}");
        self.0.remove(&link).map_err(|error| fdo::Error::Failed(error.to_string()))?;
        Ok(vec![("unlink".into(), link, String::new())])
    }

    async fn reload(&self) -> fdo::Result<()> {
        self.enter(&[]).await
    }

    async fn start_unit(&self, name: &str, _mode: &str) -> fdo::Result<OwnedObjectPath> {
        self.enter(&[name]).await?;
        self.job(true)
    }

    async fn stop_unit(&self, name: &str, _mode: &str) -> fdo::Result<OwnedObjectPath> {
        self.enter(&[name]).await?;
        self.job(false)
    }
}

/// Stands in for systemd.
pub fn serve(stage: Stage, connection: zbus::Connection) -> BoxFuture<'static, zbus::Result<()>> {
    Box::pin(async move {
        connection.object_server().at("/org/freedesktop/systemd1", Manager(stage)).await?;
        connection.request_name(SYSTEMD).await
    })
}
