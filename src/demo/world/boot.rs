//! Enters a deployment: a mount namespace of its own whose root is the deployment, held by one small shell.

use super::{BINARIES, Config, Entry};
use crate::error::At;
use crate::process::Crowd;
use crate::{Error, Result};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const SCRIPT: &str = include_str!("boot.sh");

pub(crate) const ENVIRONMENT: [(&str, &str); 5] = [
    ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"),
    ("HOME", "/root"),
    ("LANG", "C.UTF-8"),
    // What systemd would set for StateDirectory=cairn.
    ("STATE_DIRECTORY", "/var/lib/cairn"),
    ("CAIRN_DEMO", "1"),
];

/// Starts the holder and returns once the mounts stand and the services were started.
pub(super) async fn enter(
    work: &Path,
    sysroot: &Path,
    entry: &Entry,
    config: &Config,
) -> Result<(Child, i32)> {
    let log_path = work.join("log/world.log");
    let log = fs::File::options().create(true).append(true).open(&log_path).at(&log_path)?;
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c", SCRIPT, "cairn-demo-world"]);
    command.args([work, &entry.deployment, sysroot, &entry.var]);
    command.arg(BINARIES).arg(config.binaries.as_deref().unwrap_or(Path::new("")));
    command.arg(config.system.map_or("", |system| if system.btrfs { "btrfs" } else { "overlay" }));
    command.env_clear().envs(ENVIRONMENT).current_dir("/");
    for name in ["RUST_LOG", "RUST_BACKTRACE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.envs(config.environment.iter().map(|(n, v)| (n, v)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).kill_on_drop(false);
    let mut child = command.spawn().map_err(|source| Error::Start { program: "unshare".into(), source })?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).await.at(&log_path)?;
    }
    match child.id().and_then(|id| i32::try_from(id).ok()) {
        Some(pid) if line.trim() == "ready" => Ok((child, pid)),
        _ => {
            // Its standard input closes with it, so whatever did start ends.
            drop(child.stdin.take());
            let _ = child.wait().await;
            let log = fs::read_to_string(&log_path).unwrap_or_default();
            Err(Error::NotUp(log.lines().last().unwrap_or("no word from the boot script").to_owned()))
        }
    }
}

/// Kills everything of the world; its mounts go with the last process.
pub(super) async fn end(mut holder: Child, mut crowd: Crowd) {
    crowd.kill_all().await;
    let _ = holder.wait().await;
}
