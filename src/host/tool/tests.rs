//! Runs small scripts that stand in for programs of a system below a directory.

mod answers;
mod ends;

use super::{Limits, Tool};
use crate::Host;
use cairn_model::Problem;
use std::future::pending;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// Longer than any test takes.
const AMPLE: Duration = Duration::from_secs(120);
const SHORT: Duration = Duration::from_millis(200);

/// A system whose only program is `thing`.
struct Stage {
    directory: TempDir,
    tool: Tool,
}

impl Stage {
    fn new(script: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        put(directory.path(), "usr/bin/thing", script, "755");
        let tool = Host::at(directory.path()).tool("thing").unwrap();
        Self { directory, tool }
    }

    async fn run(&self) -> Result<Vec<u8>, Problem> {
        self.tool.run(&[], Limits::within(AMPLE), pending::<()>()).await
    }
}

/// Writes a script. Another process does it: a program that a test beside this one starts meanwhile would inherit
/// the open file, and the system starts no file that anybody has open for writing.
fn put(root: &Path, path: &str, script: &str, mode: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let status = std::process::Command::new("/bin/sh")
        .args(["-c", r#"printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod "$3" "$1""#, "sh"])
        .arg(&path)
        .args([script, mode])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Waits until a process has ended, whether or not its parent has taken note of that.
async fn gone(process: u32) {
    let runs = || {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
    };
    while runs() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn only_executable_files_with_a_bare_name_are_found() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    put(root, "usr/bin/plain", "", "644");
    put(root, "run/current-system/sw/bin/nix", "", "755");
    put(root, "usr/lib/systemd/systemd-thing", "", "755");
    put(root, "usr/sbin/twice", "", "755");
    put(root, "sbin/twice", "", "755");
    std::fs::create_dir_all(root.join("usr/bin/folder")).unwrap();
    let host = Host::at(root);
    assert_eq!(host.tool("nix").unwrap().program, root.join("run/current-system/sw/bin/nix"));
    let own = host.tool("systemd-thing").unwrap().program;
    assert_eq!(own, root.join("usr/lib/systemd/systemd-thing"));
    assert_eq!(host.tool("twice").unwrap().program, root.join("usr/sbin/twice"));
    for name in ["plain", "folder", "none", "", ".", "..", "../sbin/twice", "/bin/sh", "a\0b"] {
        assert_eq!(host.tool(name).unwrap_err(), Problem::ToolMissing { tool: name.into() });
    }
    assert_eq!(Host::real().tool("sh").unwrap().stage, None);
}
