//! What a command on the system answered.

use super::{Error, Result};
use serde_json::Value;

/// The end of a command.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: i32,
    /// Both streams.
    pub output: String,
}

impl Answer {
    /// The output of a command that went well.
    ///
    /// # Errors
    /// When it did not, with the output.
    pub fn good(self) -> Result<String> {
        if self.status == 0 {
            return Ok(self.output);
        }
        Err(Error::Failed { program: format!("status {}", self.status), output: self.output })
    }

    /// The last object in the output: before its answer, `cairnctl --json` writes progress.
    ///
    /// # Errors
    /// When there is none.
    pub fn json(&self) -> Result<Value> {
        let mut objects = self.output.lines().rev().filter(|line| line.starts_with('{'));
        let last = objects.find_map(|line| serde_json::from_str(line).ok());
        last.ok_or_else(|| Error::NoJson { status: self.status, output: self.output.clone() })
    }
}
