//! The timer that has the service look for updates. It belongs to systemd, which is asked on the bus
//! (systemd: man/org.freedesktop.systemd1.xml).

use super::RpmOstree;
use crate::bus::within;
use cairn_host::Host;
use cairn_model::Problem;
use zbus::proxy::CacheProperties;
use zbus::zvariant::OwnedObjectPath;

const SYSTEMD: &str = "org.freedesktop.systemd1";
const UNIT: &str = "rpm-ostreed-automatic.timer";
/// What administrators have, and what the system's makers have (systemd: man/systemd.unit.xml).
const ADMINISTRATOR: &str = "/etc/systemd/system";
const MAKER: &str = "/usr/lib/systemd/system";

#[zbus::proxy(
    interface = "org.freedesktop.systemd1.Manager",
    default_service = "org.freedesktop.systemd1",
    default_path = "/org/freedesktop/systemd1",
    gen_blocking = false
)]
trait Manager {
    fn enable_unit_files(&self, files: &[&str], runtime: bool, force: bool) -> zbus::Result<(bool, Vec<Link>)>;
    fn disable_unit_files(&self, files: &[&str], runtime: bool) -> zbus::Result<Vec<Link>>;
    fn reload(&self) -> zbus::Result<()>;
    fn start_unit(&self, name: &str, mode: &str) -> zbus::Result<OwnedObjectPath>;
    fn stop_unit(&self, name: &str, mode: &str) -> zbus::Result<OwnedObjectPath>;
}

/// What was done, the link, where it leads.
type Link = (String, String, String);

pub(super) fn is_there(host: &Host) -> bool {
    host.exists(&format!("{MAKER}/{UNIT}"))
}

/// Whether an administrator has seen to it that nothing can start it.
pub(super) fn is_masked(host: &Host) -> bool {
    host.read_link(&format!("{ADMINISTRATOR}/{UNIT}")).is_ok_and(|target| target == "/dev/null")
}

/// Whether it is started with the system.
pub(super) fn is_enabled(host: &Host) -> bool {
    !is_masked(host) && (is_wanted(host, ADMINISTRATOR) || is_wanted(host, MAKER))
}

fn is_wanted(host: &Host, folder: &str) -> bool {
    let link = format!("{folder}/timers.target.wants/{UNIT}");
    // Where the link leads need not be there from here.
    host.read_link(&link).is_ok() || host.exists(&link)
}

/// Has it started now and with the system, or neither. One that the makers start stays.
///
/// # Errors
/// [`Problem::ToolMissing`], [`Problem::ToolHung`], [`Problem::BadAnswer`] or what systemd says.
pub(super) async fn set(engine: &RpmOstree, on: bool) -> Result<(), Problem> {
    let host = &engine.host;
    let connection = engine.bus.connect().await?;
    let change = async {
        let manager = ManagerProxy::builder(&connection).cache_properties(CacheProperties::No).build().await?;
        if on {
            if !is_enabled(host) {
                manager.enable_unit_files(&[UNIT], false, false).await?;
                manager.reload().await?;
            }
            manager.start_unit(UNIT, "replace").await?;
        } else if is_wanted(host, ADMINISTRATOR) {
            manager.disable_unit_files(&[UNIT], false).await?;
            manager.reload().await?;
            manager.stop_unit(UNIT, "replace").await?;
        }
        Ok(())
    };
    within(SYSTEMD, engine.patience, change).await?;
    let done = if on { is_enabled(host) } else { !is_wanted(host, ADMINISTRATOR) };
    if done { Ok(()) } else { Err(Problem::EngineFailed { detail: UNIT.into() }) }
}
