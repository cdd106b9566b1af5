//! One answer, as text or as JSON.

use cairn_model::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Raised when a key changes its meaning or goes; new keys may come any time.
pub const FORMAT: u32 = 1;

/// Where answers go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// Prints an answer: the JSON under its key, or the lines.
    ///
    /// # Errors
    /// [`Problem::EngineFailed`] if it cannot be written; a closed pipe is no error.
    pub fn answer<T: Serialize>(
        self,
        key: &str,
        value: &T,
        lines: impl FnOnce() -> Vec<String>,
    ) -> Result<(), Problem> {
        if self.json {
            let value: Value = serde_json::to_value(value).map_err(|e| failed(&e))?;
            print(&[json!({ "format_version": FORMAT, key: value }).to_string()])
        } else {
            print(&lines())
        }
    }

    /// Prints one object of a change that goes on. Nobody reading it is no reason to stop the change.
    pub fn progress<T: Serialize>(self, key: &str, value: &T) {
        if let Ok(value) = serde_json::to_value(value) {
            let _ = print(&[json!({ "format_version": FORMAT, key: value }).to_string()]);
        }
    }

    /// Prints a sentence where nobody reads JSON.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn say(self, line: &str) -> Result<(), Problem> {
        if self.json { Ok(()) } else { print(&[line.to_owned()]) }
    }
}

fn print(lines: &[String]) -> Result<(), Problem> {
    let mut out = io::stdout().lock();
    for line in lines {
        match writeln!(out, "{line}") {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            other => other.map_err(|e| failed(&e))?,
        }
    }
    Ok(())
}

fn failed(error: &dyn std::fmt::Display) -> Problem {
    Problem::EngineFailed { detail: error.to_string() }
}
