//! What takes long in the service: begun, followed, stopped.

use super::failure::{self, SERVICE};
use super::proxy::{JobProxy, JobRemovedStream};
use super::service::Service;
use cairn_jobs::Context;
use cairn_model::Problem;
use cairn_model::job::Stage;
use futures_util::StreamExt;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, interval, sleep, timeout};
use zbus::Connection;
use zbus::proxy::CacheProperties;
use zbus::zvariant::OwnedObjectPath;

/// Fetching is nearly all of the time of an update.
const FETCH_WEIGHT: f64 = 0.9;
/// How often a job's progress is asked for.
const LOOK: Duration = Duration::from_millis(200);
/// The signal of a job that is gone was sent before whatever says so.
const LATE: Duration = Duration::from_secs(1);

type Begun = (String, u64, OwnedObjectPath);

/// Told of each job that ends.
struct Ends {
    connection: Connection,
    stream: JobRemovedStream,
}

impl Ends {
    /// Waits for the end of that job and gives its status.
    async fn of(&mut self, id: u64) -> Result<i32, Problem> {
        while let Some(signal) = self.stream.next().await {
            if let Ok(args) = signal.args()
                && args.id == id
            {
                return Ok(args.status);
            }
        }
        Err(Problem::ToolMissing { tool: SERVICE.into() })
    }
}

/// While there is one, a job is this engine's own.
struct Own<'a>(&'a AtomicU64);

impl Drop for Own<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Service {
    /// Fetches that very version and puts it in place.
    ///
    /// # Errors
    /// [`Problem::Cancelled`]; else what the call or the job ended with.
    pub(super) async fn update(&self, version: &str, ctx: &Context) -> Result<(), Problem> {
        let connection = self.bus.connect().await?;
        let target = self.target(&connection).await?;
        let manager = self.manager(&connection).await?;
        // Before anything is begun, so that no end is missed.
        let stream = self.ask(manager.receive_job_removed()).await?;
        let mut ends = Ends { connection: connection.clone(), stream };
        if !self.is_split(&connection, &target).await? {
            ctx.progress.begin(Stage::Downloading, 1.0);
            return self.job(target.update(version, 0), &mut ends, ctx).await;
        }
        ctx.progress.begin(Stage::Downloading, FETCH_WEIGHT);
        match self.job(target.acquire(version, 0), &mut ends, ctx).await {
            // It was fetched before, and only has to be put in place.
            Ok(()) | Err(Problem::NoUpdate) => {}
            Err(problem) => return Err(problem),
        }
        ctx.checkpoint()?;
        ctx.progress.begin(Stage::Writing, 1.0 - FETCH_WEIGHT);
        self.job(target.install(version, 0), &mut ends, ctx).await
    }

    /// Removes the oldest versions beyond what may be kept.
    pub(super) async fn vacuum(&self) -> Result<(), Problem> {
        let target = self.target(&self.bus.connect().await?).await?;
        self.ask(target.vacuum()).await.map(|_| ())
    }

    async fn job(
        &self,
        begin: impl Future<Output = zbus::Result<Begun>>,
        ends: &mut Ends,
        ctx: &Context,
    ) -> Result<(), Problem> {
        ctx.checkpoint()?;
        // Whoever asks to stop meanwhile is heard as soon as the job has a number.
        let (_, id, path) = self.ask(begin).await?;
        self.own.store(id, Ordering::Relaxed);
        let _own = Own(&self.own);
        self.follow(id, path, ends, ctx).await
    }

    async fn follow(
        &self,
        id: u64,
        path: OwnedObjectPath,
        ends: &mut Ends,
        ctx: &Context,
    ) -> Result<(), Problem> {
        let job = JobProxy::builder(&ends.connection)
            .path(path)
            .map(|builder| builder.cache_properties(CacheProperties::No).build());
        let job = self.ask(async { job?.await }).await?;
        let (mut look, mut stopped) = (interval(LOOK), false);
        let mut limit = pin!(sleep(self.long));
        loop {
            tokio::select! {
                biased;
                status = ends.of(id) => return outcome(status?, stopped),
                () = &mut limit => {
                    // It is asked to stop; whether it does no longer matters here.
                    let _ = self.ask(job.cancel()).await;
                    return Err(Problem::ToolHung { tool: SERVICE.into(), seconds: self.long.as_secs() });
                }
                _ = ctx.cancel.cancelled(), if !stopped => {
                    stopped = true;
                    // A job that has just ended cannot be stopped; its end comes next.
                    let _ = self.ask(job.cancel()).await;
                    limit.as_mut().reset(Instant::now() + self.patience);
                }
                _ = look.tick() => match self.ask(job.progress()).await {
                    Ok(percent) => ctx.progress.part(f64::from(percent.min(100)) / 100.0),
                    Err(problem) => {
                        let status = timeout(LATE, ends.of(id)).await.map_err(|_| problem)?;
                        return outcome(status?, stopped);
                    }
                },
            }
        }
    }
}

fn outcome(status: i32, stopped: bool) -> Result<(), Problem> {
    match status {
        0 => Ok(()),
        _ if stopped => Err(Problem::Cancelled),
        status => Err(failure::of_job(status)),
    }
}
