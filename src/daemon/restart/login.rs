//! logind: restart, who asks not to, and asking so ourselves.
//!
//! The published proxies know neither `RebootWithFlags` nor the mode `block-weak` (systemd 257), so these four calls
//! stand here (systemd: man/org.freedesktop.login1.xml).

use cairn_model::restart::Inhibitor;
use cairn_model::{Problem, text};
use std::time::Duration;
use zbus::zvariant::OwnedFd;

/// `SD_LOGIND_ROOT_CHECK_INHIBITORS`: root, too, waits for who asks to.
const CHECK_INHIBITORS: u64 = 1;
/// `SD_LOGIND_SKIP_INHIBITORS`.
const SKIP_INHIBITORS: u64 = 16;
/// `SD_LOGIND_SOFT_REBOOT`: the kernel goes on and starts what lies ready in /run/nextroot.
const SOFT_REBOOT: u64 = 4;
/// How long the shutdown waits for the answer to whoever asked for it; systemd would end this service first.
const FAREWELL: Duration = Duration::from_millis(500);

/// what, who, why, mode, uid, pid.
type Entry = (String, String, String, String, u32, u32);

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Manager {
    fn reboot_with_flags(&self, flags: u64) -> zbus::Result<()>;
    fn list_inhibitors(&self) -> zbus::Result<Vec<Entry>>;
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
}

/// Restarts the machine now.
///
/// # Errors
/// [`Problem::RestartBlocked`] with the first program that asks not to, unless they are to be ignored.
pub async fn reboot(
    connection: &zbus::Connection,
    ignore_inhibitors: bool,
    soft: bool,
) -> Result<(), Problem> {
    if !ignore_inhibitors {
        nobody_minds(connection).await?;
    }
    let flags = if ignore_inhibitors { SKIP_INHIBITORS } else { CHECK_INHIBITORS };
    let flags = if soft { flags | SOFT_REBOOT } else { flags };
    let manager = ManagerProxy::new(connection).await.map_err(|e| failed(&e))?;
    tracing::info!(cairn_action = "restart", "restarting");
    let hold = manager.inhibit("shutdown", "Cairn", "Answering", "delay").await.ok();
    manager.reboot_with_flags(flags).await.map_err(|e| failed(&e))?;
    tokio::spawn(async move {
        tokio::time::sleep(FAREWELL).await;
        drop(hold);
    });
    Ok(())
}

/// # Errors
/// [`Problem::RestartBlocked`] with the first program that asks the system not to restart.
pub async fn nobody_minds(connection: &zbus::Connection) -> Result<(), Problem> {
    match inhibitors(connection).await?.into_iter().next() {
        Some(first) => Err(Problem::RestartBlocked { who: first.who, why: first.why }),
        None => Ok(()),
    }
}

/// Programs that ask the system not to restart; delays of a few seconds do not count.
pub async fn inhibitors(connection: &zbus::Connection) -> Result<Vec<Inhibitor>, Problem> {
    let manager = ManagerProxy::new(connection).await.map_err(|e| failed(&e))?;
    let all = manager.list_inhibitors().await.map_err(|e| failed(&e))?;
    Ok(all
        .into_iter()
        .filter(blocks)
        .map(|e| Inhibitor { who: text::line(&e.1), why: text::line(&e.2) })
        .collect())
}

fn blocks((what, _, _, mode, ..): &Entry) -> bool {
    what.split(':').any(|w| w == "shutdown") && mode.starts_with("block")
}

/// Keeps the machine from going down while a version is written; let go when dropped. A system without logind has
/// nothing to hold.
pub async fn hold(connection: &zbus::Connection) -> Option<OwnedFd> {
    let manager = ManagerProxy::new(connection).await.ok()?;
    manager.inhibit("shutdown:sleep", "Cairn", "Writing a version of the system", "block").await.ok()
}

fn failed(error: &zbus::Error) -> Problem {
    Problem::EngineFailed { detail: text::line(&error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blocks_of_shutdown_count() {
        let entry = |what: &str, mode: &str| (what.into(), "w".into(), "y".into(), mode.into(), 0, 0);
        assert!(blocks(&entry("sleep:shutdown", "block")));
        assert!(blocks(&entry("shutdown", "block-weak")));
        assert!(!blocks(&entry("shutdown", "delay")));
        assert!(!blocks(&entry("sleep:idle", "block")));
    }
}
