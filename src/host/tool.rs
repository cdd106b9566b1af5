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
    variables: Vec<(&'static str, &'static str)>,
}

/// How a program ended whose exit status alone does not say whether it worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// 128 and the signal's number if a signal ended it.
    pub status: i32,
    /// What it wrote on standard output.
    pub answer: Vec<u8>,
    /// Its last words on standard error, for people.
    pub words: String,
}

impl Tool {
    /// The same with a variable in its environment.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// [`Tool::run`] for a program whose exit status has more meanings than failure.
    ///
    /// # Errors
    /// As [`Tool::run`]; [`Problem::ToolFailed`] only if it could not be started.
    pub async fn outcome(
        &self,
        arguments: &[&str],
        limits: Limits,
        cancel: impl Future,
    ) -> Result<Outcome, Problem> {
        let mut answer = Vec::new();
        let heard = |from, bytes: &[u8]| match from {
            Stream::Answer => self.keep(&mut answer, bytes, limits.bytes),
            Stream::Progress | Stream::Errors => Ok(()),
        };
        let (status, words) = self.end(arguments, None, limits, cancel, heard).await?;
        Ok(Outcome { status, answer, words })
    }

    /// The failure that such an end turned out to be. Some programs say on standard output why they failed.
    pub fn refused(&self, outcome: &Outcome) -> Problem {
        let said = String::from_utf8_lossy(&outcome.answer);
        let words = if outcome.words.trim().is_empty() { said.as_ref() } else { &outcome.words };
        self.failed(outcome.status, words)
    }

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
        let heard = |from, bytes: &[u8]| match from {
            Stream::Answer => self.keep(&mut answer, bytes, limits.bytes),
            Stream::Progress | Stream::Errors => Ok(()),
        };
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
        let heard = |from, bytes: &[u8]| match from {
            Stream::Answer => lines.add(self, bytes, &mut line),
            Stream::Progress | Stream::Errors => Ok(()),
        };
        self.work(arguments, None, limits, cancel, heard).await?;
        lines.last(self, &mut line)
    }

    /// [`Tool::run`] for a program that writes what a machine reads beside its answer, on standard error, as nix does
    /// with `--log-format internal-json`. Gives each line that is UTF-8 and at most 64 KiB long; the others are not
    /// for machines and are left out.
    ///
    /// # Errors
    /// As [`Tool::run`].
    pub async fn told(
        &self,
        arguments: &[&str],
        limits: Limits,
        cancel: impl Future,
        mut line: impl FnMut(&str),
    ) -> Result<Vec<u8>, Problem> {
        let (mut answer, mut lines) = (Vec::new(), Lines::default());
        let heard = |from, bytes: &[u8]| match from {
            Stream::Answer => self.keep(&mut answer, bytes, limits.bytes),
            Stream::Errors => {
                lines.add_any(bytes, &mut line);
                Ok(())
            }
            Stream::Progress => Ok(()),
        };
        self.work(arguments, None, limits, cancel, heard).await?;
        Ok(answer)
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
            Stream::Errors => Ok(()),
        };
        self.work(arguments, Some(option), limits, cancel, heard).await?;
        lines.last(self, &mut line)?;
        Ok(answer)
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
