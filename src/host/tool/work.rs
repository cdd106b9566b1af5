//! One run from its start to its outcome, within its limits.

use super::process::{Running, Stream, WORDS};
use super::{Limits, Tool};
use cairn_model::{Problem, text};
use std::future::Future;
use std::os::unix::process::ExitStatusExt;
use std::pin::pin;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::process::Command;
use tokio::task::unconstrained;

/// What a shell says of a program that is there but cannot be started.
const NOT_STARTED: i32 = 126;
/// Where programs find the ones that they start; the last is where NixOS has all of them.
const PATH: &str = "/usr/sbin:/usr/bin:/run/current-system/sw/bin";

impl Tool {
    /// [`Tool::end`] for a program whose exit status says whether it worked.
    pub(super) async fn work(
        &self,
        arguments: &[&str],
        progress: Option<&str>,
        limits: Limits,
        cancel: impl Future,
        heard: impl FnMut(Stream, &[u8]) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let (status, words) = self.end(arguments, progress, limits, cancel, heard).await?;
        if status == 0 { Ok(()) } else { Err(self.failed(status, &words)) }
    }

    /// Gives what the program writes to `heard`, whose first problem ends the run; then its status and last words.
    pub(super) async fn end(
        &self,
        arguments: &[&str],
        progress: Option<&str>,
        limits: Limits,
        cancel: impl Future,
        mut heard: impl FnMut(Stream, &[u8]) -> Result<(), Problem>,
    ) -> Result<(i32, String), Problem> {
        // A flood of output can use up the turn that the runtime grants; clock and cancel must be looked at all the same.
        let mut cancel = pin!(unconstrained(cancel));
        tokio::select! {
            biased;
            _ = &mut cancel => return Err(Problem::Cancelled),
            () = std::future::ready(()) => {}
        }
        let mut running = Running::start(self.command(arguments), progress)
            .map_err(|e| self.failed(NOT_STARTED, &e.to_string()))?;
        let ended = tokio::select! {
            biased;
            ended = running.hear(&mut heard) => ended,
            _ = &mut cancel => Err(Problem::Cancelled),
            () = unconstrained(tokio::time::sleep(limits.time)) => Err(self.hung(limits.time)),
        };
        if let Err(problem) = ended {
            running.end(limits.grace).await;
            return Err(problem);
        }
        let status = running.status().await.map_err(|e| self.failed(NOT_STARTED, &e.to_string()))?;
        Ok((number(status), running.words()))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir("/");
        command.env_clear().env("PATH", PATH).env("LC_ALL", "C.UTF-8");
        if let Some(stage) = &self.stage {
            command.env("CAIRN_ROOT", stage);
        }
        if let Some(notify) = &self.notify {
            command.env("NOTIFY_SOCKET", notify);
        }
        command.envs(self.variables.iter().copied());
        command
    }

    pub(super) fn keep(&self, answer: &mut Vec<u8>, bytes: &[u8], limit: usize) -> Result<(), Problem> {
        if answer.len() + bytes.len() > limit {
            return Err(self.bad(&format!("answer longer than {limit} bytes")));
        }
        answer.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn utf8<'a>(&self, bytes: &'a [u8]) -> Result<&'a str, Problem> {
        std::str::from_utf8(bytes).map_err(|e| self.bad(&e.to_string()))
    }

    pub(super) fn failed(&self, status: i32, words: &str) -> Problem {
        Problem::ToolFailed { tool: self.name.clone(), status, detail: text::clean(words, WORDS) }
    }

    fn hung(&self, time: Duration) -> Problem {
        let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
        Problem::ToolHung { tool: self.name.clone(), seconds }
    }
}

/// As shells say it: what a signal ended has 128 and the signal's number.
fn number(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}
