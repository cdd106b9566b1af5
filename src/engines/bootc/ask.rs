//! Calling bootc. It says nothing that a program could read but its status; everything else is judged by that.

use super::Bootc;
use super::answer::{self, Machine, TOOL};
use super::progress::Reporter;
use cairn_host::tool::{Limits, Tool};
use cairn_jobs::Context;
use cairn_model::Problem;
use std::future::pending;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// An image may have ten gigabytes and the line may be thin.
const LONG: Duration = Duration::from_secs(6 * 60 * 60);
/// A registry is asked over the network.
const CHECKS: u32 = 5;
/// clap ends with this where it does not know an option; bootc itself ends with 1 (bootc crates/utils/src/lib.rs).
const UNKNOWN_OPTION: i32 = 2;

impl Bootc {
    /// Reads the status now, whoever is at work. It waits while another tool holds the lock.
    pub(super) async fn read(&self) -> Result<Machine, Problem> {
        let tool = self.tool()?;
        let limits = Limits::within(self.patience);
        let now = ["status", "--format=json", "--format-version=1"];
        let answer = match tool.run(&now, limits, pending::<()>()).await {
            // Before 0.1.14.
            Err(problem) if is_unknown_option(&problem) => {
                tool.run(&["status", "--json"], limits, pending::<()>()).await?
            }
            other => other?,
        };
        let machine = answer::status(&answer)?.ok_or(Problem::NotAtomic)?;
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).machine = Some(machine.clone());
        Ok(machine)
    }

    /// What there is, and whether another tool is changing it. bootc waits for the lock even where it only reads, so
    /// while that is held the last answer stands.
    pub(super) async fn look(&self) -> Result<(Machine, bool), Problem> {
        let last = self.seen.lock().unwrap_or_else(PoisonError::into_inner).machine.clone();
        if let (true, Some(machine)) = (self.at_work.load(Ordering::Relaxed) > 0, &last) {
            return Ok((machine.clone(), false));
        }
        if self.library.is_busy().await {
            return last.map(|machine| (machine, true)).ok_or(Problem::BusyElsewhere);
        }
        Ok((self.read().await?, false))
    }

    /// Has the registry asked; what it said stands in the status.
    pub(super) async fn ask_registry(&self, ctx: &Context) -> Result<(), Problem> {
        let limits = Limits::within(self.patience.saturating_mul(CHECKS));
        self.tool()?.run(&["upgrade", "--check"], limits, ctx.cancel.cancelled()).await?;
        Ok(())
    }

    /// A change that is quick and cannot be stopped.
    pub(super) async fn tell(&self, arguments: &[&str]) -> Result<(), Problem> {
        self.tool()?.run(arguments, Limits::within(LONG), pending::<()>()).await?;
        Ok(())
    }

    /// A change that takes long, with its progress. It can be stopped until the new version is being made, and ends by
    /// itself as soon as it is about another digest than `wanted`.
    pub(super) async fn work(
        &self,
        arguments: &[&str],
        wanted: Option<&str>,
        ctx: &Context,
    ) -> Result<(), Problem> {
        let (tool, limits) = (self.tool()?, Limits::within(LONG));
        let mut reporter = Reporter::new(&ctx.progress, wanted);
        let past_stopping = reporter.past_stopping();
        let stop = async {
            ctx.cancel.cancelled().await;
            if past_stopping.load(Ordering::Relaxed) {
                pending::<()>().await;
            }
        };
        let ended = tool.progress(arguments, "--progress-fd", limits, stop, |line| reporter.hear(line)).await;
        match ended {
            // Before 1.1.4. Nobody can tell then when it may be stopped.
            Err(problem) if is_unknown_option(&problem) && !reporter.heard() => {
                ctx.checkpoint()?;
                self.tell(arguments).await
            }
            other => other.map(|_| ()),
        }
    }

    fn tool(&self) -> Result<Tool, Problem> {
        self.host.tool(TOOL)
    }
}

fn is_unknown_option(problem: &Problem) -> bool {
    matches!(problem, Problem::ToolFailed { status: UNKNOWN_OPTION, .. })
}
