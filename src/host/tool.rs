//! Programs of the system that answer engines: found below the root, run in a process group of their own, ended as a
//! whole when they take too long, say too much or are no longer wanted.
//!
//! Only the exit status and standard output count. What a program writes beside them is kept as a detail for people
//! and is never read. The program's own end ends a run: what it leaves in the background is neither waited for nor
//! ended, but when a run is cut off everything in its group ends with it.

mod find;
mod lines;
mod notify;
mod process;
#[cfg(test)]
mod tests;
mod work;

use cairn_model::{Problem, text};
use lines::Lines;
use process::Stream;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

/// The longest detail of an answer that cannot be read, in characters, with the mark of a cut.
const DETAIL: usize = 200;

/// What a program may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub time: Duration,
    /// Of standard output, where it is kept whole.
    pub bytes: usize,
    /// Between asking a program to end (SIGTERM) and ending it (SIGKILL).
    pub grace: Duration,
}

impl Limits {
    /// That time, 4 MiB and 5 seconds to tidy up.
    pub fn within(time: Duration) -> Self {
        Self { time, bytes: 4 << 20, grace: Duration::from_secs(5) }
    }
}

/// A program of the system.
#[derive(Clone, Debug)]
pub struct Tool {
    name: String,
    program: PathBuf,
    /// Where stand-ins keep their state; `None` on the real system.
    stage: Option<PathBuf>,
    /// Where it sends notifications; `None` where nobody listens.
    notify: Option<String>,
}

impl Tool {
    /// Runs it and gives what it wrote. `cancel` is any future that ends when the run is no longer wanted.
    ///
    /// # Errors
    /// [`Problem::ToolFailed`], [`Problem::ToolHung`], [`Problem::Cancelled`], or [`Problem::BadAnswer`] if it
    /// writes more than allowed.
    pub async fn run(
        &self,
        arguments: &[&str],
        limits: Limits,
        cancel: impl Future,
    ) -> Result<Vec<u8>, Problem> {
        let mut answer = Vec::new();
        let heard = |_, bytes: &[u8]| self.keep(&mut answer, bytes, limits.bytes);
        self.work(arguments, None, limits, cancel, heard).await?;
        Ok(answer)
    }

    /// [`Tool::run`], its answer read as one JSON value.
    ///
    /// # Errors
    /// As [`Tool::run`]; [`Problem::BadAnswer`] also for what is no such JSON.
    pub async fn json<T: DeserializeOwned>(
        &self,
        arguments: &[&str],
        limits: Limits,
        cancel: impl Future,
    ) -> Result<T, Problem> {
        let answer = self.run(arguments, limits, cancel).await?;
        self.parse(self.utf8(&answer)?)
    }

    /// Runs it and gives each line as it comes, of at most 64 KiB, however many there are. A problem that `line`
    /// returns ends the run.
    ///
    /// # Errors
    /// As [`Tool::run`]; [`Problem::BadAnswer`] for a line that is too long or no UTF-8.
    pub async fn lines(
        &self,
        arguments: &[&str],
        limits: Limits,
        cancel: impl Future,
        mut line: impl FnMut(&str) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut lines = Lines::default();
        self.work(arguments, None, limits, cancel, |_, bytes| lines.add(self, bytes, &mut line)).await?;
        lines.last(self, &mut line)
    }

    /// [`Tool::run`] for a program that tells its progress in lines through a pipe of its own. `option` and the
    /// pipe's number become its last arguments, as in bootc's `--progress-fd 7`.
    ///
    /// # Errors
    /// As [`Tool::run`] and [`Tool::lines`].
    pub async fn progress(
        &self,
        arguments: &[&str],
        option: &str,
        limits: Limits,
        cancel: impl Future,
        mut line: impl FnMut(&str) -> Result<(), Problem>,
    ) -> Result<Vec<u8>, Problem> {
        let (mut answer, mut lines) = (Vec::new(), Lines::default());
        let heard = |from, bytes: &[u8]| match from {
            Stream::Answer => self.keep(&mut answer, bytes, limits.bytes),
            Stream::Progress => lines.add(self, bytes, &mut line),
        };
        self.work(arguments, Some(option), limits, cancel, heard).await?;
        lines.last(self, &mut line)?;
        Ok(answer)
    }

    /// [`Tool::run`] for a program that answers even where its status says no: the answer, and the failure if there is
    /// one.
    ///
    /// # Errors
    /// As [`Tool::run`], without [`Problem::ToolFailed`].
    pub async fn attempt(
        &self,
        arguments: &[&str],
        limits: Limits,
        cancel: impl Future,
    ) -> Result<(Vec<u8>, Option<Problem>), Problem> {
        let mut answer = Vec::new();
        let heard = |_, bytes: &[u8]| self.keep(&mut answer, bytes, limits.bytes);
        match self.work(arguments, None, limits, cancel, heard).await {
            Ok(()) => Ok((answer, None)),
            Err(failure @ Problem::ToolFailed { .. }) => Ok((answer, Some(failure))),
            Err(problem) => Err(problem),
        }
    }

    /// [`Tool::run`] for a program that tells its progress by notifications (sd_notify(3)): each assignment is given
    /// as it comes, its name and its value.
    ///
    /// # Errors
    /// As [`Tool::run`]; [`Problem::EngineFailed`] where no socket can be made.
    pub async fn notified(
        &self,
        arguments: &[&str],
        limits: Limits,
        cancel: impl Future,
        heard: impl FnMut(&str, &str),
    ) -> Result<Vec<u8>, Problem> {
        let socket = notify::Socket::new()
            .map_err(|e| Problem::EngineFailed { detail: text::line(&e.to_string()) })?;
        let tool = Self { notify: Some(socket.address.clone()), ..self.clone() };
        tokio::select! {
            answer = tool.run(arguments, limits, cancel) => answer,
            never = socket.hear(heard) => match never {},
        }
    }

    /// Reads JSON that the program wrote, for example one of its lines.
    ///
    /// # Errors
    /// [`Problem::BadAnswer`] with the place of the first mistake.
    pub fn parse<T: DeserializeOwned>(&self, json: &str) -> Result<T, Problem> {
        serde_json::from_str(json).map_err(|e| {
            let (line, column, words) = (e.line(), e.column(), e.to_string());
            // The words may quote a long value; the place stands before them, where nothing cuts it off.
            let place = format!(" at line {line} column {column}");
            self.bad(&format!(
                "line {line} column {column}: {}",
                words.strip_suffix(&place).unwrap_or(&words)
            ))
        })
    }

    /// An answer of this program that makes no sense, and why.
    pub fn bad(&self, detail: &str) -> Problem {
        Problem::BadAnswer { tool: self.name.clone(), detail: text::clean(detail, DETAIL - 1) }
    }
}
