//! Where the programs of a system lie.

use super::Tool;
use crate::Host;
use cairn_model::Problem;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Looked at in this order. The last one has what systemd gives to services and administrators, not to shells
/// (systemd: file-hierarchy(7)).
const PLACES: [&str; 6] =
    ["usr/bin", "usr/sbin", "bin", "sbin", "run/current-system/sw/bin", "usr/lib/systemd"];

impl Host {
    /// Finds a program of that system by its bare name.
    ///
    /// # Errors
    /// [`Problem::ToolMissing`] if no place has an executable file of that name.
    pub fn tool(&self, name: &str) -> Result<Tool, Problem> {
        let missing = || Problem::ToolMissing { tool: name.to_owned() };
        if name.is_empty() || name.contains('/') {
            return Err(missing());
        }
        // Programs are started in another directory, where a relative path would mean something else.
        let root = std::path::absolute(&self.root).map_err(|_| missing())?;
        let program = PLACES.iter().map(|place| root.join(place).join(name)).find(|path| executable(path));
        let stage = (root != Path::new("/")).then_some(root);
        Ok(Tool {
            name: name.to_owned(),
            program: program.ok_or_else(missing)?,
            stage,
            notify: None,
            variables: Vec::new(),
        })
    }
}

impl Host {
    /// A program that has no place in any list, by its absolute path on that system.
    ///
    /// # Errors
    /// [`Problem::ToolMissing`] if there is no executable file.
    pub fn program(&self, path: &str) -> Result<Tool, Problem> {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let missing = || Problem::ToolMissing { tool: name.clone() };
        let root = std::path::absolute(&self.root).map_err(|_| missing())?;
        let program = Some(root.join(path.trim_start_matches('/'))).filter(|path| executable(path));
        let stage = (root != Path::new("/")).then_some(root);
        Ok(Tool { program: program.ok_or_else(missing)?, name, stage, notify: None, variables: Vec::new() })
    }
}

fn executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}
