//! The programs that run outside the world, beside it.

use crate::{Config, Error, Result, World, control, process};
use rustix::process::Signal;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;
use tokio::process::{Child, Command};

/// A program that may not be there at all.
#[derive(Debug)]
pub(super) struct Program(Option<Child>);

impl Program {
    /// Starts it with the world's addresses in its environment. No words, no program.
    pub(super) fn start(words: &[OsString], world: &World, config: &Config) -> Result<Self> {
        let Some((program, arguments)) = words.split_first() else { return Ok(Self(None)) };
        let mut command = Command::new(program);
        command.args(arguments);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", world.bus_address());
        command.env("CAIRN_DEMO_SYSROOT", world.sysroot());
        command.env(control::WORK, world.work());
        if let Some(system) = config.system {
            command.env(crate::show::SYSTEM, system.name);
        }
        command.envs(world.apps().environment());
        command.env("PATH", path(config));
        let name = program.to_string_lossy().into_owned();
        Ok(Self(Some(command.spawn().map_err(|source| Error::Start { program: name, source })?)))
    }

    /// Its exit status, as a shell would say it, once it has ended.
    pub(super) async fn ended(&mut self) -> i32 {
        let Some(child) = &mut self.0 else { return std::future::pending().await };
        let status = child.wait().await;
        self.0 = None;
        status.map_or(1, |s| s.code().unwrap_or_else(|| 128 + s.signal().unwrap_or_default()))
    }

    /// Asks it and what it started to end, and kills what does not.
    pub(super) async fn stop(&mut self) {
        let Some(mut child) = self.0.take() else { return };
        let Some(pid) = child.id().and_then(|p| i32::try_from(p).ok()) else { return };
        let below = process::descendants(pid);
        process::signal(pid, Signal::TERM);
        if tokio::time::timeout(Duration::from_secs(3), child.wait()).await.is_err() {
            let _ = child.kill().await;
        }
        process::end_these(below, Duration::from_secs(1)).await;
    }
}

/// The binaries first, then this program's own folder.
fn path(config: &Config) -> OsString {
    let own = std::env::current_exe().ok().and_then(|p| p.parent().map(ToOwned::to_owned));
    let before = std::env::var_os("PATH").unwrap_or_default();
    let folders = config.binaries.clone().into_iter().chain(own).chain(std::env::split_paths(&before));
    std::env::join_paths(folders).unwrap_or(before)
}
